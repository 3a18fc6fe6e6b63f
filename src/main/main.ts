// Starts and stops a process. Used by `chappe serve`, `chappe send` and tests. `start` lists the steps; each adds its stop, and
// the stops run in reverse.
import { unregister } from '#pipeline/process-notices.ts';
import type { Config } from './config/settings.ts';
import { defaultIntervals, type Intervals } from './intervals.ts';
import { openOperations } from './operations-listener.ts';
import { createParts } from './process-parts.ts';
import {
  createReclaim,
  followProcessNotices,
  keepProcessLease,
  registerProcess,
  startLoops,
  stopLoops,
} from './process-upkeep.ts';
import type { OnFatal, Role } from './role.ts';
import { callbacks } from './roles/callbacks.ts';
import { dispatch } from './roles/dispatch.ts';
import { jobs } from './roles/jobs.ts';
import { listeners } from './roles/listeners.ts';
import { maintenance } from './roles/maintenance.ts';
import type { RunningProcess } from './running-process.ts';
import type { Runtime } from './runtime.ts';
import { openTracing } from './tracing.ts';

/** In the order of start: a role is one file and one line here, and its name is in CHAPPE_ROLES (config/roles.ts). */
export const knownRoles: readonly Role[] = [maintenance, callbacks, dispatch, jobs, listeners];

export interface ProcessOptions {
  readonly intervals?: Intervals;
  readonly roles?: readonly Role[];
}

/** Throws if a step fails, after the steps before it are undone. */
export async function startProcess(
  config: Config,
  runtime: Runtime,
  onFatal: OnFatal,
  options: ProcessOptions = {},
): Promise<RunningProcess> {
  const stops: (() => Promise<unknown>)[] = [];
  let stopped: Promise<void> | undefined;
  async function runStops(): Promise<void> {
    for (const stop of stops.toReversed()) await stop();
  }
  const stop = () => (stopped ??= runStops());
  try {
    return { ...(await start(config, runtime, onFatal, options, stops)), stop };
  } catch (error) {
    await stop().catch(() => {});
    throw error;
  }
}

async function start(
  config: Config,
  runtime: Runtime,
  onFatal: OnFatal,
  { intervals = defaultIntervals, roles = knownRoles }: ProcessOptions,
  stops: (() => Promise<unknown>)[],
): Promise<Omit<RunningProcess, 'stop'>> {
  const processId = await registerProcess(runtime, config.roles);
  stops.push(() => unregister(runtime.database, processId));
  const parts = await createParts(config, runtime, { processId, intervals, onFatal });
  const { context, running } = parts;
  const stopTracing = await openTracing(config, context);
  if (stopTracing !== null) stops.push(stopTracing);
  const lease = keepProcessLease(parts, onFatal);
  stops.push(() => lease.stop());
  stops.push(await followProcessNotices(parts));
  stops.push(() => parts.flushAnnouncement());
  const played: readonly string[] = config.roles;
  for (const role of roles) if (played.includes(role.name)) running.push(role.create(context));
  for (const role of running) stops.push(async () => role.finish?.());
  stops.push(() => context.connectorSet.stop());
  stops.push(() => stopLoops(parts));
  stops.push(() => context.submit.stop());
  stops.push(() => context.joinParts.stop());
  const operations = await openOperations(context);
  stops.push(async () => operations?.stop());
  const reclaim = createReclaim(parts);
  await reclaim();
  startLoops(parts, reclaim);
  for (const role of running) {
    stops.push(async () => role.close?.());
    await role.open?.();
  }
  stops.push(async () => parts.markStopping());
  const urls = running.map((role) => role.urls?.()).find((found) => found !== undefined);
  const { connectorSet, submit } = context;
  return {
    ...(urls ?? { httpUrl: null, httpsUrl: null, smtpUrl: null, smppUrl: null, smppsUrl: null }),
    submit,
    connectors: connectorSet,
    operationsUrl: operations?.url ?? null,
    whenBound: async () => (played.includes('dispatch') ? connectorSet.whenReachable() : undefined),
  };
}
