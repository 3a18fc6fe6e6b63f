// Starts the traces of a process if an OTLP receiver is configured. Used by main.ts.
import { hostname } from 'node:os';
import { startTracing } from '#lib/observability/tracing.ts';
import type { Config } from './config/settings.ts';
import type { RoleContext } from './role.ts';

/** A receiver that does not answer must not delay the stop of a process. */
const stopWithinMs = 2_000;

/** Returns the function that exports the rest and ends the traces; null if they are off. */
export async function openTracing(
  { otlpUrl, traceSampling, roles }: Config,
  { services, processId, log }: Pick<RoleContext, 'services' | 'processId' | 'log'>,
): Promise<(() => Promise<void>) | null> {
  if (otlpUrl === null || traceSampling === 0) return null;
  let isFailing = false;
  const tracing = await startTracing({
    url: otlpUrl,
    ratio: traceSampling,
    installationId: await services.sessions.installationId(),
    resource: {
      'service.instance.id': `${hostname()} ${processId}`,
      'chappe.roles': roles.join(','),
    },
    onExport(error) {
      if (error !== null && !isFailing) log.warn('tracing.export_failed', { err: error });
      if (error === null && isFailing) log.info('tracing.export_resumed');
      isFailing = error !== null;
    },
  });
  return () => tracing.stop(stopWithinMs);
}
