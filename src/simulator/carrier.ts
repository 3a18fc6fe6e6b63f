// The simulated carrier itself: takes messages, decides their fate by the number, tells receipts and replies.
// Serves simulator.ts, which gives it a socket and a clock. It forgets everything when it ends.

import type { Log } from '#domain/base/log-events.ts';
import { TokenBucket } from '#lib/async/token-bucket.ts';
import type { Clock } from '#lib/time/clock.ts';
import type { BindName, PduOf } from '#smpp/protocol/commands.ts';
import type { RequestPdu, SessionLimits } from '#smpp/protocol/session.ts';
import { commandStatus } from '#smpp/protocol/status.ts';
import { tlvInt, tlvTags } from '#smpp/protocol/tlvs.ts';
import { type Behaviour, goodBehaviour, happens } from './behaviour.ts';
import { Connection, type Owner } from './connection.ts';
import { type Addresses, ReceiptDelivery, replyDeliveries } from './deliveries.ts';
import { type Fate, type FateTable, RefusalCount } from './fates.ts';
import type { CarrierHabits } from './habits.ts';
import { Inbox } from './inbox.ts';
import { type Delivery, Mailbox } from './mailbox.ts';
import { MessageIds } from './message-ids.ts';
import { Schedule } from './schedule.ts';
import { hashOf, isLastPart, octetsOf, placeIn, placeOf, type SubmitPdu } from './submit-pdu.ts';

/** A message taken, as told to whoever counts them. */
export interface Submitted {
  readonly id: string;
  readonly systemId: string;
  readonly from: string;
  readonly to: string;
  /** FNV-1a of the user data, 32 bits: equal texts to equal numbers are duplicates. */
  readonly hash: number;
  readonly dataCoding: number;
  /** user_message_reference, when the customer set one. */
  readonly userReference: number | null;
  readonly atMs: number;
}

export interface Counters {
  submitted: number;
  refused: number;
  /** Receipts and replies that the customer has. */
  acknowledged: number;
  /** Left without an acknowledgement: they leave again. */
  redelivered: number;
  /** Refused for good by the customer. */
  lost: number;
}

export interface CarrierSettings {
  readonly fates: FateTable;
  /** system_id → password; null takes anybody. */
  readonly passwords: ReadonlyMap<string, string> | null;
  readonly limits: SessionLimits;
  readonly habits: CarrierHabits;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly onSubmit: ((submitted: Submitted) => void) | null;
  /** Something began that a tick follows. */
  readonly onActivity: () => void;
}

/** A message taken, until its receipt has been handed to the mailbox. */
interface Taken {
  readonly id: string;
  readonly receiptId: string;
  readonly systemId: string;
  readonly pdu: SubmitPdu;
  readonly fate: Fate;
  readonly atMs: number;
}

/** "Not now" is followed by another try after this long. */
const redeliverAfterMs = 500;
/** Quirk: Vonage repeats on these alone; every other answer is final, and what it refused is lost. */
const repeatedOn: ReadonlySet<number> = new Set([
  commandStatus.ESME_RSYSERR,
  commandStatus.ESME_RMSGQFUL,
  commandStatus.ESME_RSUBMITFAIL,
  commandStatus.ESME_RTHROTTLED,
  commandStatus.ESME_RQUERYFAIL,
  commandStatus.ESME_RDELIVERYFAILURE,
  commandStatus.ESME_RUNKNOWNERR,
]);
/** A deliver_sm whose destination is missing, and a command_length of 8. */
const malformedPdu = Buffer.from('000000160000000500000000000003e7000000000000', 'hex');
const garbledPdu = Buffer.from('0000000800000005', 'hex');

export class Carrier implements Owner {
  readonly inbox = new Inbox();
  readonly counters: Counters = { submitted: 0, refused: 0, acknowledged: 0, redelivered: 0, lost: 0 };
  readonly #settings: CarrierSettings;
  readonly #connections = new Set<Connection>();
  readonly #mailboxes = new Map<string, Mailbox>();
  readonly #schedule = new Schedule();
  #throttle = new TokenBucket({ perSecond: 0, burst: 0 }, 0);
  readonly #refusals = new RefusalCount();
  /** Who sends under which sender: where a reply to it goes. */
  readonly #customers = new Map<string, string>();
  readonly #ids: MessageIds;
  #replyReference = 0;
  #behaviour: Behaviour = goodBehaviour;
  #onQuiet: (() => void) | null = null;

  constructor(settings: CarrierSettings) {
    this.#settings = settings;
    this.#ids = new MessageIds(settings.habits, settings.clock.now());
  }

  accept(): Connection {
    this.#settings.onActivity();
    const { limits, clock, log } = this.#settings;
    const connection = new Connection(this, limits, 'simulator', clock, log);
    this.#connections.add(connection);
    return connection;
  }

  behave(behaviour: Behaviour): void {
    this.#behaviour = behaviour;
    this.#settings.onActivity();
    const nowMs = this.#settings.clock.now();
    for (const mailbox of this.#mailboxes.values()) {
      mailbox.isHeld = behaviour.holdReceipts;
      mailbox.pump(nowMs);
    }
  }

  get behaviour(): Behaviour {
    return this.#behaviour;
  }

  /** Receipts and replies that wait for a bind, for room, or to be let go. */
  get waiting(): number {
    let waiting = 0;
    for (const mailbox of this.#mailboxes.values()) waiting += mailbox.waiting;
    return waiting;
  }

  /** Nothing waits for its time, for room or for an answer. */
  get isIdle(): boolean {
    if (!this.#schedule.isEmpty || this.waiting > 0) return false;
    for (const { session } of this.#connections)
      if (session.state !== 'bound' || session.unanswered > 0) return false;
    return true;
  }

  /** A phone writes. It reaches the customer who last used that sender, or else whoever has bound. */
  reply(from: string, to: string, text: string): void {
    const mailbox =
      this.#mailboxes.get(this.#customers.get(to) ?? '') ?? this.#mailboxes.values().next().value;
    if (mailbox === undefined) return;
    this.#settings.onActivity();
    this.#replyReference = (this.#replyReference + 1) & 0xff;
    for (const delivery of replyDeliveries(from, to, text, this.#replyReference)) mailbox.push(delivery);
    mailbox.pump(this.#settings.clock.now());
  }

  tick(nowMs: number): void {
    this.#schedule.run(nowMs);
    for (const connection of this.#connections) {
      connection.session.tick(nowMs);
      connection.wake();
    }
    for (const mailbox of this.#mailboxes.values()) if (mailbox.waiting > 0) mailbox.pump(nowMs);
  }

  /** Says goodbye on every connection. */
  unbind(): void {
    this.#settings.onActivity();
    const nowMs = this.#settings.clock.now();
    for (const connection of this.#connections) {
      connection.session.unbind(nowMs);
      connection.wake();
    }
  }

  /** When every connection has closed, or after so long. */
  whenQuiet(withinMs: number): Promise<void> {
    if (this.#connections.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, withinMs);
      this.#onQuiet = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  onBindRequest(connection: Connection, pdu: PduOf<BindName>): number {
    if (this.#behaviour.bindStatus !== 0) return this.#behaviour.bindStatus;
    const { passwords } = this.#settings;
    if (passwords !== null && !passwords.has(pdu.system_id)) return commandStatus.ESME_RINVSYSID;
    if (passwords !== null && passwords.get(pdu.system_id) !== pdu.password)
      return commandStatus.ESME_RINVPASWD;
    connection.systemId = pdu.system_id;
    return commandStatus.ESME_ROK;
  }

  onBound(connection: Connection): void {
    this.#settings.onActivity();
    const { systemId, session } = connection;
    let mailbox = this.#mailboxes.get(systemId);
    if (mailbox === undefined) {
      mailbox = new Mailbox();
      mailbox.isHeld = this.#behaviour.holdReceipts;
      this.#mailboxes.set(systemId, mailbox);
    }
    this.#settings.log.info('simulator.bind_opened', { systemId, bind: session.bindName });
    if (session.bindName === 'bind_transmitter') return;
    mailbox.attach(connection);
    mailbox.pump(this.#settings.clock.now());
  }

  onClosed(connection: Connection, reason: string): void {
    this.#settings.onActivity();
    this.#connections.delete(connection);
    const mailbox = this.#mailboxes.get(connection.systemId);
    mailbox?.detach(connection);
    this.#settings.log.info('simulator.connection_closed', { systemId: connection.systemId, reason });
    mailbox?.pump(this.#settings.clock.now());
    if (this.#connections.size === 0) this.#onQuiet?.();
  }

  onAcknowledged(connection: Connection, delivery: Delivery, status: number, nowMs: number): void {
    this.#settings.onActivity();
    const mailbox = this.#mailboxes.get(connection.systemId)!;
    if (status === commandStatus.ESME_ROK) {
      this.counters.acknowledged++;
    } else if (!repeatedOn.has(status)) {
      this.counters.lost++;
    } else {
      this.counters.redelivered++;
      this.#schedule.at(nowMs + redeliverAfterMs, () => mailbox.giveBack(delivery));
    }
    if (mailbox.waiting > 0) mailbox.pump(nowMs);
  }

  onUnacknowledged(connection: Connection, delivery: Delivery): void {
    this.counters.redelivered++;
    this.#mailboxes.get(connection.systemId)?.giveBack(delivery);
  }

  onRequest(connection: Connection, pdu: RequestPdu, nowMs: number): void {
    this.#settings.onActivity();
    if (pdu.command === 'query_sm') this.#onQuery(connection, pdu);
    else if (pdu.command !== 'deliver_sm') this.#onSubmit(connection, pdu, nowMs);
  }

  #onQuery(connection: Connection, pdu: PduOf<'query_sm'>): void {
    const part = this.inbox.find(pdu.message_id);
    const status = part === undefined ? commandStatus.ESME_RQUERYFAIL : commandStatus.ESME_ROK;
    connection.session.respond('query_sm_resp', pdu.sequence_number, status, {
      message_id: pdu.message_id,
      message_state: part?.stat === 'DELIVRD' ? 2 : part?.stat === 'EXPIRED' ? 3 : part?.stat ? 5 : 1,
    });
    connection.wake();
  }

  #onSubmit(connection: Connection, pdu: SubmitPdu, nowMs: number): void {
    const fate = this.#settings.fates.fateOf(pdu.destination_addr);
    const octets = octetsOf(pdu);
    const refusal = this.#refusalOf(pdu, fate, octets, nowMs);
    if (refusal !== commandStatus.ESME_ROK) {
      this.counters.refused++;
      this.#answerLater(connection, nowMs, () => connection.answer(pdu, refusal));
      return;
    }
    const taken = this.#take(connection, pdu, fate, octets, nowMs);
    if (fate.isOvertaking) this.#tell(taken);
    if (this.#disturbs(connection, nowMs)) {
      if (!fate.isOvertaking) this.#tell(taken);
      return;
    }
    this.#answerLater(connection, nowMs, () => {
      connection.answer(pdu, commandStatus.ESME_ROK, taken.id);
      if (!fate.isOvertaking) this.#tell(taken);
    });
  }

  #answerLater(connection: Connection, nowMs: number, answer: () => void): void {
    if (this.#behaviour.latencyMs === 0) answer();
    else this.#schedule.at(nowMs + this.#behaviour.latencyMs, answer);
    connection.wake();
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

  #take(connection: Connection, pdu: SubmitPdu, fate: Fate, octets: Uint8Array, nowMs: number): Taken {
    const { onSubmit } = this.#settings;
    const { systemId } = connection;
    const from = pdu.source_addr;
    const to = pdu.destination_addr;
    const ids = this.#ids.next(pdu);
    const id = ids.answered;
    this.counters.submitted++;
    if (this.#customers.get(from) !== systemId) this.#customers.set(from, systemId);
    this.inbox.add({
      id,
      from,
      to,
      octets: latin1.call(octets, 0, octets.length),
      hasHeader: (pdu.esm_class & 0x40) !== 0,
      dataCoding: pdu.data_coding,
      place: placeOf(pdu),
      atMs: nowMs,
      stat: fate.stat,
    });
    if (onSubmit !== null) {
      const userReference = tlvInt(pdu.tlvs, tlvTags.user_message_reference) ?? null;
      const dataCoding = pdu.data_coding;
      onSubmit({ id, systemId, from, to, hash: hashOf(octets), dataCoding, userReference, atMs: nowMs });
    }
    return { id, receiptId: ids.told, systemId, pdu, fate, atMs: nowMs };
  }

  /** The faults of the line; true when the answer does not leave. */
  #disturbs(connection: Connection, nowMs: number): boolean {
    const { drop, silent, malformed, garbled } = this.#behaviour;
    const { random } = this.#settings;
    const count = this.counters.submitted;
    if (malformed !== 0 && happens(malformed, count, nowMs, random)) connection.disturb(malformedPdu);
    if (drop !== 0 && happens(drop, count, nowMs, random)) {
      connection.cut();
      return true;
    }
    if (garbled !== 0 && happens(garbled, count, nowMs, random)) {
      connection.disturb(garbledPdu);
      return true;
    }
    return silent !== 0 && happens(silent, count, nowMs, random);
  }

  /** Sends the receipts of a message, and the reply of the phone, when their time has come. */
  #tell(taken: Taken): void {
    const { afterMs } = taken.fate;
    if (afterMs === 0) this.#tellNow(taken);
    else this.#schedule.at(taken.atMs + afterMs, () => this.#tellNow(taken));
  }

  #tellNow({ systemId, pdu, receiptId, fate, atMs }: Taken): void {
    const mailbox = this.#mailboxes.get(systemId)!;
    const wants = pdu.registered_delivery & 0x03;
    const { habits } = this.#settings;
    const tell = (stat: string, err: string, isFinal: boolean) => {
      const receipt = { id: receiptId, stat, err, submittedAtMs: atMs, doneAtMs: atMs + fate.afterMs };
      mailbox.push(new ReceiptDelivery(receipt, pdu as Addresses, isFinal, habits));
    };
    const isWanted =
      wants === 1 || (wants === 2 && fate.stat !== 'DELIVRD') || (wants === 3 && fate.stat === 'DELIVRD');
    if (fate.stat !== null && isWanted && isTold(pdu, habits)) {
      for (const word of habits.wordsBefore) tell(word, '000', false);
      for (let i = 0; i < fate.receipts; i++) tell(fate.stat, fate.err, true);
    }
    mailbox.pump(atMs);
    if (fate.reply !== null && isLastPart(pdu)) this.reply(pdu.destination_addr, pdu.source_addr, fate.reply);
  }
}

/** Whether this part of a text gets a receipt. */
function isTold(pdu: SubmitPdu, { receipts }: CarrierHabits): boolean {
  const place = receipts === 'each' ? null : placeIn(pdu);
  return place === null || place.part === (receipts === 'first' ? 1 : place.total);
}

const latin1 = Buffer.prototype.latin1Slice;
