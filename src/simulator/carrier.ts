// The simulated carrier: takes messages, decides their fate by the number, sends receipts and replies. Used by
// simulator.ts, which provides socket and clock. SMPP itself is smpp/server. It keeps nothing after its end.

import { TokenBucket } from '#lib/async/token-bucket.ts';
import type { MalformedPdu } from '#smpp/protocol/codec.ts';
import type { BindName, Pdu, PduOf } from '#smpp/protocol/commands.ts';
import { peerUnbound, type RequestPdu } from '#smpp/protocol/session.ts';
import { commandStatus } from '#smpp/protocol/status.ts';
import { tlvInt, tlvTags } from '#smpp/protocol/tlvs.ts';
import { BoundSessions } from '#smpp/server/bound-sessions.ts';
import type { DeliveryQueue } from '#smpp/server/delivery-queue.ts';
import { type ServerHandler, ServerSession } from '#smpp/server/server-session.ts';
import { type Behaviour, goodBehaviour, happens } from './behaviour.ts';
import type { CarrierSettings, Counters } from './carrier-settings.ts';
import { type Addresses, type CarrierDelivery, ReceiptDelivery, replyDeliveries } from './deliveries.ts';
import { type Fate, RefusalCount } from './fates.ts';
import { FaultyLine } from './faulty-line.ts';
import { Inbox } from './inbox.ts';
import { MessageIds } from './message-ids.ts';
import { hasReceipt, isFinalWanted, isIntermediateWanted, stateOf } from './receipt-requests.ts';
import { Schedule } from './schedule.ts';
import { concatenationInTlvs, hashOf, isLastPart, octetsOf, type SubmitPdu } from './submit-pdu.ts';

/** A message from its submit_sm to its receipt. */
interface Taken {
  readonly id: string;
  readonly receiptId: string;
  readonly systemId: string;
  readonly pdu: SubmitPdu;
  readonly fate: Fate;
  readonly atMs: number;
}

type CustomerSession = ServerSession<CarrierDelivery>;

const serverId = 'simulator';
/** A delivery that the customer refused for now is repeated after this time. */
const redeliverAfterMs = 500;
/** Quirk: Vonage repeats after these statuses only; it takes every other refusal as final. */
const repeatedStatuses: ReadonlySet<number> = new Set([
  commandStatus.ESME_RSYSERR,
  commandStatus.ESME_RMSGQFUL,
  commandStatus.ESME_RSUBMITFAIL,
  commandStatus.ESME_RTHROTTLED,
  commandStatus.ESME_RQUERYFAIL,
  commandStatus.ESME_RDELIVERYFAILURE,
  commandStatus.ESME_RUNKNOWNERR,
]);
/** A deliver_sm without a destination, and a command_length of 8. */
const malformedPdu = Buffer.from('000000160000000500000000000003e7000000000000', 'hex');
const garbledPdu = Buffer.from('0000000800000005', 'hex');

export class Carrier implements ServerHandler<CarrierDelivery> {
  readonly inbox = new Inbox();
  readonly counters: Counters = { submitted: 0, refused: 0, acknowledged: 0, redelivered: 0, lost: 0 };
  readonly #settings: CarrierSettings;
  /** By system_id. */
  readonly #sessions: BoundSessions<string, CarrierDelivery>;
  readonly #lines = new WeakMap<CustomerSession, FaultyLine>();
  readonly #schedule = new Schedule();
  #throttle = new TokenBucket({ perSecond: 0, burst: 0 }, 0);
  readonly #refusals = new RefusalCount();
  /** Sender → system_id that used it last: the customer that gets a reply to it. */
  readonly #systemIds = new Map<string, string>();
  /** system_id → end of the time in which the carrier still holds a lost session. */
  readonly #heldSessions = new Map<string, number>();
  readonly #ids: MessageIds;
  #replyReference = 0;
  #behaviour: Behaviour = goodBehaviour;

  constructor(settings: CarrierSettings) {
    this.#settings = settings;
    this.#sessions = new BoundSessions(settings.maxBinds);
    this.#ids = new MessageIds(settings.profile, settings.clock.now());
  }

  accept(): FaultyLine {
    this.#settings.onActivity();
    const { limits, clock } = this.#settings;
    const session: CustomerSession = new ServerSession({ serverId, limits, clock, handler: this });
    const line = new FaultyLine(session);
    this.#lines.set(session, line);
    this.#sessions.add(session);
    return line;
  }

  behave(behaviour: Behaviour): void {
    this.#behaviour = behaviour;
    this.#settings.onActivity();
    const nowMs = this.#settings.clock.now();
    for (const [, queue] of this.#sessions.queues()) {
      queue.isHeld = behaviour.holdReceipts;
      queue.pump(nowMs);
    }
  }

  get behaviour(): Behaviour {
    return this.#behaviour;
  }

  /** Receipts and replies that wait for a bind, for capacity, for their repetition or for the end of `holdReceipts`. */
  get waiting(): number {
    return this.#sessions.waiting;
  }

  get isIdle(): boolean {
    return this.#schedule.isEmpty && this.#sessions.isIdle;
  }

  /** A phone writes to the customer that used the sender last, otherwise to the first that bound. */
  reply(from: string, to: string, text: string): void {
    const first = this.#sessions.queues().next().value;
    const systemId = this.#systemIds.get(to) ?? first?.[0];
    if (systemId === undefined) return;
    this.#settings.onActivity();
    this.#replyReference = (this.#replyReference + 1) & 0xff;
    const queue = this.#queueOf(systemId);
    for (const delivery of replyDeliveries(from, to, text, this.#replyReference)) queue.add(delivery);
    queue.pump(this.#settings.clock.now());
  }

  tick(nowMs: number): void {
    this.#schedule.run(nowMs);
    this.#sessions.tick(nowMs);
  }

  /** Unbinds every session. */
  unbind(): void {
    this.#settings.onActivity();
    this.#sessions.unbindAll(this.#settings.clock.now());
  }

  /** Resolves when every connection has closed, or after `withinMs`. */
  whenQuiet(withinMs: number): Promise<void> {
    return this.#sessions.whenEmpty(withinMs);
  }

  onBindRequest(session: CustomerSession, pdu: PduOf<BindName>, nowMs: number): void {
    session.answerBind(this.#statusOfBind(pdu, nowMs));
  }

  #statusOfBind({ system_id, password }: PduOf<BindName>, nowMs: number): number {
    if (this.#behaviour.bindStatus !== 0) return this.#behaviour.bindStatus;
    const { passwords } = this.#settings;
    if (passwords !== null && !passwords.has(system_id)) return commandStatus.ESME_RINVSYSID;
    if (passwords !== null && passwords.get(system_id) !== password) return commandStatus.ESME_RINVPASWD;
    if ((this.#heldSessions.get(system_id) ?? 0) > nowMs) return commandStatus.ESME_RALYBND;
    return this.#sessions.statusOfBind(system_id);
  }

  onBound(session: CustomerSession): void {
    this.#settings.onActivity();
    const { systemId } = session;
    this.#queueOf(systemId);
    this.#settings.log.info('simulator.bind_opened', { systemId, bind: session.bindName });
    this.#sessions.bind(systemId, session, this.#settings.clock.now());
  }

  onClosed(session: CustomerSession, reason: string): void {
    this.#settings.onActivity();
    const nowMs = this.#settings.clock.now();
    const { systemId } = session;
    this.#settings.log.info('simulator.connection_closed', { systemId, reason });
    const isLost =
      this.#sessions.keyOf(session) !== undefined && reason !== peerUnbound && reason !== 'unbound';
    if (isLost && this.#behaviour.alreadyBoundMs > 0)
      this.#heldSessions.set(systemId, nowMs + this.#behaviour.alreadyBoundMs);
    this.#sessions.remove(session, nowMs);
  }

  onDelivered(session: CustomerSession, delivery: CarrierDelivery, status: number, nowMs: number): void {
    this.#settings.onActivity();
    const queue = this.#queueOf(session.systemId);
    if (status === commandStatus.ESME_ROK) {
      this.counters.acknowledged++;
    } else if (!repeatedStatuses.has(status)) {
      this.counters.lost++;
    } else {
      this.counters.redelivered++;
      queue.postpone(delivery, nowMs + redeliverAfterMs);
    }
    if (queue.waiting > 0) queue.pump(nowMs);
  }

  onUndelivered(session: CustomerSession, delivery: CarrierDelivery): void {
    this.counters.redelivered++;
    this.#queueOf(session.systemId).repeat(delivery);
  }

  onMalformed(_session: CustomerSession, { reason }: MalformedPdu): void {
    this.#settings.log.warn('simulator.pdu_malformed', { reason });
  }

  onUnexpected(_session: CustomerSession, { command }: Pdu): void {
    this.#settings.log.debug('simulator.pdu_unexpected', { command });
  }

  onRequest(session: CustomerSession, pdu: RequestPdu, nowMs: number): void {
    this.#settings.onActivity();
    if (pdu.command === 'query_sm') this.#onQuery(session, pdu, nowMs);
    else if (pdu.command === 'submit_sm' || pdu.command === 'data_sm') this.#onSubmit(session, pdu, nowMs);
    else session.answer(pdu, commandStatus.ESME_RINVCMDID);
  }

  #queueOf(systemId: string): DeliveryQueue<CarrierDelivery> {
    const queue = this.#sessions.queueOf(systemId);
    queue.isHeld = this.#behaviour.holdReceipts;
    return queue;
  }

  /** By message_id and source address; an empty source matches every message (SMPP 3.4 §4.8.1). */
  #onQuery(session: CustomerSession, pdu: PduOf<'query_sm'>, nowMs: number): void {
    const part = this.inbox.find(pdu.message_id);
    const isSameSource = pdu.source_addr === '' || pdu.source_addr === part?.from;
    if (part === undefined || part.systemId !== session.systemId || !isSameSource) {
      session.answerQuery(pdu, commandStatus.ESME_RQUERYFAIL);
      return;
    }
    session.answerQuery(pdu, commandStatus.ESME_ROK, { message_id: pdu.message_id, ...stateOf(part, nowMs) });
  }

  #onSubmit(session: CustomerSession, pdu: SubmitPdu, nowMs: number): void {
    const fate = this.#settings.fates.fateOf(pdu.destination_addr);
    const octets = octetsOf(pdu);
    const refusal = this.#refusalOf(pdu, fate, octets, nowMs);
    if (refusal !== commandStatus.ESME_ROK) {
      this.counters.refused++;
      this.#answerLater(session, nowMs, () => session.answerSubmit(pdu, refusal));
      return;
    }
    const taken = this.#take(session, pdu, fate, octets, nowMs);
    if (fate.isOvertaking) this.#scheduleReceipts(taken);
    if (this.#hasLineFault(session, nowMs)) {
      if (!fate.isOvertaking) this.#scheduleReceipts(taken);
      return;
    }
    this.#answerLater(session, nowMs, () => {
      session.answerSubmit(pdu, commandStatus.ESME_ROK, taken.id);
      if (!fate.isOvertaking) this.#scheduleReceipts(taken);
    });
  }

  #answerLater(session: CustomerSession, nowMs: number, answer: () => void): void {
    if (this.#behaviour.latencyMs === 0) answer();
    else this.#schedule.at(nowMs + this.#behaviour.latencyMs, answer);
    session.wake();
  }

  #refusalOf(pdu: SubmitPdu, fate: Fate, octets: Uint8Array, nowMs: number): number {
    const { throttlePerSecond } = this.#behaviour;
    if (throttlePerSecond !== this.#throttle.perSecond)
      this.#throttle = new TokenBucket({ perSecond: throttlePerSecond, burst: throttlePerSecond }, nowMs);
    if (!this.#throttle.acquireToken(nowMs)) return commandStatus.ESME_RTHROTTLED;
    if (fate.refusals === 0) return commandStatus.ESME_ROK;
    const isRefused = this.#refusals.refuses(fate, `${pdu.destination_addr} ${hashOf(octets)}`);
    return isRefused ? fate.refusalStatus : commandStatus.ESME_ROK;
  }

  #take(session: CustomerSession, pdu: SubmitPdu, fate: Fate, octets: Uint8Array, nowMs: number): Taken {
    const { onSubmit } = this.#settings;
    const { systemId } = session;
    const from = pdu.source_addr;
    const to = pdu.destination_addr;
    const ids = this.#ids.next(pdu);
    const id = ids.inResponse;
    this.counters.submitted++;
    if (this.#systemIds.get(from) !== systemId) this.#systemIds.set(from, systemId);
    this.inbox.add({
      id,
      from,
      to,
      octets: latin1.call(octets, 0, octets.length),
      hasHeader: (pdu.esm_class & 0x40) !== 0,
      dataCoding: pdu.data_coding,
      concatenation: concatenationInTlvs(pdu),
      systemId,
      atMs: nowMs,
      stat: fate.stat,
      err: fate.err,
      finalAtMs: nowMs + fate.afterMs,
    });
    if (onSubmit !== null) {
      const userReference = tlvInt(pdu.tlvs, tlvTags.user_message_reference) ?? null;
      const dataCoding = pdu.data_coding;
      onSubmit({ id, systemId, from, to, hash: hashOf(octets), dataCoding, userReference, atMs: nowMs });
    }
    return { id, receiptId: ids.inReceipt, systemId, pdu, fate, atMs: nowMs };
  }

  /** The faults of the line; true if the response is not sent. */
  #hasLineFault(session: CustomerSession, nowMs: number): boolean {
    const { drop, silent, malformed, garbled } = this.#behaviour;
    const { random } = this.#settings;
    const count = this.counters.submitted;
    if (malformed !== 0 && happens(malformed, count, nowMs, random))
      this.#lines.get(session)!.insert(malformedPdu);
    if (drop !== 0 && happens(drop, count, nowMs, random)) {
      session.cut();
      return true;
    }
    if (garbled !== 0 && happens(garbled, count, nowMs, random)) {
      this.#lines.get(session)!.insert(garbledPdu);
      return true;
    }
    return silent !== 0 && happens(silent, count, nowMs, random);
  }

  /** Sends the receipts of a message, and the reply of the phone, at the time of its fate. */
  #scheduleReceipts(taken: Taken): void {
    const { afterMs } = taken.fate;
    if (afterMs === 0) this.#sendReceipts(taken);
    else this.#schedule.at(taken.atMs + afterMs, () => this.#sendReceipts(taken));
  }

  #sendReceipts({ systemId, pdu, receiptId, fate, atMs }: Taken): void {
    const queue = this.#queueOf(systemId);
    const { profile } = this.#settings;
    const add = (stat: string, err: string, isFinal: boolean) => {
      const receipt = { id: receiptId, stat, err, submittedAtMs: atMs, doneAtMs: atMs + fate.afterMs };
      queue.add(new ReceiptDelivery(receipt, pdu as Addresses, isFinal, profile));
    };
    if (fate.stat !== null && hasReceipt(pdu, profile)) {
      if (isIntermediateWanted(pdu, profile))
        for (const state of profile.intermediateStates) add(state, '000', false);
      const isWanted = isFinalWanted(pdu.registered_delivery, fate.stat);
      for (let i = 0; isWanted && i < fate.receipts; i++) add(fate.stat, fate.err, true);
    }
    queue.pump(atMs);
    if (fate.reply !== null && isLastPart(pdu)) this.reply(pdu.destination_addr, pdu.source_addr, fate.reply);
  }
}

const latin1 = Buffer.prototype.latin1Slice;
