// The operator's mail relay: stores the mails that it accepts. For tests only.
import type { AddressInfo } from 'node:net';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer } from 'smtp-server';

/** A mail server that stores accepted mails, or refuses all. */
export class Relay implements AsyncDisposable {
  readonly mails: (Email & { envelopeFrom: string; envelopeTo: string[] })[] = [];
  refusals = 0;
  isDown = false;
  readonly #server: SMTPServer;

  constructor() {
    this.#server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onData: (stream, session, done) => {
        const parts: Buffer[] = [];
        stream.on('data', (part: Buffer) => parts.push(part));
        stream.on('end', () => {
          if (this.isDown) {
            this.refusals++;
            done(Object.assign(new Error('come again'), { responseCode: 451 }));
            return;
          }
          PostalMime.parse(Buffer.concat(parts)).then((mail) => {
            const { mailFrom, rcptTo } = session.envelope;
            const envelopeFrom = mailFrom === false ? '' : mailFrom.address;
            this.mails.push({ ...mail, envelopeFrom, envelopeTo: rcptTo.map(({ address }) => address) });
            done();
          }, done);
        });
      },
    });
  }

  static async open(): Promise<Relay> {
    const relay = new Relay();
    await new Promise<void>((resolve) => relay.#server.listen(0, '127.0.0.1', resolve));
    return relay;
  }

  get url(): string {
    const { port } = this.#server.server.address() as AddressInfo;
    return `smtp://127.0.0.1:${port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve) => this.#server.close(resolve));
  }
}
