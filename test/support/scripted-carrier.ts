// A carrier that a test scripts: it accepts every message, delivers on request, one request at a
// time, and reports the answer. For tests only.
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { systemClock } from '../../src/lib/time/clock.ts';
import type { Fields, Tlvs } from '../../src/smpp/protocol/commands.ts';
import { Session } from '../../src/smpp/protocol/session.ts';

const limits = {
  bindMs: 10_000,
  enquireLinkMs: 30_000,
  answerMs: 10_000,
  idleMs: 0,
  responseMs: 10_000,
  // Of carriers that wait for the answer to one deliver_sm before they send the next.
  window: 1,
};

type Answer = { readonly status: number } | 'no answer';

export class ScriptedCarrier implements AsyncDisposable {
  port = 0;
  #server: Server | null = null;
  #session: Session<(answer: Answer) => void> | null = null;
  #socket: Socket | null = null;
  #bound: (() => void)[] = [];
  /** Messages it has taken. */
  taken = 0;

  async up(): Promise<void> {
    const server = createServer((socket) => this.#accept(socket));
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.port = (server.address() as AddressInfo).port;
  }

  /** Ends at once, like a process that is killed. */
  async down(): Promise<void> {
    this.#socket?.destroy();
    this.#session = null;
    await new Promise((resolve) => this.#server!.close(resolve));
  }

  async whenBound(): Promise<void> {
    if (this.#session?.state === 'bound') return;
    await new Promise<void>((resolve) => this.#bound.push(resolve));
  }

  /** One deliver_sm; resolves with its answer. */
  async deliver(fields: Partial<Fields<'deliver_sm'>>, tlvs?: Tlvs): Promise<Answer> {
    await this.whenBound();
    const session = this.#session!;
    return new Promise((resolve) => {
      session.request('deliver_sm', fields, tlvs, resolve, systemClock.now());
      this.#flush();
    });
  }

  /** All at once, without regard to the window; resolves when all are answered with ESME_ROK. */
  async deliverAll(all: readonly Partial<Fields<'deliver_sm'>>[]): Promise<void> {
    await this.whenBound();
    const answers = all.map(
      (fields) =>
        new Promise<Answer>((resolve) => {
          this.#session!.request('deliver_sm', fields, undefined, resolve, systemClock.now());
        }),
    );
    this.#flush();
    const failed = (await Promise.all(answers)).filter(
      (answer) => answer === 'no answer' || answer.status !== 0,
    );
    if (failed.length > 0) throw new Error(`${failed.length} deliveries were not taken`);
  }

  #accept(socket: Socket): void {
    this.#socket = socket;
    const session: Session<(answer: Answer) => void> = new Session(
      'smsc',
      limits,
      {
        onBindRequest: () => session.answerBind(0, 'scripted', systemClock.now()),
        onBound: () => {
          this.#session = session;
          for (const resolve of this.#bound.splice(0)) resolve();
        },
        onBindRefused: () => {},
        onRequest: (pdu) => {
          session.respond('submit_sm_resp', pdu.sequence_number, 0, { message_id: `M${++this.taken}` });
        },
        onResponse: (done, pdu) => done({ status: pdu.command_status }),
        onTimeout: (done) => done('no answer'),
        onLost: (done) => done('no answer'),
        onMalformed: () => {},
        onUnexpected: () => {},
        onClosed: () => socket.end(),
      },
      systemClock.now(),
    );
    const flush = () => {
      const octets = session.takeOutput();
      if (octets !== null) socket.write(octets);
    };
    this.#flush = flush;
    socket.on('data', (octets) => {
      session.receive(octets, systemClock.now());
      flush();
    });
    socket.on('error', () => {});
    socket.on('close', () => session.close('the connection is gone'));
  }

  #flush: () => void = () => {};

  async [Symbol.asyncDispose](): Promise<void> {
    await this.down();
  }
}
