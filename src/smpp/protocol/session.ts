// One SMPP session as a state machine: octets and the time are arguments, octets to write and events are results.
// Used by both roles: the ESME (connectors/smpp) and the SMSC (smpp/server).
// It has no socket, no timer and no log. It never throws for input of a peer.
//
// | state     | meaning | left by |
// | --------- | --- | --- |
// | open      | connected, not bound | ESME: bind(). SMSC: a bind request. Otherwise bindMs closes it |
// | binding   | a bind request waits for its response | ESME: the peer's response. SMSC: answerBind(), and the PDUs behind the request wait for it |
// | bound     | traffic, in the directions that the bind allows | unbind(), the peer's unbind, silence, inactivity |
// | unbinding | our unbind waits for its response | unbind_resp, or answerMs. An ESME still takes and answers deliver_sm |
// | draining  | the peer's unbind waits for our responses | the last respond(), or drainMs; then unbind_resp is written |
// | closed    | final: nothing is written, requests without a response are reported as lost | never |

import { assert } from '#lib/assert.ts';
import { decodePdu, type MalformedPdu, maxPduLength, PduWriter } from './codec.ts';
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
import { bindWithoutRequests, type Role, refusalOf } from './roles.ts';
import { commandStatus } from './status.ts';
import { type TimerLimits, Timers } from './timers.ts';
import { intOctets, tlvTags } from './tlvs.ts';
import { Window } from './window.ts';

export type SessionState = 'open' | 'binding' | 'bound' | 'unbinding' | 'draining' | 'closed';
export type RequestPdu = PduOf<WindowedName>;
export type ResponsePdu = PduOf<`${WindowedName}_resp` | 'generic_nack'>;

export interface SessionLimits extends TimerLimits {
  /** Largest number of our requests without a response. */
  readonly window: number;
  /** Time that a request waits for its response. */
  readonly responseMs: number;
  /** Largest number of the peer's requests without a response; more are refused with ESME_RTHROTTLED. 0: no limit. */
  readonly maxInbound?: number;
  /** Time from the first to the last octet of a PDU. Absent or 0: no limit. */
  readonly frameMs?: number;
  /** SMSC: refused binds on one connection; the last one closes it. 0: no limit. */
  readonly maxRefusedBinds?: number;
}

/** Events of a session, called from within receive(), tick(), respond() and close(). */
export interface SessionHandler<Token> {
  /** SMSC only: a peer requests a bind. answerBind() must follow, now or later. */
  onBindRequest(pdu: PduOf<BindName>): void;
  onBound(): void;
  /** ESME only; the session closes next. */
  onBindRefused(status: number): void;
  /** A request of the peer. respond() must follow, now or later. */
  onRequest(pdu: RequestPdu, nowMs: number): void;
  onResponse(token: Token, pdu: ResponsePdu, nowMs: number): void;
  /** No response within responseMs. A later response is reported by onUnexpected. */
  onTimeout(token: Token): void;
  /** The session ended before the response to this request. */
  onLost(token: Token): void;
  /** A PDU could not be read; the session has answered it. */
  onMalformed(pdu: MalformedPdu): void;
  /** A response without a request, or an alert_notification. */
  onUnexpected(pdu: Pdu): void;
  /** Last event. Write the rest of takeOutput(), then close the connection. */
  onClosed(reason: string): void;
}

/** The reason of onClosed after the peer's unbind. */
export const peerUnbound = 'the peer unbound';

const enquireLink = specs.enquire_link;
const lastSequence = 0x7fffffff;
const interfaceVersion = 0x34;
/** A bind request has 272 octets at most, with the long credentials that carriers give out. */
const maxUnboundLength = 1_024;
/** Time for the responses that the peer's unbind waits for. Clients wait 5 to 30 s for unbind_resp. */
const drainMs = 5_000;

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
  #version = interfaceVersion;
  #refusedBinds = 0;
  #sequence = 0;
  #inbound = 0;
  #maxInbound: number;
  #isReading = false;
  /** Arrival of the first octet of a PDU that is incomplete; null: none is. */
  #partialSinceMs: number | null = null;
  /** The peer has answered our unbind and waits for our responses. */
  #isUnbound = false;
  /** Sequence number of our last request before a 3.3 peer showed that it reads TLVs; 0: it did not, or is newer. */
  #lastWithoutTlvs = 0;
  /** Reason of the close that follows our unbind. */
  #unbindReason = 'unbound';
  /** Sequence number and time of the unbind of the peer. */
  #peerUnbind = { sequence: 0, atMs: 0 };

  constructor(role: Role, limits: SessionLimits, handler: SessionHandler<Token>, nowMs: number) {
    this.#role = role;
    this.#limits = limits;
    this.#handler = handler;
    this.#window = new Window(limits.window);
    this.#maxInbound = limits.maxInbound ?? 0;
    this.#timers = new Timers(limits, nowMs);
  }

  get state(): SessionState {
    return this.#state;
  }

  /** Kind of the bind; valid from the state `binding` on. */
  get bindName(): BindName {
    return this.#bindName;
  }

  /**
   * Version of the peer, valid from the state `bound` on: 0x33, 0x34 or 0x50. Other values of interface_version are
   * rounded down, because the specification gives them no meaning.
   */
  get version(): number {
    return this.#version;
  }

  /** Number of requests that can be sent now. */
  get free(): number {
    const canRequest = this.#state === 'bound' && this.#bindName !== bindWithoutRequests.to[this.#role];
    return canRequest ? this.#window.free : 0;
  }

  /** Our requests without a response. */
  get outstanding(): number {
    return this.#window.size;
  }

  /** Requests of the peer without a response. */
  get inbound(): number {
    return this.#inbound;
  }

  /** The limits that were found with the bind: see SessionLimits. */
  setWindows(window: number, maxInbound: number): void {
    this.#window.capacity = window;
    this.#maxInbound = maxInbound;
  }

  /** All octets written since the last call; null when there are none. */
  takeOutput(): Uint8Array | null {
    return this.#writer.take();
  }

  /** ESME: requests a bind. */
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

  /** SMSC: answers the pending bind request. A refusal leaves the session open until `maxRefusedBinds`. */
  answerBind(status: number, systemId: string, nowMs: number): void {
    if (this.#state !== 'binding') return;
    const response = responseTo(specs[this.#bindName])!;
    const version = new Map([[tlvTags.sc_interface_version, intOctets(interfaceVersion, 1)]]);
    const tlvs = this.#version < interfaceVersion ? undefined : version;
    const isBound = status === commandStatus.ESME_ROK;
    this.#writer.write(
      response,
      status,
      this.#bindSequence,
      { system_id: systemId },
      isBound ? tlvs : undefined,
    );
    if (isBound) this.#becomeBound(nowMs);
    else this.#refuseBind();
    if (!this.#isReading) this.#read(nowMs);
  }

  #refuseBind(): void {
    this.#state = 'open';
    this.#refusedBinds++;
    const { maxRefusedBinds = 0 } = this.#limits;
    if (maxRefusedBinds > 0 && this.#refusedBinds >= maxRefusedBinds) this.close('too many refused binds');
  }

  /** Sends a request. Its response, timeout or loss is reported with the token. Only while `free` > 0. */
  request<Name extends WindowedName>(
    name: Name,
    fields: Partial<Fields<Name>>,
    tlvs: Tlvs | undefined,
    token: Token,
    nowMs: number,
  ): void {
    assert(this.#state === 'bound', 'request on a bound session');
    const sequence = this.#nextSequence();
    this.#writer.write(
      specs[name] as CommandSpec<Name>,
      0,
      sequence,
      fields,
      this.#isOldPeer ? undefined : tlvs,
    );
    this.#window.add(sequence, token, nowMs);
    this.#timers.active(nowMs);
  }

  /**
   * Answers a request of the peer; does nothing on a closed session. TLVs leave with refusals too (SMPP 5.0 allows it,
   * and 3.4 clients skip them); a 3.3 peer gets no TLVs.
   */
  respond<Name extends `${WindowedName}_resp`>(
    name: Name,
    sequence: number,
    status: number,
    fields?: Partial<Fields<Name>>,
    tlvs?: Tlvs,
  ): void {
    if (this.#state === 'closed') return;
    this.#inbound--;
    const isOld = this.#isOldPeer;
    this.#writer.write(
      specs[name] as CommandSpec<Name>,
      status,
      sequence,
      fields,
      isOld ? undefined : tlvs,
      isOld,
    );
    if (this.#inbound > 0) return;
    if (this.#isUnbound) this.close(this.#unbindReason);
    else if (this.#state === 'draining') this.#finishDraining();
  }

  /** Unbinds; the session closes with the response, or after answerMs. Without a bind it closes at once. */
  unbind(nowMs: number, reason = 'unbound'): void {
    if (this.#state === 'bound') {
      this.#state = 'unbinding';
      this.#unbindReason = reason;
      this.#timers.unbinding(nowMs);
      this.#writer.write(specs.unbind, 0, this.#nextSequence());
    } else if (this.#state === 'open' || this.#state === 'binding') {
      this.close('stopped before the bind');
    }
  }

  /** Sends enquire_link now; without an octet of the peer within answerMs the session closes. */
  enquire(nowMs: number): void {
    if (this.#state !== 'bound') return;
    this.#timers.enquired(nowMs);
    this.#writer.write(enquireLink, 0, this.#nextSequence());
  }

  /** Ends the session, because the connection is closed or must be closed. */
  close(reason: string): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    for (const token of this.#window.takeAll()) this.#handler.onLost(token);
    this.#handler.onClosed(reason);
  }

  receive(bytes: Uint8Array, nowMs: number): void {
    if (this.#state === 'closed') return;
    this.#timers.heard(nowMs);
    this.#framer.push(bytes);
    if (!this.#isReading) this.#read(nowMs);
  }

  /** Takes the PDUs that have arrived. */
  #read(nowMs: number): void {
    const framer = this.#framer;
    this.#isReading = true;
    let hasTaken = false;
    while (this.#canRead) {
      const result = framer.next(this.#maxLength);
      if (result === 'more') {
        if (!framer.isPartial) this.#partialSinceMs = null;
        else if (hasTaken || this.#partialSinceMs === null) this.#partialSinceMs = nowMs;
        break;
      }
      hasTaken = true;
      if (result === 'broken') {
        this.#nack(commandStatus.ESME_RINVCMDLEN, framer.brokenSequence);
        this.close('command_length out of bounds');
        break;
      }
      const pdu = decodePdu(framer.bytes, framer.start, framer.end, this.#role === 'esme');
      if (pdu.command === 'malformed') this.#takeMalformed(pdu);
      else this.#take(pdu, nowMs);
    }
    this.#isReading = false;
  }

  /** Before its bind, an unknown peer must not fill the memory. */
  get #maxLength(): number {
    return this.#role === 'smsc' && this.#state === 'open' ? maxUnboundLength : maxPduLength;
  }

  /** An SMSC reads nothing behind a bind request before it has answered it. */
  get #canRead(): boolean {
    return this.#state !== 'closed' && (this.#role === 'esme' || this.#state !== 'binding');
  }

  /** Must be called at least once a second: timeouts, enquire_link, silence, inactivity. */
  tick(nowMs: number): void {
    if (this.#state === 'closed') return;
    for (const token of this.#window.takeSentBy(nowMs - this.#limits.responseMs))
      this.#handler.onTimeout(token);
    const { frameMs = 0 } = this.#limits;
    if (frameMs > 0 && this.#partialSinceMs !== null && nowMs - this.#partialSinceMs >= frameMs) {
      this.close('a PDU took too long to arrive');
      return;
    }
    if (this.#state === 'draining') {
      if (nowMs - this.#peerUnbind.atMs >= drainMs) this.#finishDraining();
      return;
    }
    const verdict = this.#timers.tick(nowMs);
    if (verdict === 'carry-on') return;
    if (verdict === 'enquire-link') this.#writer.write(enquireLink, 0, this.#nextSequence());
    else if (verdict === 'idle') this.unbind(nowMs, verdict);
    else this.close(verdict);
  }

  #take(pdu: Pdu, nowMs: number): void {
    switch (pdu.command) {
      case 'submit_sm_resp':
      case 'deliver_sm_resp':
      case 'data_sm_resp':
      case 'query_sm_resp':
      case 'submit_multi_resp':
      case 'cancel_sm_resp':
      case 'replace_sm_resp':
        this.#takeResponse(pdu, nowMs);
        break;
      case 'submit_sm':
      case 'deliver_sm':
      case 'data_sm':
      case 'query_sm':
      case 'submit_multi':
      case 'cancel_sm':
      case 'replace_sm':
        this.#takeRequest(pdu, nowMs);
        break;
      case 'enquire_link':
        this.#writer.write(specs.enquire_link_resp, 0, pdu.sequence_number);
        break;
      case 'enquire_link_resp':
        break; // receive() has informed the timers
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
          // The peer cannot find our PDUs (SMPP 3.4 §4.3.1): no request of ours will be answered.
          this.close('the peer lost the boundaries of our PDUs');
        } else if (pdu.sequence_number === this.#bindSequence)
          this.#takeBindAnswer(pdu.command_status, pdu, nowMs);
        else this.#takeResponse(pdu, nowMs);
        break;
      case 'unbind':
        this.#takeUnbind(pdu.sequence_number, nowMs);
        break;
      case 'unbind_resp':
        this.#takeUnbindResponse(pdu);
        break;
      case 'alert_notification':
        this.#handler.onUnexpected(pdu);
        break;
      case 'outbind':
        // An invitation of an SMSC (SMPP 3.4 §4.1.7). An ESME ignores it: it binds by itself.
        if (this.#role === 'smsc') this.#nack(commandStatus.ESME_RINVBNDSTS, pdu.sequence_number);
        break;
    }
  }

  /** Jasmin and others report an error if responses or unbind_resp do not arrive before the connection closes. */
  #takeUnbind(sequence: number, nowMs: number): void {
    this.#peerUnbind = { sequence, atMs: nowMs };
    if (this.#state === 'draining') return;
    this.#state = 'draining';
    if (this.#inbound === 0) this.#finishDraining();
  }

  #finishDraining(): void {
    this.#writer.write(specs.unbind_resp, 0, this.#peerUnbind.sequence);
    this.close(peerUnbound);
  }

  #takeUnbindResponse(pdu: Pdu): void {
    if (this.#state !== 'unbinding') {
      this.#handler.onUnexpected(pdu);
      return;
    }
    this.#isUnbound = true;
    if (this.#inbound === 0) this.close(this.#unbindReason);
  }

  #takeResponse(pdu: ResponsePdu, nowMs: number): void {
    const token = this.#window.take(pdu.sequence_number);
    if (token === undefined) this.#handler.onUnexpected(pdu);
    else if (this.#missesTlvs(pdu)) this.#handler.onLost(token);
    else this.#handler.onResponse(token, pdu, nowMs);
  }

  /** The peer refused a request that left without TLVs because it has none: from now on it gets them. */
  #missesTlvs({ command_status: status, sequence_number: sequence }: ResponsePdu): boolean {
    if (!statusesOfTlvs.has(status)) return false;
    if (this.#isOldPeer) {
      this.#version = interfaceVersion;
      this.#lastWithoutTlvs = this.#sequence;
    }
    return sequence <= this.#lastWithoutTlvs;
  }

  #takeRequest(pdu: RequestPdu, nowMs: number): void {
    // Quirk: Vonage and others take ESME_RINVBNDSTS as final: a receipt refused while unbinding would be lost.
    const isOpen = this.#state === 'bound' || (this.#state === 'unbinding' && this.#role === 'esme');
    const bindName = isOpen ? this.#bindName : null;
    const refusal = this.#refusalOf(bindName, pdu);
    this.#inbound++;
    if (refusal !== commandStatus.ESME_ROK) {
      this.respond(`${pdu.command}_resp`, pdu.sequence_number, refusal);
      return;
    }
    this.#timers.active(nowMs);
    this.#handler.onRequest(pdu, nowMs);
  }

  #refusalOf(bindName: BindName | null, pdu: RequestPdu): number {
    const refusal = refusalOf(this.#role, bindName, pdu.command);
    const maxInbound = this.#maxInbound;
    if (refusal !== commandStatus.ESME_ROK || maxInbound === 0) return refusal;
    return this.#inbound < maxInbound ? commandStatus.ESME_ROK : commandStatus.ESME_RTHROTTLED;
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
    this.#version = versionOf(pdu.interface_version);
    this.#handler.onBindRequest(pdu);
  }

  #takeBindAnswer(status: number, pdu: Pdu, nowMs: number): void {
    if (this.#role !== 'esme' || this.#state !== 'binding' || pdu.sequence_number !== this.#bindSequence) {
      this.#handler.onUnexpected(pdu);
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

  /** The SMSC's rules for SMPP 3.3: no TLVs, and a body in responses that refuse. */
  get #isOldPeer(): boolean {
    return this.#role === 'smsc' && this.#version < interfaceVersion;
  }

  #nextSequence(): number {
    this.#sequence = this.#sequence === lastSequence ? 1 : this.#sequence + 1;
    return this.#sequence;
  }
}

/**
 * Since SMPP 3.4 (§5.1.3): a peer that answers with one of them reads TLVs, whatever version it wrote, so the request is sent again
 * with them. Quirk: larvitsmpp binds with interface_version 0 and refuses a receipt without message_state.
 */
const statusesOfTlvs: ReadonlySet<number> = new Set([
  commandStatus.ESME_RINVOPTPARSTREAM,
  commandStatus.ESME_RMISSINGOPTPARAM,
]);

function versionOf(interfaceVersion: number): number {
  if (interfaceVersion < 0x34) return 0x33;
  return interfaceVersion < 0x50 ? 0x34 : 0x50;
}
