// Software of a customer that binds over SMPP: the npm package smpp, an independent implementation of the specification. Used by
// journeys. It records every deliver_sm and answers it as the test wants.
import { once } from 'node:events';
import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import type { BindKeys } from '../../src/operations/operator/accounts/create-account.ts';
import { until } from './until.ts';

export interface ForeignPdu {
  readonly command: string;
  readonly command_status: number;
  readonly sequence_number: number;
  readonly message_id?: string;
  readonly source_addr?: string;
  readonly destination_addr?: string;
  readonly esm_class?: number;
  readonly short_message?: { readonly message: string | Buffer; readonly udh?: readonly Buffer[] };
  readonly receipted_message_id?: string;
  readonly message_state?: number;
  readonly [field: string]: unknown;
  response(fields?: Record<string, unknown>): ForeignPdu;
}

interface ForeignSession {
  readonly socket: Socket;
  send(pdu: ForeignPdu): void;
  on(event: string, listener: (pdu: ForeignPdu) => void): void;
  destroy(): void;
  readonly [command: string]: unknown;
}

const foreign = createRequire(import.meta.url)('smpp') as {
  connect(options: { url: string; rejectUnauthorized?: boolean }): ForeignSession;
};

export type BindCommand = 'bind_transceiver' | 'bind_transmitter' | 'bind_receiver';

export class SmppClient implements AsyncDisposable {
  readonly session: ForeignSession;
  readonly delivered: ForeignPdu[] = [];
  /** The command_status of each deliver_sm_resp; null: no response. */
  answer: (pdu: ForeignPdu) => number | null = () => 0;
  isClosed = false;

  private constructor(session: ForeignSession) {
    this.session = session;
    session.on('error', () => {});
    session.on('close', () => {
      this.isClosed = true;
    });
    session.on('enquire_link', (pdu) => session.send(pdu.response()));
    session.on('unbind', (pdu) => {
      session.send(pdu.response());
      session.socket.end();
    });
    session.on('deliver_sm', (pdu) => {
      this.delivered.push(pdu);
      const command_status = this.answer(pdu);
      if (command_status !== null) session.send(pdu.response({ command_status }));
    });
  }

  static async connect(url: string): Promise<SmppClient> {
    const session = foreign.connect({ url, rejectUnauthorized: false });
    const client = new SmppClient(session);
    await once(session.socket, url.startsWith('ssmpp') ? 'secureConnect' : 'connect');
    return client;
  }

  /** A bound client; throws if the bind is refused. */
  static async bind(
    url: string,
    { systemId, password }: BindKeys,
    command: BindCommand = 'bind_transceiver',
    fields: Record<string, unknown> = {},
  ): Promise<SmppClient> {
    const client = await SmppClient.connect(url);
    const answer = await client.ask(command, { system_id: systemId, password, ...fields });
    if (answer.command_status !== 0) throw new Error(`bind refused with ${answer.command_status}`);
    return client;
  }

  ask(command: string, fields: Record<string, unknown> = {}): Promise<ForeignPdu> {
    const call = this.session[command] as (
      fields: Record<string, unknown>,
      answered: (pdu: ForeignPdu) => void,
    ) => void;
    return new Promise((resolve) => call.call(this.session, fields, resolve));
  }

  submit(number: string, text: string, fields: Record<string, unknown> = {}): Promise<ForeignPdu> {
    return this.ask('submit_sm', {
      source_addr: 'Chappe',
      destination_addr: number,
      short_message: text,
      registered_delivery: 1,
      ...fields,
    });
  }

  /** The texts of all deliveries so far. */
  get texts(): string[] {
    return this.delivered.map((pdu) => textOf(pdu));
  }

  async deliveries(count: number): Promise<readonly ForeignPdu[]> {
    await until(`${count} deliver_sm`, () => this.delivered.length >= count, {
      tell: () => this.texts,
    });
    return this.delivered;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.session.destroy();
    if (!this.isClosed) await once(this.session.socket, 'close').catch(() => {});
  }
}

export function textOf({ short_message }: ForeignPdu): string {
  return String(short_message?.message ?? '');
}

const receipt =
  /^id:(\S+) sub:001 dlvrd:(\d{3}) submit date:(\d{10}) done date:(\d{10}) stat:([A-Z]{7}) err:(\d{3}) text:/;

/** Fields of a receipt in the strict form of SMPP 3.4 Appendix B; throws for any other form. */
export function receiptOf(pdu: ForeignPdu): { id: string; stat: string; err: string; dlvrd: string } {
  const match = receipt.exec(textOf(pdu));
  if (match === null) throw new Error(`no receipt: ${textOf(pdu)}`);
  const [, id, dlvrd, , , stat, err] = match;
  return { id: id!, stat: stat!, err: err!, dlvrd: dlvrd! };
}
