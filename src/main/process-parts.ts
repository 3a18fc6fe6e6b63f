// The parts that all roles of a process share: services, prices, ports, connectors, the submission of campaigns. Used by main.ts.
// Opens no listener and starts no loop.

import { capabilities } from '#dialects/capabilities.ts';
import { nextOpening } from '#domain/plan/schedule.ts';
import type { Loop } from '#lib/async/loop.ts';
import { systemRandom } from '#lib/random.ts';
import { minuteMs } from '#lib/time/duration.ts';
import { createCredentials } from '#operations/account/credentials/service.ts';
import { readinessOf } from '#operations/operator/readiness.ts';
import { createJoinSubmittedParts } from '#pipeline/join-submitted-parts.ts';
import { createPorts, type Ports } from '#pipeline/ports.ts';
import { type ProcessFacts, readProcessFacts } from '#pipeline/process-facts.ts';
import { announce } from '#pipeline/process-notices.ts';
import { createSubmitCampaign, type PlatformFacts } from '#pipeline/submit-campaign.ts';
import { baseUrlOf } from './base-url.ts';
import { channels } from './callback-channels.ts';
import type { Config } from './config/settings.ts';
import { ConnectorSet, mayBeSimulated } from './connector-set.ts';
import { announceAfterMs, type Intervals } from './intervals.ts';
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
      else void announce(database, 'chunks');
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
    seal: runtime.seal,
    baseUrl: baseUrlOf(config),
    mayBeSimulated: mayBeSimulated(config, runtime),
    events: {
      onReceipt: (id, receipt, saved) => ports.carrierReceipts.consumer.record(id, receipt, saved),
      onReply: (id, reply, saved) => ports.carrierReplies.consumer.record(id, reply, saved),
      onChange: (id) => ports.connectorChanges.consumer.onConnectorChange(id),
    },
  });
  const facts = await readProcessFacts(runtime, () => connectorSet.simulator !== null);
  let isStopping = false;
  const processContext = {
    ...runtime,
    random: systemRandom,
    connectors: connectorSet.connectors,
    channels,
    processId,
    buckets: facts.buckets,
    accounts: credentials.accounts,
    pricing: facts.pricing,
    isStopping: () => isStopping,
  };
  const submit = createSubmitCampaign(processContext, platformFactsOf(config, facts), ports);
  const joinParts = createJoinSubmittedParts(processContext, { submit });
  const shared = {
    ...processContext,
    ...{ config, runtime, intervals, ports, connectorSet, submit, joinParts, wake, onFatal },
  };
  const { services, jobs } = createProcessServices(shared, credentials);
  return {
    context: {
      ...shared,
      services,
      jobs,
      readiness: () =>
        readinessOf(
          database,
          running.map((role) => role.missing?.() ?? null),
        ),
    },
    running,
    loops,
    async reload(subject) {
      if (subject === 'rates') return facts.reloadPricing();
      credentials.forget();
      await facts.reloadBuckets();
    },
    flushAnnouncement: () => announcement.flush(),
    markStopping() {
      isStopping = true;
    },
  };
}

/** The facts that are equal for all submissions of an account. */
function platformFactsOf(config: Config, facts: ProcessFacts): PlatformFacts {
  return (accountId) => {
    const { rates, replyNumbers } = facts.pricing();
    return {
      priceOf: rates(accountId).priceOf,
      nextOpening,
      stopShortCode: config.stopShortCode,
      defaultSender: config.defaultSender,
      defaultValidityMs: config.validityMinutes * minuteMs,
      purposeGuard: config.purposeGuard,
      replyNumbers,
      replySurchargeMicros: facts.replySurchargeMicros(),
      dialects: capabilities,
    };
  };
}

/**
 * Announces rows without a process that are about to be committed, shortly after their commit: a process that pushes
 * callbacks need not wait for its poll.
 */
function createAnnouncement({ database }: Runtime) {
  let timer: NodeJS.Timeout | null = null;
  return {
    schedule() {
      timer ??= setTimeout(() => {
        timer = null;
        void announce(database, 'callbacks');
      }, announceAfterMs);
    },
    async flush() {
      if (timer === null) return;
      clearTimeout(timer);
      await announce(database, 'callbacks');
    },
  };
}
