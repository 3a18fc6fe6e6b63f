// The only place where parts meet: doors, operations, workers, carriers on one engine; started in order, stopped in
// reverse. Which parts a process runs is told by its roles.
import { hostname } from 'node:os';
import { RecentSegments } from '#domain/delivery/recent-segments.ts';
import type { RateCard } from '#domain/money/rate-card.ts';
import { type Loop, type LoopOptions, startLoop } from '#lib/async/loop.ts';
import { systemRandom } from '#lib/random.ts';
import { steadyClock } from '#lib/time/clock.ts';
import type { Context } from '#pipeline/context.ts';
import { Dispatcher } from '#pipeline/dispatch-messages.ts';
import { createPorts, type Ports } from '#pipeline/ports.ts';
import { keepLease, type Lease } from '#pipeline/process-lease.ts';
import type { CallbackPusher } from '#pipeline/push-callbacks.ts';
import { type LiveProcess, reclaimWork } from '#pipeline/reclaim-work.ts';
import { createOutcomeRecorder, type OutcomeRecorder } from '#pipeline/record-outcomes.ts';
import { createReceiptRecorder, type ReceiptRecorder } from '#pipeline/record-receipts.ts';
import type { ReplyRecorder } from '#pipeline/record-reply.ts';
import { createSubmitCampaign, type SubmitCampaign } from '#pipeline/submit-campaign.ts';
import { listBuckets } from '#store/accounts/accounts.ts';
import { type Notice, noticeChannel, notify } from '#store/database/notices.ts';
import { endProcess, registerProcess, renewProcess } from '#store/platform/processes.ts';
import { type Caches, openCaches } from './caches.ts';
import { channels } from './callback-channels.ts';
import { startCallbacks } from './callbacks.ts';
import { allRoles, type Role } from './config/roles.ts';
import type { Config } from './config/settings.ts';
import { Carriers } from './connector-set.ts';
import type { Listeners } from './http-server.ts';
import {
  announceAfterMs,
  callbacksEveryMs,
  defaultIntervals,
  dispatchEveryMs,
  type Intervals,
  idlePollMs,
  listCampaignsEveryMs,
  oldUnmatchedRounds,
  recentUnmatchedEveryMs,
  recentUnmatchedMs,
  rememberedSegments,
  renewalOverdueMs,
  renewEveryMs,
} from './intervals.ts';
import { type Front, openFront } from './listeners.ts';
import type { SmtpListener } from './mail-server.ts';
import { startMaintenance } from './maintenance.ts';
import { factsOf, noPricingData, poolOf, readPricingData } from './pricing-data.ts';
import { isProcessDead } from './process-liveness.ts';
import { readinessOf } from './readiness.ts';
import { openReplies } from './replies.ts';
import type { Runtime } from './runtime.ts';

export interface Platform {
  readonly httpUrl: string | null;
  readonly httpsUrl: string | null;
  /** Null when it is closed. */
  readonly mail: SmtpListener | null;
  readonly submit: SubmitCampaign;
  readonly carriers: Carriers;
  /** Resolves when a carrier is bound, or at once when this process does not dispatch. */
  whenBound(): Promise<void>;
  stop(): Promise<void>;
}

/** A process must stop at once when it can no longer prove that it lives. */
export type OnFatal = (reason: string) => void;

export async function startPlatform(
  config: Config,
  runtime: Runtime,
  onFatal: OnFatal,
  pace: Intervals = defaultIntervals,
): Promise<Platform> {
  const platform = new RunningPlatform(config, runtime, onFatal, pace);
  try {
    await platform.start();
  } catch (error) {
    await platform.stop().catch(() => {});
    throw error;
  }
  return platform;
}

class RunningPlatform implements Platform {
  readonly #config: Config;
  readonly #runtime: Runtime;
  readonly #onFatal: OnFatal;
  readonly #pace: Intervals;
  readonly #ports: Ports = createPorts({
    chunksAdded: () => this.#announceChunks(),
    callbacksAdded: () => this.#announceCallbacks(),
  });
  #processId = 0;
  #pricingData = noPricingData;
  #buckets: readonly number[] = [];
  #living: readonly LiveProcess[] = [];
  #missingRoles: readonly Role[] = [];
  #loops: Record<string, Loop> = {};
  #lease: Lease | null = null;
  #unlisten: (() => Promise<void>) | null = null;
  #books!: Caches;
  #carriers!: Carriers;
  #outcomes: OutcomeRecorder | null = null;
  #receipts: ReceiptRecorder | null = null;
  #replies: ReplyRecorder | null = null;
  #dispatcher: Dispatcher | null = null;
  #pusher: CallbackPusher | null = null;
  #submit: SubmitCampaign | null = null;
  #front: Front | null = null;
  #doors: Listeners | null = null;
  mail: SmtpListener | null = null;
  #bound: (() => void)[] = [];
  #announcement: NodeJS.Timeout | null = null;
  #stopped: Promise<void> | null = null;

  constructor(config: Config, runtime: Runtime, onFatal: OnFatal, pace: Intervals) {
    this.#config = config;
    this.#runtime = runtime;
    this.#onFatal = onFatal;
    this.#pace = pace;
  }

  get httpUrl(): string | null {
    return this.#doors?.httpUrl ?? null;
  }

  get httpsUrl(): string | null {
    return this.#doors?.httpsUrl ?? null;
  }

  get submit(): SubmitCampaign {
    return this.#submit!;
  }

  get carriers(): Carriers {
    return this.#carriers;
  }

  #plays(role: Role): boolean {
    return this.#config.roles.includes(role);
  }

  async start(): Promise<void> {
    const { database, clock, log } = this.#runtime;
    const { query, applicationName } = database;
    const { roles } = this.#config;
    this.#processId = await registerProcess(query, hostname(), process.pid, roles, applicationName);
    this.#books = openCaches(this.#runtime);
    await this.#readPricingData();
    this.#buckets = await listBuckets(database.query);
    this.#carriers = new Carriers({
      database,
      clock,
      log,
      processId: this.#processId,
      random: systemRandom,
      events: {
        onReceipt: (id, receipt, saved) => this.#ports.carrierReceipts.consumer.record(id, receipt, saved),
        onReply: (id, reply, saved) => this.#ports.carrierReplies.consumer.record(id, reply, saved),
        onChange: (id) => this.#onConnectorChange(id),
      },
    });
    const context: Context = {
      ...this.#runtime,
      random: systemRandom,
      connectors: this.#carriers.connectors,
      channels,
    };
    if (this.#plays('callbacks')) this.#startCallbacks(context);
    if (this.#plays('dispatch')) this.#startDispatch(context);
    const facts = (accountId: number) =>
      factsOf(this.#config, this.#pricingData, this.#rates(accountId), this.#carriers.simulator !== null);
    this.#submit = createSubmitCampaign(context, facts, this.#ports);
    if (this.#plays('listeners')) this.#front = this.#openFront(() => this.#ports.notices.chunksAdded());
    this.#unlisten = await database.listen(noticeChannel, (notice) =>
      this.#onNotice(notice as Notice | null),
    );
    await this.#reclaimWork();
    this.#keepLease();
    this.#startLoops();
    if (this.#front === null) return;
    this.#doors = await this.#front.open();
    this.mail = await this.#front.openMail();
  }

  #startCallbacks(context: Context): void {
    const { pusher, loops } = startCallbacks(context, this.#ports, {
      config: this.#config,
      runtime: this.#runtime,
      processId: this.#processId,
      buckets: () => this.#buckets,
      rates: (accountId) => this.#rates(accountId),
      accountOf: (id) => this.#books.accounts.byId(id),
      submit: (...order) => this.#submit!(...order),
    });
    this.#pusher = pusher;
    Object.assign(this.#loops, loops);
  }

  #startDispatch(context: Context): void {
    const recent = new RecentSegments(rememberedSegments);
    this.#replies = openReplies(context, this.#ports, this.#config);
    this.#receipts = createReceiptRecorder(context, this.#ports, { recent });
    this.#outcomes = createOutcomeRecorder(context, this.#ports, {
      processId: this.#processId,
      recent,
      onFenced: (error) => this.#onFatal(`this process was declared dead by another: ${String(error)}`),
    });
    this.#dispatcher = new Dispatcher(context, this.#ports, {
      processId: this.#processId,
      routes: () => this.#carriers.routes,
      buckets: () => this.#buckets,
      random: systemRandom,
    });
    const ends = startMaintenance(this.#config, this.#runtime, this.#ports, {
      everyMs: this.#pace.expiryEveryMs,
      buckets: () => this.#buckets,
    });
    Object.assign(this.#loops, ends);
  }

  #announceChunks(): void {
    if (this.#dispatcher !== null) this.#loops['dispatch']?.wake();
    else notify(this.#runtime.database.query, 'chunks').catch(() => {});
  }

  /** Rows without an owner are about to be committed: a process that pushes need not find them by its poll. */
  #announceCallbacks(): void {
    this.#announcement ??= setTimeout(() => {
      this.#announcement = null;
      notify(this.#runtime.database.query, 'callbacks').catch(() => {});
    }, announceAfterMs);
  }

  #openFront(wakeDispatch: () => void): Front {
    return openFront({
      config: this.#config,
      runtime: this.#runtime,
      processId: this.#processId,
      books: this.#books,
      submit: this.#submit!,
      rates: (accountId) => this.#rates(accountId),
      replyNumbers: () => poolOf(this.#pricingData, this.#carriers!.simulator !== null),
      buckets: () => this.#buckets,
      wakeLists: () => this.#loops['list campaigns']?.wake(),
      wakeWork: () => this.#loops['ovh']?.wake(),
      wakeDispatch,
      readiness: () =>
        readinessOf(this.#runtime.database, this.#dispatcher === null ? null : this.#carriers.isServed),
    });
  }

  #startLoops(): void {
    const { log, clock } = this.#runtime;
    const { reclaimEveryMs, expiryEveryMs } = this.#pace;
    type Work = () => Promise<unknown>;
    const loop = (name: string, everyMs: number, work: Work, idle: Partial<LoopOptions> = {}) => {
      this.#loops[name] = startLoop({ name, everyMs, work, log, ...idle });
    };
    loop('take-over', reclaimEveryMs, () => this.#reclaimWork());
    loop('engine', renewEveryMs, () => this.#runtime.ensureRunning());
    if (this.#dispatcher !== null) {
      const dispatcher = this.#dispatcher;
      const receipts = this.#receipts!;
      const replies = this.#replies!;
      const dispatch = async () => {
        await dispatcher.releaseStuck();
        return (await dispatcher.claim()) > 0 || dispatcher.isBusy;
      };
      const nextDue = (withinMs: number) => dispatcher.nextDue(withinMs);
      loop('dispatch', dispatchEveryMs, dispatch, { idleMs: idlePollMs, nextDue });
      loop('expiry', expiryEveryMs, async () => {
        await dispatcher.expire();
        await dispatcher.releaseLostClaims();
      });
      loop('overdue replies', expiryEveryMs, () => replies.joinOverdue());
      const adopt = () => receipts.matchUnmatchedReceipts(clock.now() - recentUnmatchedMs);
      loop('young orphans', recentUnmatchedEveryMs, adopt, { idleMs: idlePollMs });
      loop('old orphans', expiryEveryMs * oldUnmatchedRounds, () => receipts.matchUnmatchedReceipts(0));
    }
    if (this.#front !== null) {
      const { rest, ovh } = this.#front;
      loop('list campaigns', listCampaignsEveryMs, () => rest.work());
      Object.assign(this.#loops, ovh.startLoops());
    }
    if (this.#pusher !== null) {
      const pusher = this.#pusher;
      const push = async () => (await pusher.claim()) > 0 || pusher.isBusy;
      loop('callbacks', callbacksEveryMs, push, { idleMs: idlePollMs });
      loop('stray callbacks', expiryEveryMs, () => pusher.releaseLostClaims());
    }
  }

  #keepLease(): void {
    const { log, database } = this.#runtime;
    // A connection of its own: in the pool a renewal waits behind whatever else the process does.
    const lane = database.openPipeline();
    this.#lease = keepLease({
      clock: steadyClock,
      everyMs: renewEveryMs,
      overdueMs: renewalOverdueMs,
      renew: () => lane.run((query) => renewProcess(query, this.#processId)),
      onStopped: () => lane.close(),
      onOverdue: (isOverdue) => {
        if (isOverdue) log.warn('process.paused');
        else log.info('process.resumed');
        this.#dispatcher?.pause(isOverdue);
      },
      onDead: () => this.#onFatal('another process declared this one dead'),
    });
  }

  async #reclaimWork(): Promise<void> {
    const { database, log } = this.#runtime;
    this.#living = await reclaimWork(
      { database, log },
      { processId: this.#processId, buckets: this.#buckets, isGone: isProcessDead },
    );
    this.#reportMissingRoles();
    if (this.#dispatcher === null) return;
    const dispatching = this.#living
      .filter((process) => process.roles.includes('dispatch'))
      .map(({ id }) => id);
    await this.#carriers.refresh(dispatching);
    this.#tellBound();
    // For `message show` of other processes: why a message waits.
    await this.#carriers.saveBound();
  }

  /** A role that nobody plays in two rounds: processes of one installation start one after the other. */
  #reportMissingRoles(): void {
    const missing = allRoles.filter((role) => !this.#living.some(({ roles }) => roles.includes(role)));
    for (const role of missing)
      if (this.#missingRoles.includes(role)) this.#runtime.log.warn('role.missing', { role });
    this.#missingRoles = missing;
  }

  #onConnectorChange(id: number): void {
    if (this.#dispatcher !== null) this.#ports.connectorChanges.consumer.onConnectorChange(id);
    this.#tellBound();
  }

  #tellBound(): void {
    if (!this.#carriers.isServed) return;
    for (const resolve of this.#bound) resolve();
    this.#bound = [];
  }

  #onNotice(notice: Notice | null): void {
    const fail = (error: Error) => this.#runtime.log.warn('notice.handle_failed', { err: error.message });
    if (notice === 'accounts' || notice === null) {
      this.#books.forget();
      listBuckets(this.#runtime.database.query).then((buckets) => {
        this.#buckets = buckets;
      }, fail);
    }
    if (notice === 'rates' || notice === null) this.#readPricingData().catch(fail);
    if (notice === 'carriers' || notice === null) this.#loops['take-over']?.wake();
    if (notice === 'chunks' || notice === null) this.#loops['dispatch']?.wake();
    if (notice === 'callbacks' || notice === null) {
      this.#loops['callbacks']?.wake();
      this.#loops['errands']?.wake();
    }
  }

  async #readPricingData(): Promise<void> {
    this.#pricingData = await readPricingData(this.#runtime.database.query, this.#runtime.clock.now());
  }

  #rates(accountId: number | null): RateCard {
    return this.#pricingData.prices.at(accountId, this.#runtime.clock.now());
  }

  whenBound(): Promise<void> {
    if (this.#dispatcher === null || this.#carriers.isServed) return Promise.resolve();
    return new Promise((resolve) => this.#bound.push(resolve));
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stopInReverse();
    return this.#stopped;
  }

  async #stopInReverse(): Promise<void> {
    await Promise.all([this.#doors?.stop(), this.mail?.stop()]);
    await this.#loops['errands']?.stop();
    await this.#submit?.stop();
    this.#dispatcher?.stopTaking();
    await Promise.all(Object.values(this.#loops).map((loop) => loop.stop()));
    await this.#carriers?.stop();
    await this.#outcomes?.stop();
    await this.#receipts?.stop();
    await this.#replies?.stop();
    await this.#dispatcher?.finish();
    await this.#pusher?.stop();
    if (this.#announcement !== null) {
      clearTimeout(this.#announcement);
      await notify(this.#runtime.database.query, 'callbacks').catch(() => {});
    }
    await this.#unlisten?.();
    await this.#lease?.stop();
    if (this.#processId !== 0)
      await this.#runtime.database.transaction((query) => endProcess(query, this.#processId));
  }
}
