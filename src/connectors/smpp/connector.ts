// A carrier reached over SMPP: messages in, outcomes out, over one or more binds. Serves the dispatcher through the
// contract of domain/connector.ts. It never throws for what a carrier does, and never sends twice what a carrier
// took. Which of the link's binds this process runs is the caller's choice: startBind, stopBind.

import type {
  CarrierReply,
  Connector,
  ConnectorEvents,
  OutboundMessage,
  Outcome,
} from '#domain/connector.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import type { RequestPdu, ResponsePdu, Session } from '#smpp/session.ts';
import { commandStatus, statusMeaning, statusName } from '#smpp/status.ts';
import { Bind, type BindOwner } from './bind.ts';
import { type DeliveryPdu, readDelivery } from './decode.ts';
import {
  blankSubmit,
  encodeBodies,
  encodeDataCoding,
  encodeSource,
  encodeValidity,
  type SegmentBody,
  type SourceAddress,
  type SubmitFields,
} from './encode.ts';
import { halfTaken, Job, type Segment } from './job.ts';
import { type Answer, Joiner } from './joiner.ts';
import { defaultSmppOptions, type SmppOptions, type SmppSettings } from './options.ts';

export interface SmppDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** In [0, 1): spreads delays, and chooses the first reference of long texts. */
  readonly random: () => number;
}

export interface SmppConnector extends Connector {
  /** Binds, and binds again after each loss, until stopBind. `index` is below the `binds` of the options. */
  startBind(index: number): void;
  /** Waits for answers under way at most `graceMs`, then unbinds; the rest of the binds go on. */
  stopBind(index: number, graceMs: number): Promise<void>;
  isBindUp(index: number): boolean;
}

const tickMs = 50;

export function createSmppConnector(
  settings: SmppSettings,
  events: ConnectorEvents,
  deps: SmppDeps,
): SmppConnector {
  const options: SmppOptions = { ...defaultSmppOptions, ...settings };
  return new PooledConnector(options, events, {
    ...deps,
    log: deps.log.child({ connector: options.name }),
  });
}

class PooledConnector implements SmppConnector, BindOwner<Segment> {
  readonly id: number;
  readonly name: string;
  readonly #options: SmppOptions;
  readonly #events: ConnectorEvents;
  readonly #deps: SmppDeps;
  readonly #binds: readonly Bind<Segment>[];
  readonly #joiner: Joiner;
  /** Segments that found no room, in order. Mostly empty: the dispatcher hands over what capacity() allows. */
  readonly #queue: Segment[] = [];
  readonly #fields: SubmitFields;
  #ticker: NodeJS.Timeout | undefined;
  #nextBind = 0;
  #reference: number;
  #isStopping = false;
  #drain: { readonly untilMs: number; readonly resolve: () => void } | null = null;
  /** What capacity() said last: more than that is news. */
  #saidCapacity = 0;
  #isChangeDue = false;
  #lastText = '';
  #lastBodies: readonly SegmentBody[] = [];
  #lastEncoding: OutboundMessage['encoding'] = 'gsm7';
  #lastSender: string | null = null;
  #lastSource: SourceAddress | null;

  constructor(options: SmppOptions, events: ConnectorEvents, deps: SmppDeps) {
    this.id = options.id;
    this.name = options.name;
    this.#options = options;
    this.#events = events;
    this.#deps = deps;
    this.#fields = blankSubmit(options);
    this.#lastSource = encodeSource(null, options);
    this.#reference = Math.floor(deps.random() * 256);
    this.#binds = Array.from({ length: options.binds }, (_, index) => new Bind(index, options, this, deps));
    this.#joiner = new Joiner((reply, answer) => this.#handOn(reply, answer), options.joinMs);
  }

  get isUp(): boolean {
    return this.#binds.some((bind) => bind.isUp);
  }

  startBind(index: number): void {
    if (this.#isStopping) return;
    this.#ticker ??= setInterval(() => this.#tick(), tickMs).unref();
    this.#binds[index]!.start();
  }

  stopBind(index: number, graceMs: number): Promise<void> {
    return this.#binds[index]!.stop(graceMs);
  }

  isBindUp(index: number): boolean {
    return this.#binds[index]!.isUp;
  }

  capacity(): number {
    this.#saidCapacity = this.#isStopping ? 0 : this.#room(this.#deps.clock.now());
    return this.#saidCapacity;
  }

  submit(message: OutboundMessage, done: (outcome: Outcome) => void): void {
    const nowMs = this.#deps.clock.now();
    const early = this.#refusalOf(message, nowMs);
    if (early !== null) {
      setImmediate(done, early);
      return;
    }
    const { defaultDataCoding } = this.#options;
    const bodies = this.#bodiesOf(message);
    const job = new Job(
      message,
      this.#lastSource!,
      encodeDataCoding(message, defaultDataCoding),
      bodies,
      done,
    );
    for (const segment of job.segments) {
      const bind = this.#queue.length === 0 ? this.#bindWithRoom(nowMs) : null;
      if (bind === null) this.#queue.push(segment);
      else this.#send(bind, segment, nowMs);
    }
  }

  async stop(graceMs: number): Promise<void> {
    this.#isStopping = true;
    const untilMs = this.#deps.clock.now() + graceMs;
    this.#giveBackQueue('the connector is stopping');
    if (this.#queue.length > 0) {
      // What is left is the rest of messages that have begun.
      await new Promise<void>((resolve) => {
        this.#drain = { untilMs, resolve };
      });
    }
    await Promise.all(this.#binds.map((bind) => bind.stop(untilMs - this.#deps.clock.now())));
    clearInterval(this.#ticker);
    this.#ticker = undefined;
    for (const segment of this.#queue.splice(0)) this.#failLater(segment, halfTaken);
  }

  /** Why it does not even begin, or null. Leaves its source address in #lastSource. */
  #refusalOf(message: OutboundMessage, nowMs: number): Outcome | null {
    if (message.expiresAtMs <= nowMs) return { kind: 'expired' };
    if (this.#isStopping || !this.isUp) return tryLater('no bind is up');
    if (message.sender !== this.#lastSender) {
      this.#lastSender = message.sender;
      this.#lastSource = encodeSource(message.sender, this.#options);
    }
    if (this.#lastSource !== null) return null;
    return { kind: 'refused', code: commandStatus.ESME_RINVSRCADR, reason: 'SMPP cannot carry this sender' };
  }

  /** The messages of a campaign often share their text, and then its octets; a long one needs its own reference. */
  #bodiesOf(message: OutboundMessage): readonly SegmentBody[] {
    const { text, encoding } = message;
    if (text === this.#lastText && encoding === this.#lastEncoding && this.#lastBodies.length === 1) {
      return this.#lastBodies;
    }
    if (message.segments > 1) this.#reference = (this.#reference + 1) & 0xff;
    this.#lastText = text;
    this.#lastEncoding = encoding;
    this.#lastBodies = encodeBodies(message, this.#options.splitMode, this.#reference);
    return this.#lastBodies;
  }

  #room(nowMs: number): number {
    let room = -this.#queue.length;
    for (const bind of this.#binds) room += bind.room(nowMs);
    return Math.max(0, room);
  }

  /** The binds take turns; null when none has room. */
  #bindWithRoom(nowMs: number): Bind<Segment> | null {
    const binds = this.#binds;
    for (let tried = 0; tried < binds.length; tried++) {
      const bind = binds[this.#nextBind]!;
      this.#nextBind = (this.#nextBind + 1) % binds.length;
      if (bind.room(nowMs) >= 1) return bind;
    }
    return null;
  }

  #send(bind: Bind<Segment>, segment: Segment, nowMs: number): void {
    const { job, body } = segment;
    if (job.failure !== null) {
      job.fail(job.failure);
      return;
    }
    if (job.message.expiresAtMs <= nowMs) {
      this.#failLater(segment, { kind: 'expired' });
      return;
    }
    const fields = this.#fields;
    fields.source_addr_ton = job.source.ton;
    fields.source_addr_npi = job.source.npi;
    fields.source_addr = job.source.address;
    fields.destination_addr = String(job.message.msisdn);
    fields.validity_period = encodeValidity(job.message.expiresAtMs - nowMs);
    fields.data_coding = job.dataCoding;
    fields.esm_class = job.segments.length > 1 && body.tlvs === undefined ? 0x40 : 0;
    fields.short_message = body.octets;
    job.send();
    bind.submit(fields, body.tlvs, segment, nowMs);
  }

  #pump(nowMs: number): void {
    const queue = this.#queue;
    let sent = 0;
    while (sent < queue.length) {
      const bind = this.#bindWithRoom(nowMs);
      if (bind === null) break;
      this.#send(bind, queue[sent++]!, nowMs);
    }
    if (sent > 0) queue.splice(0, sent);
  }

  #tick(): void {
    const nowMs = this.#deps.clock.now();
    for (const bind of this.#binds) bind.tick(nowMs);
    this.#joiner.tick(nowMs);
    if (this.#queue.length > 0) {
      this.#giveUpWaiting(nowMs);
      this.#pump(nowMs);
    }
    if (this.#drain !== null && (this.#queue.length === 0 || nowMs >= this.#drain.untilMs))
      this.#drain.resolve();
    // A bucket that has filled, or a pause that has ended, is known to nobody else.
    if (this.#room(nowMs) > this.#saidCapacity) this.#changeSoon();
  }

  /** Segments whose message expired, was given up, or has waited longer than we are patient. */
  #giveUpWaiting(nowMs: number): void {
    this.#keepQueued((segment) => {
      const { job } = segment;
      if (job.failure !== null) this.#failLater(segment, job.failure);
      else if (job.message.expiresAtMs <= nowMs) this.#failLater(segment, { kind: 'expired' });
      else if (job.waitingSinceMs > 0 && nowMs - job.waitingSinceMs >= this.#options.patienceMs) {
        this.#failLater(segment, job.isBegun ? halfTaken : tryLater('the carrier asks for patience'));
      } else return true;
      return false;
    });
  }

  /** What the carrier has nothing of goes back to the dispatcher; half a message waits for another bind. */
  #giveBackQueue(reason: string): void {
    const nowMs = this.#deps.clock.now();
    this.#keepQueued((segment) => {
      const { job } = segment;
      if (job.failure === null && job.isBegun) {
        job.waitingSinceMs ||= nowMs;
        return true;
      }
      this.#failLater(segment, job.failure ?? tryLater(reason));
      return false;
    });
  }

  #keepQueued(isKept: (segment: Segment) => boolean): void {
    const queue = this.#queue;
    let kept = 0;
    for (const segment of queue) if (isKept(segment)) queue[kept++] = segment;
    queue.length = kept;
  }

  /** Outcomes of our own making come in a later turn, as answers do. */
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
    if (!this.isUp) this.#giveBackQueue('no bind is up');
    this.#changeSoon();
  }

  onDoubt(segment: Segment, reason: string): void {
    this.#failLater(segment, { kind: 'in-doubt', reason });
    this.#changeSoon();
  }

  onResponse(bind: Bind<Segment>, segment: Segment, pdu: ResponsePdu, nowMs: number): void {
    const status = pdu.command_status;
    const { job, index } = segment;
    switch (pdu.command === 'generic_nack' && status === 0 ? 'permanent' : statusMeaning(status)) {
      case 'taken':
        bind.unthrottle(nowMs);
        job.take(index, pdu.command === 'submit_sm_resp' ? pdu.message_id : '');
        break;
      case 'throttled':
        bind.throttle(nowMs);
        this.#again(segment, nowMs);
        break;
      case 'temporary':
        if (job.segments.length > 1) this.#again(segment, nowMs);
        else job.fail(tryLater(statusName(status)));
        break;
      case 'permanent':
        job.fail({ kind: 'refused', code: status, reason: statusName(status) });
        break;
    }
    if (this.#queue.length > 0) this.#pump(nowMs);
    this.#changeSoon();
  }

  /** Not taken, and worth asking again: before whatever else waits, behind what waits with it. */
  #again(segment: Segment, nowMs: number): void {
    segment.job.postpone(nowMs);
    let at = 0;
    while (at < this.#queue.length && this.#queue[at]!.job.waitingSinceMs > 0) at++;
    this.#queue.splice(at, 0, segment);
  }

  onRequest(session: Session<Segment>, bind: Bind<Segment>, pdu: RequestPdu, nowMs: number): void {
    const { command, sequence_number: sequence } = pdu;
    let isAnswered = false;
    const answer: Answer = (ok) => {
      if (isAnswered) return;
      isAnswered = true;
      const status = ok ? commandStatus.ESME_ROK : commandStatus.ESME_RX_T_APPN;
      session.respond(command === 'data_sm' ? 'data_sm_resp' : 'deliver_sm_resp', sequence, status);
      bind.wake();
    };
    const delivery = readDelivery(pdu as DeliveryPdu, nowMs);
    if (delivery.kind === 'receipt') {
      this.#events.onReceipt(this.id, delivery.receipt, answer);
    } else if (delivery.kind === 'nothing') {
      // Refused, it would only come again.
      this.#deps.log.warn({ bind: bind.index, why: delivery.why }, 'deliver_sm dropped');
      answer(true);
    } else if (delivery.place === null) {
      this.#handOn(delivery.reply, answer);
    } else {
      this.#joiner.add(delivery.reply, delivery.place, answer);
    }
  }

  #handOn(reply: CarrierReply, answer: Answer): void {
    this.#events.onReply(this.id, reply, answer);
  }
}

/** One second: whoever is told so has other carriers, and onChange to wake it. */
function tryLater(reason: string): Outcome {
  return { kind: 'try-later', afterMs: 1_000, reason };
}
