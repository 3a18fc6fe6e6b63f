// A carrier reached over SMPP, with one or more binds. Used by the dispatcher through the contract of
// domain/delivery/connector.ts. Never throws for the behaviour of a carrier, and never sends again what a carrier
// accepted. The caller chooses the binds of this process: startLease, stopLease.

import type { Log } from '#domain/base/log-events.ts';
import type {
  Connector,
  ConnectorEvents,
  OutboundMessage,
  Outcome,
  Receipt,
} from '#domain/delivery/connector.ts';
import { type AnswerKind, type ConnectorHealth, ConnectorMeter } from '#domain/delivery/connector-health.ts';
import { Ticker } from '#lib/async/ticker.ts';
import type { Clock } from '#lib/time/clock.ts';
import { storedReference } from '#smpp/protocol/reference-forms.ts';
import type { RequestPdu, ResponsePdu, Session } from '#smpp/protocol/session.ts';
import { commandStatus, type StatusMeaning, statusMeaning, statusName } from '#smpp/protocol/status.ts';
import { Bind, type BindPool } from './bind.ts';
import { type DeliveryPdu, readDelivery } from './decode.ts';
import { ReceiptHabits } from './habits.ts';
import { type Segment, tryLater } from './job.ts';
import { type LinkHabits, readSmppOptions, type SmppOptions, type SmppSettings } from './options.ts';
import { Outbox } from './outbox.ts';
import { SegmentWriter } from './segment-writer.ts';

export interface SmppDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** At least 0 and less than 1: spreads delays, and chooses the first reference of long texts. */
  readonly random: () => number;
}

export interface SmppConnector extends Connector {
  /** A lease is one bind: it reconnects after each loss. `index` is below `binds`. */
  startLease(index: number): void;
  stopLease(index: number, graceMs: number): Promise<void>;
  isBindUp(index: number): boolean;
}

const tickMs = 50;
/** Interval while nothing waits for a response, for capacity or for its time: only enquire_link can be due. */
const idleTickMs = 1_000;

export function createSmppConnector(
  settings: SmppSettings,
  events: ConnectorEvents,
  deps: SmppDeps,
  learnt: LinkHabits = {},
): SmppConnector {
  const options = readSmppOptions(settings);
  return new PooledConnector(
    options,
    events,
    { ...deps, log: deps.log.child({ connector: options.name }) },
    learnt,
  );
}

class PooledConnector implements SmppConnector, BindPool<Segment> {
  readonly id: number;
  readonly name: string;
  readonly #options: SmppOptions;
  readonly #events: ConnectorEvents;
  readonly #deps: SmppDeps;
  readonly #binds: readonly Bind<Segment>[];
  readonly #habits: ReceiptHabits;
  readonly #statuses: ReadonlyMap<number, StatusMeaning>;
  /** Number of occurrences of each unknown state word. */
  readonly #unknownWords = new Map<string, number>();
  readonly #outbox = new Outbox((segment, outcome) => this.#failLater(segment, outcome));
  readonly #writer: SegmentWriter;
  readonly #ticker = new Ticker({ busyMs: tickMs, idleMs: idleTickMs, tick: () => this.#tick() });
  readonly #meter = new ConnectorMeter();
  #nextBind = 0;
  #isStopping = false;
  #drain: { readonly untilMs: number; readonly resolve: () => void } | null = null;
  /** Capacity that the dispatcher knows of. A greater one is reported. */
  #knownCapacity = 0;
  #isChangeDue = false;

  constructor(options: SmppOptions, events: ConnectorEvents, deps: SmppDeps, learnt: LinkHabits) {
    this.id = options.id;
    this.name = options.name;
    this.#options = options;
    this.#events = events;
    this.#deps = deps;
    this.#writer = new SegmentWriter(options, Math.floor(deps.random() * 256));
    this.#binds = Array.from({ length: options.binds }, (_, index) => new Bind(index, options, this, deps));
    this.#statuses = new Map(Object.entries(options.statuses).map(([code, as]) => [Number(code), as]));
    this.#habits = new ReceiptHabits(options, learnt, {
      onLearnt: (habits) => {
        deps.log.info('smpp.receipt_format_learnt', { habits });
        events.onLearnt?.(this.id, habits);
      },
      onSingle: (receipt) => events.onReceipt(this.id, receipt, () => {}),
    });
  }

  get isUp(): boolean {
    return this.#binds.some((bind) => bind.isUp);
  }

  health(): ConnectorHealth {
    const { window, tps } = this.#options;
    const used = this.#binds.filter((bind) => !bind.isStopped);
    return {
      binds: used.map((bind) => bind.health()),
      isThrottled: used.some((bind) => bind.isThrottled),
      inFlight: this.#binds.reduce((sum, bind) => sum + bind.outstanding, 0),
      window: window * used.length,
      perSecond: tps,
      ...this.#meter.read(this.#deps.clock.now()),
    };
  }

  startLease(index: number): void {
    if (this.#isStopping) return;
    this.#ticker.start();
    this.#ticker.hurry();
    this.#binds[index]!.start();
  }

  stopLease(index: number, graceMs: number): Promise<void> {
    this.#ticker.hurry();
    return this.#binds[index]!.stop(graceMs);
  }

  isBindUp(index: number): boolean {
    return this.#binds[index]!.isUp;
  }

  capacity(): number {
    this.#knownCapacity = this.#isStopping ? 0 : this.#room(this.#deps.clock.now());
    return this.#knownCapacity;
  }

  submit(message: OutboundMessage, done: (outcome: Outcome) => void): void {
    this.#ticker.hurry();
    const nowMs = this.#deps.clock.now();
    const early = this.#earlyOutcome(message, nowMs);
    const job = early === null ? this.#writer.jobOf(message, done) : null;
    if (job === null) {
      setImmediate(done, early ?? senderRefused);
      return;
    }
    for (const segment of job.segments) {
      if (this.#outbox.length > 0 || !this.#send(segment, nowMs)) this.#outbox.push(segment);
    }
  }

  async stop(graceMs: number): Promise<void> {
    this.#isStopping = true;
    this.#ticker.hurry();
    const untilMs = this.#deps.clock.now() + graceMs;
    this.#outbox.giveBack('the connector is stopping', this.#deps.clock.now());
    if (this.#outbox.length > 0) {
      // The remaining segments belong to messages that have begun.
      await new Promise<void>((resolve) => {
        this.#drain = { untilMs, resolve };
      });
    }
    await Promise.all(this.#binds.map((bind) => bind.stop(untilMs - this.#deps.clock.now())));
    this.#ticker.stop();
    this.#outbox.close();
  }

  /** The outcome of a message that cannot begin; null if it can. */
  #earlyOutcome(message: OutboundMessage, nowMs: number): Outcome | null {
    if (message.expiresAtMs <= nowMs) return { kind: 'expired' };
    return this.#isStopping || !this.isUp ? tryLater('no bind is up') : null;
  }

  #room(nowMs: number): number {
    let room = -this.#outbox.length;
    for (const bind of this.#binds) room += bind.room(nowMs);
    return Math.max(0, room);
  }

  /** Binds in turn; null if none has capacity. */
  #bindWithRoom(nowMs: number): Bind<Segment> | null {
    const binds = this.#binds;
    for (let tried = 0; tried < binds.length; tried++) {
      const bind = binds[this.#nextBind]!;
      this.#nextBind = (this.#nextBind + 1) % binds.length;
      if (bind.room(nowMs) >= 1) return bind;
    }
    return null;
  }

  /** False if there is no capacity for it. */
  #send(segment: Segment, nowMs: number): boolean {
    const { job } = segment;
    if (job.failure !== null) {
      this.#failLater(segment, job.failure);
    } else if (job.message.expiresAtMs <= nowMs) {
      this.#failLater(segment, { kind: 'expired' });
    } else {
      const bind = this.#bindWithRoom(nowMs);
      if (bind === null) return false;
      job.send();
      segment.sentAtMs = nowMs;
      bind.submit(this.#writer.fieldsOf(segment, nowMs), segment.body.tlvs, segment, nowMs);
    }
    return true;
  }

  #pump(nowMs: number): void {
    if (this.#outbox.length > 0) this.#outbox.offer((segment) => this.#send(segment, nowMs));
  }

  /** Returns whether the next tick must be on time. */
  #tick(): boolean {
    const nowMs = this.#deps.clock.now();
    for (const bind of this.#binds) bind.tick(nowMs);
    this.#habits.tick(nowMs);
    this.#outbox.giveUp(nowMs, this.#options.patienceMs);
    this.#pump(nowMs);
    const drain = this.#drain;
    if (drain !== null && (this.#outbox.length === 0 || nowMs >= drain.untilMs)) drain.resolve();
    // Only the tick notices a refilled token bucket or the end of a pause.
    const room = this.#room(nowMs);
    if (room > this.#knownCapacity) {
      this.#knownCapacity = room;
      this.#changeSoon();
    }
    const isIdle = this.#outbox.length === 0 && this.#drain === null;
    return !isIdle || this.#binds.some((bind) => !bind.isIdle(nowMs));
  }

  /** Reports outcomes of this connector in a later turn of the event loop, like responses. */
  #failLater(segment: Segment, outcome: Outcome): void {
    segment.job.failure ??= outcome;
    setImmediate(() => segment.job.fail(outcome));
  }

  #changeSoon(): void {
    if (this.#isChangeDue) return;
    this.#isChangeDue = true;
    setImmediate(() => {
      this.#isChangeDue = false;
      this.#events.onChange(this.id);
    });
  }

  onUp(): void {
    this.#pump(this.#deps.clock.now());
    this.#changeSoon();
  }

  onDown(): void {
    if (!this.isUp) this.#outbox.giveBack('no bind is up', this.#deps.clock.now());
    this.#changeSoon();
  }

  onDoubt(segment: Segment, reason: string): void {
    this.#meter.countAnswer('inDoubt', null, this.#deps.clock.now());
    this.#failLater(segment, { kind: 'in-doubt', reason });
    this.#changeSoon();
  }

  onResponse(bind: Bind<Segment>, segment: Segment, pdu: ResponsePdu, nowMs: number): void {
    const status = pdu.command_status;
    const { job } = segment;
    const isNackOfNothing = pdu.command === 'generic_nack' && status === 0;
    const meaning = isNackOfNothing ? 'permanent' : statusMeaning(status, this.#statuses);
    const code = meaning === 'taken' || meaning === 'throttled' ? null : statusName(status);
    this.#meter.countAnswer(answerKinds[meaning], nowMs - segment.sentAtMs, nowMs, code);
    switch (meaning) {
      case 'taken':
        bind.unthrottle(nowMs);
        this.#take(segment, pdu.command === 'submit_sm_resp' ? storedReference(pdu.message_id) : '');
        break;
      case 'throttled':
        bind.throttle(nowMs);
        this.#outbox.postpone(segment, nowMs);
        break;
      case 'temporary':
        if (job.segments.length > 1) this.#outbox.postpone(segment, nowMs);
        else job.fail(tryLater(statusName(status)));
        break;
      case 'elsewhere':
        job.fail({ kind: 'elsewhere', code: status, reason: statusName(status) });
        break;
      case 'permanent':
        job.fail({ kind: 'refused', code: status, reason: statusName(status) });
        break;
    }
    this.#pump(nowMs);
    this.#changeSoon();
  }

  #take({ job, index }: Segment, reference: string): void {
    this.#habits.onTaken(job, job.message.msisdn, reference, index, job.segments.length);
    job.take(index, reference);
  }

  onRequest(session: Session<Segment>, bind: Bind<Segment>, pdu: RequestPdu, nowMs: number): void {
    this.#ticker.hurry();
    const { command, sequence_number: sequence } = pdu;
    let isAnswered = false;
    const answer = (ok: boolean) => {
      if (isAnswered) return;
      isAnswered = true;
      const status = ok ? commandStatus.ESME_ROK : this.#options.retryStatus;
      session.respond(command === 'data_sm' ? 'data_sm_resp' : 'deliver_sm_resp', sequence, status);
      bind.wake();
    };
    const delivered = pdu as DeliveryPdu;
    const { rules } = this.#habits;
    const { country, replyAlphabet: alphabet } = this.#options;
    const delivery = readDelivery(delivered, nowMs, { rules, country, alphabet });
    if (delivery.kind === 'receipt') this.#meter.countReceipt(nowMs);
    else if (delivery.kind !== 'nothing') this.#meter.countReply(nowMs);
    if (delivery.kind === 'receipt') {
      const { reading } = delivery;
      if (reading.unknownWord !== '') this.#countUnknown(reading.unknownWord);
      this.#habits.onReceipt(reading, delivered.source_addr, nowMs);
      const receipt: Receipt = this.#habits.isOneForAll
        ? { ...reading.receipt, speaksForAll: true }
        : reading.receipt;
      this.#events.onReceipt(this.id, receipt, answer);
    } else if (delivery.kind === 'nothing') {
      // A refusal would only repeat it.
      this.#deps.log.warn('smpp.delivery_dropped', { bind: bind.index, reason: delivery.why });
      answer(true);
    } else {
      this.#events.onReply(this.id, delivery.reply, answer);
    }
  }

  /** Logs the 1st, 10th, 100th occurrence: a carrier can write the word in every receipt. */
  #countUnknown(word: string): void {
    const shown = word.replace(/[^\x21-\x7e]/g, '?').slice(0, 20);
    if (!this.#unknownWords.has(shown) && this.#unknownWords.size >= 100) return;
    const times = (this.#unknownWords.get(shown) ?? 0) + 1;
    this.#unknownWords.set(shown, times);
    if (!Number.isInteger(Math.log10(times))) return;
    this.#deps.log.warn('smpp.receipt_state_unknown', { word: shown, times });
  }
}

const answerKinds = {
  taken: 'accepted',
  throttled: 'throttled',
  temporary: 'postponed',
  elsewhere: 'postponed',
  permanent: 'refused',
} as const satisfies Readonly<Record<StatusMeaning, AnswerKind>>;

const senderRefused: Outcome = {
  kind: 'refused',
  code: commandStatus.ESME_RINVSRCADR,
  reason: 'SMPP cannot carry this sender',
};
