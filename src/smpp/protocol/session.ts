// One SMPP conversation as a state machine: octets and the time come as arguments, octets to write and events go
// out. Serves both roles, the ESME (connectors) and the SMSC (the SMPP door, the simulated carrier).
// It has no socket, no timer, no log; it must never throw for what a peer sends.
//
// open       connected, no bind yet. An ESME leaves it by bind(), an SMSC by the peer's bind request; bindMs ends it.
// binding    the bind waits for its answer: of the peer (ESME), or of our owner through answerBind() (SMSC).
//            Accepted: bound. Refused: an ESME closes, an SMSC is open again.
// bound      traffic, in the directions the bind allows. unbind() leaves it; so do the peer's unbind, silence, idleness.
// unbinding  our unbind waits for its answer; answers to our requests still count. An ESME goes on taking what the
//            carrier hands over, and closes when that is answered too; an SMSC refuses new requests.
// closed     final, from anywhere: nothing more is written, what was unanswered is handed back as lost.

import { assert } from '#lib/assert.ts';
import { decodePdu, type MalformedPdu, PduWriter } from './codec.ts';
import {
  type BindName,
  type CommandSpec,
  type Fields,
  type Pdu,
  type PduOf,
  responseTo,
  specs,
  type Tlvs,
  type WindowedName,
} from './commands.ts';
import { Framer } from './framer.ts';
import { deafBind, type Role, refusalOf } from './roles.ts';
import { commandStatus } from './status.ts';
import { type TimerLimits, Timers } from './timers.ts';
import { intOctets, tlvTags } from './tlvs.ts';
import { Window } from './window.ts';

export type SessionState = 'open' | 'binding' | 'bound' | 'unbinding' | 'closed';
export type RequestPdu = PduOf<WindowedName>;
export type ResponsePdu = PduOf<`${WindowedName}_resp` | 'generic_nack'>;

export interface SessionLimits extends TimerLimits {
  /** Most requests of ours without an answer. */
  readonly window: number;
  /** How long a request waits for its answer. */
  readonly responseMs: number;
}

/** What a session tells its owner, at once, from within receive(), tick() or close(). */
export interface SessionHandler<Token> {
  /** SMSC only: somebody wants to bind; answerBind() is owed. */
  onBindRequest(pdu: PduOf<BindName>): void;
  onBound(): void;
  /** ESME only; the session closes next. */
  onBindRefused(status: number): void;
  /** A request of the peer; respond() is owed, now or later. */
  onRequest(pdu: RequestPdu, nowMs: number): void;
  onResponse(token: Token, pdu: ResponsePdu, nowMs: number): void;
  /** No answer within responseMs. An answer that comes after all is a stray. */
  onTimeout(token: Token): void;
  /** The session ends while this request had no answer. */
  onLost(token: Token): void;
  /** A PDU that could not be read; the session has answered it. */
  onMalformed(pdu: MalformedPdu): void;
  /** A PDU that nothing waits for: an answer without its request, or an alert_notification. */
  onStray(pdu: Pdu): void;
  /** Last event. Write what takeOutput() still gives, then close the connection. */
  onClosed(reason: string): void;
}

/** The reason of onClosed when the peer asked for it. */
export const peerUnbound = 'the peer unbound';

const enquireLink = specs.enquire_link;
const lastSequence = 0x7fffffff;
const interfaceVersion = 0x34;

export class Session<Token> {
  readonly #role: Role;
  readonly #limits: SessionLimits;
  readonly #handler: SessionHandler<Token>;
  readonly #framer = new Framer();
  readonly #writer = new PduWriter();
  readonly #window: Window<Token>;
  readonly #timers: Timers;
  #state: SessionState = 'open';
  #bindName: BindName = 'bind_transceiver';
  #bindSequence = 0;
  #bindSpeaks34 = false;
  #sequence = 0;
  #owed = 0;
  /** The peer has answered our unbind, and waits for answers of ours. */
  #isUnbound = false;

  constructor(role: Role, limits: SessionLimits, handler: SessionHandler<Token>, nowMs: number) {
    this.#role = role;
    this.#limits = limits;
    this.#handler = handler;
    this.#window = new Window(limits.window);
    this.#timers = new Timers(limits, nowMs);
  }

  get state(): SessionState {
    return this.#state;
  }

  /** Meaningful once binding. */
  get bindName(): BindName {
    return this.#bindName;
  }

  /** How many more requests may leave now. */
  get free(): number {
    return this.#state === 'bound' && this.#bindName !== deafBind[this.#role] ? this.#window.free : 0;
  }

  /** Requests of ours without an answer. */
  get unanswered(): number {
    return this.#window.size;
  }

  /** Requests of the peer that respond() is still owed for: the owner stops reading when they are too many. */
  get owed(): number {
    return this.#owed;
  }

  /** Octets to write, all PDUs since the last time in one; null when there are none. */
  takeOutput(): Uint8Array | null {
    return this.#writer.take();
  }

  /** ESME: asks for a bind. */
  bind(name: BindName, fields: Partial<Fields<'bind_transceiver'>>): void {
    assert(this.#role === 'esme' && this.#state === 'open', 'bind on an open ESME session');
    this.#state = 'binding';
    this.#bindName = name;
    this.#bindSequence = this.#nextSequence();
    this.#writer.write(specs[name], 0, this.#bindSequence, {
      interface_version: interfaceVersion,
      ...fields,
    });
  }

  /** SMSC: answers the bind request that waits. A no leaves the session open for another try. */
  answerBind(status: number, systemId: string, nowMs: number): void {
    if (this.#state !== 'binding') return;
    const response = responseTo(specs[this.#bindName])!;
    const version = intOctets(interfaceVersion, 1);
    const tlvs = this.#bindSpeaks34 ? new Map([[tlvTags.sc_interface_version, version]]) : undefined;
    this.#writer.write(response, status, this.#bindSequence, { system_id: systemId }, tlvs);
    if (status === commandStatus.ESME_ROK) this.#becomeBound(nowMs);
    else this.#state = 'open';
  }

  /** Sends a request; its answer, timeout or loss comes back with the token. Only while `free` > 0. */
  request<Name extends WindowedName>(
    name: Name,
    fields: Partial<Fields<Name>>,
    tlvs: Tlvs | undefined,
    token: Token,
    nowMs: number,
  ): void {
    assert(this.#state === 'bound', 'request on a bound session');
    const sequence = this.#nextSequence();
    this.#writer.write(specs[name] as CommandSpec<Name>, 0, sequence, fields, tlvs);
    this.#window.add(sequence, token, nowMs);
    this.#timers.active(nowMs);
  }

  /** Answers a request of the peer; on a session that has closed since, does nothing. */
  respond<Name extends `${WindowedName}_resp`>(
    name: Name,
    sequence: number,
    status: number,
    fields?: Partial<Fields<Name>>,
  ): void {
    if (this.#state === 'closed') return;
    this.#owed--;
    this.#writer.write(specs[name] as CommandSpec<Name>, status, sequence, fields);
    if (this.#isUnbound && this.#owed === 0) this.close('unbound');
  }

  /** Says goodbye; the session closes with the answer, or after answerMs. Without a bind it closes at once. */
  unbind(nowMs: number): void {
    if (this.#state === 'bound') {
      this.#state = 'unbinding';
      this.#timers.unbinding(nowMs);
      this.#writer.write(specs.unbind, 0, this.#nextSequence());
    } else if (this.#state === 'open' || this.#state === 'binding') {
      this.close('stopped before the bind stood');
    }
  }

  /** Ends the session: the connection is gone, or shall go. */
  close(reason: string): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    for (const token of this.#window.takeAll()) this.#handler.onLost(token);
    this.#handler.onClosed(reason);
  }

  receive(bytes: Uint8Array, nowMs: number): void {
    if (this.#state === 'closed') return;
    this.#timers.heard(nowMs);
    const framer = this.#framer;
    framer.push(bytes);
    for (;;) {
      const result = framer.next();
      if (result === 'more') return;
      if (result === 'broken') {
        this.#nack(commandStatus.ESME_RINVCMDLEN, 0);
        this.close('command_length out of bounds');
        return;
      }
      const pdu = decodePdu(framer.bytes, framer.start, framer.end, this.#role === 'esme');
      if (pdu.command === 'malformed') this.#takeMalformed(pdu);
      else this.#take(pdu, nowMs);
      if ((this.#state as SessionState) === 'closed') return;
    }
  }

  /** To be called a few times a second: timeouts, enquire_link, silence. */
  tick(nowMs: number): void {
    if (this.#state === 'closed') return;
    for (const token of this.#window.takeSentBy(nowMs - this.#limits.responseMs))
      this.#handler.onTimeout(token);
    const verdict = this.#timers.tick(nowMs);
    if (verdict === 'carry-on') return;
    if (verdict === 'enquire-link') this.#writer.write(enquireLink, 0, this.#nextSequence());
    else this.close(verdict);
  }

  #take(pdu: Pdu, nowMs: number): void {
    switch (pdu.command) {
      case 'submit_sm_resp':
      case 'deliver_sm_resp':
      case 'data_sm_resp':
      case 'query_sm_resp':
        this.#takeResponse(pdu, nowMs);
        break;
      case 'submit_sm':
      case 'deliver_sm':
      case 'data_sm':
      case 'query_sm':
        this.#takeRequest(pdu, nowMs);
        break;
      case 'enquire_link':
        this.#writer.write(specs.enquire_link_resp, 0, pdu.sequence_number);
        break;
      case 'enquire_link_resp':
        break; // that it came is all it says, and the timers have heard it
      case 'bind_transceiver':
      case 'bind_transmitter':
      case 'bind_receiver':
        this.#takeBind(pdu);
        break;
      case 'bind_transceiver_resp':
      case 'bind_transmitter_resp':
      case 'bind_receiver_resp':
        this.#takeBindAnswer(pdu.command_status, pdu, nowMs);
        break;
      case 'generic_nack':
        if (pdu.sequence_number === 0 && pdu.command_status === commandStatus.ESME_RINVCMDLEN) {
          // It cannot find our PDUs any more (SMPP 3.4 §4.3.1): nothing that waits will be answered.
          this.close('the peer lost the boundaries of our PDUs');
        } else if (pdu.sequence_number === this.#bindSequence)
          this.#takeBindAnswer(pdu.command_status, pdu, nowMs);
        else this.#takeResponse(pdu, nowMs);
        break;
      case 'unbind':
        this.#writer.write(specs.unbind_resp, 0, pdu.sequence_number);
        this.close(peerUnbound);
        break;
      case 'unbind_resp':
        if (this.#state === 'unbinding') this.#isUnbound = true;
        if (this.#isUnbound && this.#owed === 0) this.close('unbound');
        if (!this.#isUnbound) this.#handler.onStray(pdu);
        break;
      case 'alert_notification':
        this.#handler.onStray(pdu);
        break;
      case 'outbind':
        break; // an invitation to bind; we bind when we want to (SMPP 3.4 §4.1.7)
    }
  }

  #takeResponse(pdu: ResponsePdu, nowMs: number): void {
    const token = this.#window.take(pdu.sequence_number);
    if (token === undefined) this.#handler.onStray(pdu);
    else this.#handler.onResponse(token, pdu, nowMs);
  }

  #takeRequest(pdu: RequestPdu, nowMs: number): void {
    // Quirk: Vonage and others take ESME_RINVBNDSTS for a final answer: a receipt refused while unbinding is lost.
    const isOpen = this.#state === 'bound' || (this.#state === 'unbinding' && this.#role === 'esme');
    const bindName = isOpen ? this.#bindName : null;
    const refusal = refusalOf(this.#role, bindName, pdu.command);
    this.#owed++;
    if (refusal !== commandStatus.ESME_ROK) {
      this.respond(`${pdu.command}_resp`, pdu.sequence_number, refusal);
      return;
    }
    this.#timers.active(nowMs);
    this.#handler.onRequest(pdu, nowMs);
  }

  #takeBind(pdu: PduOf<BindName>): void {
    if (this.#role === 'esme' || this.#state !== 'open') {
      const status = this.#role === 'esme' ? commandStatus.ESME_RINVCMDID : commandStatus.ESME_RALYBND;
      this.#writer.write(responseTo(specs[pdu.command])!, status, pdu.sequence_number);
      return;
    }
    this.#state = 'binding';
    this.#bindName = pdu.command;
    this.#bindSequence = pdu.sequence_number;
    this.#bindSpeaks34 = pdu.interface_version >= interfaceVersion;
    this.#handler.onBindRequest(pdu);
  }

  #takeBindAnswer(status: number, pdu: Pdu, nowMs: number): void {
    if (this.#role !== 'esme' || this.#state !== 'binding' || pdu.sequence_number !== this.#bindSequence) {
      this.#handler.onStray(pdu);
    } else if (status === commandStatus.ESME_ROK && pdu.command !== 'generic_nack') {
      this.#becomeBound(nowMs);
    } else {
      this.#handler.onBindRefused(status);
      this.close('bind refused');
    }
  }

  #takeMalformed(pdu: MalformedPdu): void {
    if (pdu.response !== undefined) this.#writer.write(pdu.response, pdu.refusal, pdu.sequence_number);
    else if (!pdu.isResponse && pdu.command_id !== specs.alert_notification.id)
      this.#nack(pdu.refusal, pdu.sequence_number);
    this.#handler.onMalformed(pdu);
  }

  #becomeBound(nowMs: number): void {
    this.#state = 'bound';
    this.#timers.bound(nowMs);
    this.#handler.onBound();
  }

  #nack(status: number, sequence: number): void {
    this.#writer.write(specs.generic_nack, status, sequence);
  }

  #nextSequence(): number {
    this.#sequence = this.#sequence === lastSequence ? 1 : this.#sequence + 1;
    return this.#sequence;
  }
}
