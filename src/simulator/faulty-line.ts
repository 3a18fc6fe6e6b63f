// One connection to the simulated carrier: a server session and the faults of a line. Used by carrier.ts, which decides
// when a fault happens. It changes octets only; the session does not notice.

import type { Conversation, TcpLink } from '#lib/net/tcp-link.ts';
import type { ServerSession } from '#smpp/server/server-session.ts';
import type { CarrierDelivery } from './deliveries.ts';

/** Head of a vendor's TLV without octets, as deliveries.ts writes it. */
const emptyTlv = Buffer.from('14540000', 'hex');

/** Gives each such TLV a length beyond its PDU. */
function lengthenBrokenTlvs(bytes: Uint8Array): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = buffer.indexOf(emptyTlv); at >= 0; at = buffer.indexOf(emptyTlv, at + 4))
    buffer[at + 3] = 0x40;
}

export class FaultyLine implements Conversation {
  readonly session: ServerSession<CarrierDelivery>;
  #inserted: Uint8Array[] = [];

  constructor(session: ServerSession<CarrierDelivery>) {
    this.session = session;
  }

  open(link: TcpLink): void {
    this.session.open(link);
  }

  receive(bytes: Uint8Array): void {
    this.session.receive(bytes);
  }

  takeOutput(): Uint8Array | null {
    const bytes = this.session.takeOutput();
    if (bytes !== null) lengthenBrokenTlvs(bytes);
    if (this.#inserted.length === 0) return bytes;
    return Buffer.concat([...this.#inserted.splice(0), bytes ?? new Uint8Array(0)]);
  }

  ended(reason: string): void {
    this.session.ended(reason);
  }

  /** Writes octets that no session writes, before the session's own output. */
  insert(octets: Uint8Array): void {
    this.#inserted.push(octets);
    this.session.wake();
  }
}
