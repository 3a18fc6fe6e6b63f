// One connection to the simulated carrier: an SMSC session on a link, and the faults that happen on a line.
// Serves the carrier, which decides what becomes of messages; this file only speaks.

import type { Log } from '#domain/base/log-events.ts';
import type { Conversation, TcpLink } from '#lib/net/tcp-link.ts';
import type { Clock } from '#lib/time/clock.ts';
import type { BindName, PduOf } from '#smpp/protocol/commands.ts';
import { type RequestPdu, type ResponsePdu, Session, type SessionLimits } from '#smpp/protocol/session.ts';
import type { Delivery, Listener } from './mailbox.ts';

/** What a connection asks the carrier. */
export interface Owner {
  /** The command_status for a bind. */
  onBindRequest(connection: Connection, pdu: PduOf<BindName>): number;
  onBound(connection: Connection): void;
  onRequest(connection: Connection, pdu: RequestPdu, nowMs: number): void;
  /** The customer has it, or says not now. */
  onAcknowledged(connection: Connection, delivery: Delivery, status: number, nowMs: number): void;
  /** No answer, in time or at all. */
  onUnacknowledged(connection: Connection, delivery: Delivery): void;
  onClosed(connection: Connection, reason: string): void;
}

/** A vendor's tag, and how long its value claims to be. */
const brokenTag = 0x1454;
const brokenTlv: [number, Uint8Array] = [brokenTag, new Uint8Array(0)];
const brokenHead = Buffer.from('14540000', 'hex');

function lengthenBrokenTlvs(bytes: Uint8Array): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = buffer.indexOf(brokenHead); at >= 0; at = buffer.indexOf(brokenHead, at + 4))
    buffer[at + 3] = 0x40;
}

export class Connection implements Conversation, Listener {
  /** Empty until somebody has bound. */
  systemId = '';
  readonly session: Session<Delivery>;
  readonly #clock: Clock;
  #link: TcpLink | null = null;
  #stray: Uint8Array[] = [];

  constructor(owner: Owner, limits: SessionLimits, serverId: string, clock: Clock, log: Log) {
    this.#clock = clock;
    this.session = new Session<Delivery>(
      'smsc',
      limits,
      {
        onBindRequest: (pdu) => {
          const status = owner.onBindRequest(this, pdu);
          this.session.answerBind(status, serverId, clock.now());
        },
        onBound: () => owner.onBound(this),
        onBindRefused: () => {},
        onRequest: (pdu, nowMs) => owner.onRequest(this, pdu, nowMs),
        onResponse: (delivery, pdu: ResponsePdu, nowMs) =>
          owner.onAcknowledged(this, delivery, pdu.command_status, nowMs),
        onTimeout: (delivery) => owner.onUnacknowledged(this, delivery),
        onLost: (delivery) => owner.onUnacknowledged(this, delivery),
        onMalformed: (pdu) => log.warn('simulator.pdu_malformed', { reason: pdu.reason }),
        onStray: (pdu) => log.debug('simulator.pdu_unexpected', { command: pdu.command }),
        onClosed: (reason) => {
          owner.onClosed(this, reason);
          this.#link?.end();
        },
      },
      clock.now(),
    );
  }

  open(link: TcpLink): void {
    this.#link = link;
  }

  receive(bytes: Uint8Array): void {
    this.session.receive(bytes, this.#clock.now());
  }

  takeOutput(): Uint8Array | null {
    const bytes = this.session.takeOutput();
    if (bytes !== null) lengthenBrokenTlvs(bytes);
    if (this.#stray.length === 0) return bytes;
    return Buffer.concat([...this.#stray.splice(0), bytes ?? new Uint8Array(0)]);
  }

  ended(reason: string): void {
    this.session.close(reason);
  }

  get room(): number {
    return this.#link === null || this.#link.isCongested ? 0 : this.session.free;
  }

  deliver(delivery: Delivery, nowMs: number): void {
    // A TLV of no octets leaves as its head alone: one that announces more is made of it on the way out.
    const tlvs = delivery.isBroken ? new Map([...(delivery.tlvs ?? []), brokenTlv]) : delivery.tlvs;
    this.session.request('deliver_sm', delivery.fields(), tlvs, delivery, nowMs);
    this.#link?.wake();
  }

  answer(pdu: RequestPdu, status: number, messageId = ''): void {
    const { command, sequence_number: sequence } = pdu;
    if (command === 'data_sm')
      this.session.respond('data_sm_resp', sequence, status, { message_id: messageId });
    else this.session.respond('submit_sm_resp', sequence, status, { message_id: messageId });
    this.#link?.wake();
  }

  wake(): void {
    this.#link?.wake();
  }

  /** Octets that no session would write; they leave before what it writes. */
  disturb(octets: Uint8Array): void {
    this.#stray.push(octets);
    this.#link?.wake();
  }

  /** The line breaks. */
  cut(): void {
    this.#link?.destroy();
  }
}
