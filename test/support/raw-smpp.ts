// A peer that speaks SMPP octet by octet, by the platform's codec or by octets of a test. Used by tests of the SMPP listener.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { BindKeys } from '../../src/operations/operator/accounts/create-account.ts';
import { decodePdu, type MalformedPdu, PduWriter } from '../../src/smpp/protocol/codec.ts';
import {
  type CommandName,
  type CommandSpec,
  type Pdu,
  specs,
  type Tlvs,
} from '../../src/smpp/protocol/commands.ts';
import { Framer } from '../../src/smpp/protocol/framer.ts';
import { until } from './until.ts';

type Received = Pdu | MalformedPdu;

export class RawSmpp implements AsyncDisposable {
  readonly socket: Socket;
  readonly received: Received[] = [];
  /** Octets of each received PDU. */
  readonly lengths: number[] = [];
  /** False: enquire_link and unbind of the platform have no response. */
  answers = true;
  isClosed = false;
  readonly #framer = new Framer();
  #read = 0;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('error', () => {});
    socket.on('close', () => {
      this.isClosed = true;
    });
    socket.on('data', (bytes: Buffer) => this.#receive(bytes));
  }

  static async connect(url: string): Promise<RawSmpp> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    return new RawSmpp(socket);
  }

  static async bind(url: string, keys: BindKeys, interface_version = 0x34): Promise<RawSmpp> {
    const peer = await RawSmpp.connect(url);
    await peer.ask('bind_transceiver', 1, { ...credentials(keys), interface_version });
    return peer;
  }

  write(octets: Uint8Array): void {
    this.socket.write(octets);
  }

  send(name: CommandName, sequence: number, fields: object = {}, tlvs?: Tlvs): void {
    this.write(pduOf(name, sequence, fields, tlvs));
  }

  /** The next PDU after those that were taken before, except enquire_link. */
  async next(): Promise<Received> {
    await until('a PDU arrives', () => this.received.length > this.#read || this.isClosed);
    const pdu = this.received[this.#read];
    if (pdu === undefined) throw new Error('the connection was closed');
    this.#read++;
    return pdu;
  }

  async ask(name: CommandName, sequence: number, fields: object = {}, tlvs?: Tlvs): Promise<Received> {
    this.send(name, sequence, fields, tlvs);
    return this.next();
  }

  async whenClosed(): Promise<void> {
    await until('the platform closes the connection', () => this.isClosed);
  }

  #receive(bytes: Buffer): void {
    const framer = this.#framer;
    framer.push(Uint8Array.from(bytes));
    while (framer.next() === 'frame') {
      const pdu = decodePdu(framer.bytes, framer.start, framer.end, true);
      if (pdu.command === 'enquire_link' || pdu.command === 'unbind') {
        if (this.answers) this.send(`${pdu.command}_resp`, pdu.sequence_number);
        if (pdu.command === 'enquire_link') continue;
      }
      this.received.push(pdu);
      this.lengths.push(framer.end - framer.start);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.destroy();
    await until('the socket is closed', () => this.isClosed);
  }
}

export function credentials({ systemId, password }: BindKeys) {
  return { system_id: systemId, password };
}

export function pduOf(name: CommandName, sequence: number, fields: object = {}, tlvs?: Tlvs): Uint8Array {
  const writer = new PduWriter();
  writer.write(specs[name] as CommandSpec<'submit_sm'>, 0, sequence, fields, tlvs);
  return writer.take()!;
}

/** `submit_sm_resp 0 #7`: the command, its status and its sequence number. */
export function briefOf(pdu: Received): string {
  const command = pdu.command === 'malformed' ? `malformed ${pdu.command_id.toString(16)}` : pdu.command;
  return `${command} ${pdu.command_status.toString(16)} #${pdu.sequence_number}`;
}
