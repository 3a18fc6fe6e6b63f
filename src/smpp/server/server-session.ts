// One SMSC session of a server: bind decision, requests, deliveries without a response, and the version of the peer.
// Used by bound-sessions.ts and by owners of a server (simulator, SMPP dialect).
// It writes octets when its link asks for them; it knows no account, no message and no socket option.

import type { Conversation, TcpLink } from '#lib/net/tcp-link.ts';
import type { Clock } from '#lib/time/clock.ts';
import type { MalformedPdu } from '#smpp/protocol/codec.ts';
import type { BindName, Fields, Pdu, PduOf, Tlvs } from '#smpp/protocol/commands.ts';
import { type RequestPdu, Session, type SessionLimits } from '#smpp/protocol/session.ts';
import type { DeliveryReceiver } from './delivery-queue.ts';

/** A deliver_sm for a customer. */
export interface Delivery {
  readonly tlvs: Tlvs | undefined;
  /** Called for each attempt; the result is written at once, so that an object can be reused. */
  fields(): Partial<Fields<'deliver_sm'>>;
}

/** Decisions of a server; `Item` is its delivery. */
export interface ServerHandler<Item extends Delivery> {
  /** session.answerBind() must follow, now or later. */
  onBindRequest(session: ServerSession<Item>, pdu: PduOf<BindName>, nowMs: number): void;
  onBound(session: ServerSession<Item>): void;
  /** session.respond() must follow, now or later. */
  onRequest(session: ServerSession<Item>, pdu: RequestPdu, nowMs: number): void;
  /** The customer answered a delivery with this command_status. */
  onDelivered(session: ServerSession<Item>, item: Item, status: number, nowMs: number): void;
  /** No response in time, or the session ended before it. */
  onUndelivered(session: ServerSession<Item>, item: Item): void;
  onMalformed(session: ServerSession<Item>, pdu: MalformedPdu): void;
  onUnexpected(session: ServerSession<Item>, pdu: Pdu): void;
  onClosed(session: ServerSession<Item>, reason: string): void;
}

/** Limits of a server for connections of customers (SMPP 3.4 §7.2; values in use: Jasmin 30 s, Infobip 30 s). */
export const defaultServerLimits: SessionLimits = {
  bindMs: 10_000,
  enquireLinkMs: 30_000,
  answerMs: 10_000,
  idleMs: 0,
  window: 10,
  responseMs: 30_000,
  maxInbound: 0,
  maxRefusedBinds: 3,
};

export interface ServerSessionOptions<Item extends Delivery> {
  /** system_id of the server, in responses to binds. */
  readonly serverId: string;
  readonly limits: SessionLimits;
  readonly clock: Clock;
  readonly handler: ServerHandler<Item>;
}

export class ServerSession<Item extends Delivery> implements Conversation, DeliveryReceiver<Item> {
  /** system_id of the bind request; empty before it. */
  systemId = '';
  readonly #options: ServerSessionOptions<Item>;
  readonly #session: Session<Item>;
  #link: TcpLink | null = null;
  #isBindPending = false;
  #heardAtMs = 0;

  constructor(options: ServerSessionOptions<Item>) {
    this.#options = options;
    const { handler, limits, clock } = options;
    this.#session = new Session<Item>(
      'smsc',
      limits,
      {
        onBindRequest: (pdu) => {
          this.systemId = pdu.system_id;
          this.#isBindPending = true;
          handler.onBindRequest(this, pdu, clock.now());
          // What arrives behind the request stays in the socket until its answer.
          if (this.#isBindPending) this.#link?.hold(true);
        },
        onBound: () => handler.onBound(this),
        onBindRefused: () => {}, // an event of an ESME
        onRequest: (pdu, nowMs) => handler.onRequest(this, pdu, nowMs),
        onResponse: (item, pdu, nowMs) => handler.onDelivered(this, item, pdu.command_status, nowMs),
        onTimeout: (item) => handler.onUndelivered(this, item),
        onLost: (item) => handler.onUndelivered(this, item),
        onMalformed: (pdu) => handler.onMalformed(this, pdu),
        onUnexpected: (pdu) => handler.onUnexpected(this, pdu),
        onClosed: (reason) => {
          handler.onClosed(this, reason);
          this.#link?.end();
        },
      },
      clock.now(),
    );
  }

  get isBound(): boolean {
    return this.#session.state === 'bound';
  }

  get isClosed(): boolean {
    return this.#session.state === 'closed';
  }

  /** Kind of the bind; valid after the bind request. */
  get bindName(): BindName {
    return this.#session.bindName;
  }

  /** False for a transmitter: it gets no deliver_sm. */
  get canReceive(): boolean {
    return this.#session.bindName !== 'bind_transmitter';
  }

  /** 0x33, 0x34 or 0x50. */
  get version(): number {
    return this.#session.version;
  }

  /** Deliveries without a response. */
  get outstanding(): number {
    return this.#session.outstanding;
  }

  /** Nothing arrived since then. */
  isSilentSince(atMs: number): boolean {
    return this.#heardAtMs < atMs;
  }

  /** Requests of the customer without a response. */
  get inbound(): number {
    return this.#session.inbound;
  }

  /** Number of deliveries that the session can take now; 0 if the customer reads too slowly. */
  get room(): number {
    return this.#link?.isCongested === true ? 0 : this.#session.free;
  }

  /** Limits of the account: our deliveries, and requests of the customer, without a response. */
  setWindows(deliveries: number, requests: number): void {
    this.#session.setWindows(deliveries, requests);
  }

  open(link: TcpLink): void {
    this.#link = link;
  }

  receive(bytes: Uint8Array): void {
    this.#heardAtMs = this.#options.clock.now();
    this.#session.receive(bytes, this.#heardAtMs);
  }

  takeOutput(): Uint8Array | null {
    return this.#session.takeOutput();
  }

  ended(reason: string): void {
    this.#session.close(reason);
  }

  answerBind(status: number): void {
    this.#isBindPending = false;
    this.#link?.hold(false);
    this.#session.answerBind(status, this.#options.serverId, this.#options.clock.now());
    this.#link?.wake();
  }

  /** Only while `room` > 0. */
  deliver(item: Item, nowMs: number): void {
    this.#session.request('deliver_sm', item.fields(), item.tlvs, item, nowMs);
    this.#link?.wake();
  }

  /** Answers submit_sm and data_sm. `tlvs` can explain a refusal, for example additional_status_info_text. */
  answerSubmit(pdu: PduOf<'submit_sm' | 'data_sm'>, status: number, messageId = '', tlvs?: Tlvs): void {
    const name = pdu.command === 'data_sm' ? 'data_sm_resp' : 'submit_sm_resp';
    this.#session.respond(name, pdu.sequence_number, status, { message_id: messageId }, tlvs);
    this.#link?.wake();
  }

  /** Answers any request. `tlvs` can explain a refusal. */
  answer(pdu: RequestPdu, status: number, fields?: Readonly<Record<string, unknown>>, tlvs?: Tlvs): void {
    this.#session.respond(`${pdu.command}_resp`, pdu.sequence_number, status, fields, tlvs);
    this.#link?.wake();
  }

  answerQuery(pdu: PduOf<'query_sm'>, status: number, fields: Partial<Fields<'query_sm_resp'>> = {}): void {
    this.#session.respond('query_sm_resp', pdu.sequence_number, status, fields);
    this.#link?.wake();
  }

  /** Ends the session after the output so far. */
  close(reason: string): void {
    this.#session.close(reason);
    this.#link?.wake();
  }

  /** Asks the customer whether it is there, before the usual silence. */
  enquire(nowMs: number): void {
    this.#session.enquire(nowMs);
    this.#link?.wake();
  }

  unbind(nowMs: number, reason?: string): void {
    this.#session.unbind(nowMs, reason);
    this.#link?.wake();
  }

  tick(nowMs: number): void {
    this.#session.tick(nowMs);
    this.#link?.wake();
  }

  /** There is output. */
  wake(): void {
    this.#link?.wake();
  }

  /** Closes the connection without unbind; unwritten octets are lost. */
  cut(): void {
    this.#link?.destroy();
  }
}
