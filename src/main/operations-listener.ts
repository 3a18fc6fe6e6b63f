// Opens the operator's listener of a process and sets its gauges before each scrape: queues, carriers, readiness. Used by
// main.ts, in every role. Without CHAPPE_OPERATIONS_PORT a second process of this machine takes a free port.
import {
  collectBeforeScrape,
  gauge,
  metricsContentType,
  readMetrics,
  startProcessMetrics,
} from '#lib/observability/metrics.ts';
import { type OperationsListener, openOperationsListener } from '#listeners/operations.ts';
import { setQueueGauges } from '#pipeline/queue-gauges.ts';
import type { RoleContext } from './role.ts';

const defaultPort = 9464;
const setting = 'CHAPPE_OPERATIONS_PORT';

const connectorUp = gauge({
  name: 'chappe_connector_up',
  help: 'Whether this process can send over the carrier (1: over SMPP, a bind is open) or not (0). Only carriers that it uses.',
  labels: ['connector'],
});
const ready = gauge({
  name: 'chappe_ready',
  help: 'Whether this process can do its work (1) or not (0), as /readyz.',
});

/** Null if the listener is closed (port 0). */
export async function openOperations(context: RoleContext): Promise<OperationsListener | null> {
  const { config, runtime } = context;
  if (config.operationsPort === 0) return null;
  startProcessMetrics();
  const endCollecting = collectBeforeScrape(() => setGauges(context));
  const open = (port: number) =>
    openOperationsListener({
      ...{ host: config.operationsHost, port, setting, readMetrics, metricsContentType },
      readiness: context.readiness,
      onError: (error) => runtime.log.warn('metrics.read_failed', { err: error }),
    });
  try {
    const listener = await openOnPort(config.operationsPort, open);
    runtime.log.info('operations.listening', { url: listener.url });
    return {
      url: listener.url,
      async stop() {
        endCollecting();
        await listener.stop();
      },
    };
  } catch (error) {
    endCollecting();
    throw error;
  }
}

/** A port that the operator set is used or refused. The default port is often in use by another process of the platform. */
async function openOnPort(
  port: number | null,
  open: (port: number) => Promise<OperationsListener>,
): Promise<OperationsListener> {
  if (port !== null) return open(port);
  try {
    return await open(defaultPort);
  } catch {
    return open(0);
  }
}

/** Without the database the gauges of the queues are absent, and all other metrics are there: an outage is when they matter. */
async function setGauges(context: RoleContext): Promise<void> {
  await setQueueGauges(context).catch((error: Error) =>
    context.runtime.log.warn('metrics.read_failed', { err: error }),
  );
  connectorUp.clear();
  const { connectorSet } = context;
  for (const [id, { name, isUp }] of connectorSet.connectors)
    if (connectorSet.isInUse(id)) connectorUp.set({ connector: name }, isUp ? 1 : 0);
  ready.set({}, (await context.readiness()) === null ? 1 : 0);
}
