// The parts that all roles of a process share: services, prices, ports, connectors, the submission of campaigns. Used by main.ts.
// Opens no listener and starts no loop.

import type { Loop } from '#lib/async/loop.ts';
import { systemRandom } from '#lib/random.ts';
import { createCredentials } from '#operations/account/credentials/service.ts';
import { createPorts, type Ports } from '#pipeline/ports.ts';
import { createSubmitCampaign } from '#pipeline/submit-campaign.ts';
import { listBuckets } from '#store/accounts/accounts.ts';
import { notify } from '#store/database/notices.ts';
import { channels } from './callback-channels.ts';
import type { Config } from './config/settings.ts';
import { ConnectorSet } from './connector-set.ts';
import { announceAfterMs, type Intervals } from './intervals.ts';
import { createPricing } from './pricing-data.ts';
import { readinessOf } from './readiness.ts';
import type { OnFatal, RoleContext, RunningRole } from './role.ts';
import type { Runtime } from './runtime.ts';
import { createProcessServices } from './services.ts';

export interface ProcessParts {
  readonly context: RoleContext;
  /** Loops of the started roles, by name. */
  readonly loops: Record<string, Loop>;
  /** Created roles; main adds them. */
  readonly running: RunningRole[];
  /** Reads accounts, buckets, prices or carriers again. */
  reload(subject: 'accounts' | 'rates'): Promise<void>;
  /** Sends the pending announcement. */
  flushAnnouncement(): Promise<void>;
  markStopping(): void;
}

interface Options {
  readonly processId: number;
  readonly intervals: Intervals;
  readonly onFatal: OnFatal;
}

export async function createParts(
  config: Config,
  runtime: Runtime,
  { processId, intervals, onFatal }: Options,
): Promise<ProcessParts> {
  const { database, clock, log } = runtime;
  const running: RunningRole[] = [];
  const loops: Record<string, Loop> = {};
  const wake = (loop: string) => loops[loop]?.wake();
  const announcement = createAnnouncement(runtime);
  const ports: Ports = createPorts({
    chunksAdded() {
      if (ports.acceptedChunks.isConnected) wake('dispatch');
      else notify(database.query, 'chunks').catch(() => {});
    },
    callbacksAdded: () => announcement.schedule(),
  });
  const credentials = createCredentials(runtime, runtime);
  const connectorSet = new ConnectorSet({
    database,
    clock,
    log,
    processId,
    random: systemRandom,
    events: {
      onReceipt: (id, receipt, saved) => ports.carrierReceipts.consumer.record(id, receipt, saved),
      onReply: (id, reply, saved) => ports.carrierReplies.consumer.record(id, reply, saved),
      onChange: (id) => ports.connectorChanges.consumer.onConnectorChange(id),
    },
  });
  const pricing = createPricing(config, runtime, () => connectorSet.simulator !== null);
  await pricing.reload();
  let buckets = await listBuckets(database.query);
  let isStopping = false;
  const processContext = {
    ...runtime,
    random: systemRandom,
    connectors: connectorSet.connectors,
    channels,
    processId,
    buckets: () => buckets,
    accounts: credentials.accounts,
    pricing: () => pricing.current(),
    isStopping: () => isStopping,
  };
  const submit = createSubmitCampaign(processContext, (accountId) => pricing.facts(accountId), ports);
  const shared = {
    ...processContext,
    ...{ config, runtime, intervals, ports, credentials, connectorSet, submit, wake, onFatal },
  };
  const { services, jobs } = createProcessServices(shared);
  return {
    context: {
      ...{ ...shared, services, jobs },
      readiness: () =>
        readinessOf(
          database,
          running.map((role) => role.missing?.() ?? null),
        ),
    },
    running,
    loops,
    async reload(subject) {
      if (subject === 'rates') return pricing.reload();
      credentials.forget();
      buckets = await listBuckets(database.query);
    },
    flushAnnouncement: () => announcement.flush(),
    markStopping() {
      isStopping = true;
    },
  };
}

/**
 * Announces rows without a process that are about to be committed, shortly after their commit: a process that pushes
 * callbacks need not wait for its poll.
 */
function createAnnouncement({ database }: Runtime) {
  let timer: NodeJS.Timeout | null = null;
  const announce = () => notify(database.query, 'callbacks').catch(() => {});
  return {
    schedule() {
      timer ??= setTimeout(() => {
        timer = null;
        void announce();
      }, announceAfterMs);
    },
    async flush() {
      if (timer === null) return;
      clearTimeout(timer);
      await announce();
    },
  };
}
