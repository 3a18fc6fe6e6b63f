// A wire between a platform and its database that can be cut at the worst moment: after the server has committed and
// before its answer arrives. For tests only.
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Connection } from '../../src/store/embedded/embedded.ts';

/** Cuts the server's octets into messages: a letter, a length that counts itself, a body. */
class AnswerReader {
  #rest = Buffer.alloc(0);

  *read(bytes: Buffer): Generator<Buffer> {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    for (let end = this.#end(); end !== null; end = this.#end()) {
      yield this.#rest.subarray(0, end);
      this.#rest = this.#rest.subarray(end);
    }
  }

  #end(): number | null {
    if (this.#rest.length < 5) return null;
    const end = 1 + this.#rest.readUInt32BE(1);
    return this.#rest.length < end ? null : end;
  }
}

function isCommandTag(message: Buffer, tag: string): boolean {
  return message[0] === 0x43 && message.toString('latin1', 5, message.length - 1) === tag;
}

/** Ready for a query, outside any transaction. */
function isIdle(message: Buffer): boolean {
  return message[0] === 0x5a && message[5] === 0x49;
}

interface Loss {
  readonly statement: string;
  readonly tag: string;
  readonly done: () => void;
}

export class DatabaseWire implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #loss: Loss | null = null;
  #isCut = false;

  private constructor(connection: Connection) {
    this.#server = createServer((near) => {
      if (this.#isCut) {
        near.destroy();
        return;
      }
      const far = connect(join(connection.host, `.s.PGSQL.${connection.port}`));
      this.#join(near, far);
    });
  }

  static async open(connection: Connection): Promise<DatabaseWire> {
    const wire = new DatabaseWire(connection);
    await new Promise<void>((resolve) => wire.#server.listen(0, '127.0.0.1', resolve));
    return wire;
  }

  get address(): { host: string; port: number } {
    return { host: '127.0.0.1', port: (this.#server.address() as AddressInfo).port };
  }

  #join(near: Socket, far: Socket): void {
    const answers = new AnswerReader();
    near.setNoDelay(true);
    const close = () => {
      near.destroy();
      far.destroy();
      this.#sockets.delete(near);
      this.#sockets.delete(far);
    };
    for (const socket of [near, far]) {
      this.#sockets.add(socket);
      socket.on('error', close);
      socket.on('close', close);
    }
    let runsIt = false;
    near.on('data', (bytes: Buffer) => {
      if (this.#loss !== null && bytes.includes(this.#loss.statement)) runsIt = true;
      far.write(bytes);
    });
    far.on('data', (bytes: Buffer) => {
      for (const message of answers.read(bytes)) {
        const loss = this.#loss;
        if (loss !== null && runsIt && isCommandTag(message, loss.tag)) {
          this.#loss = null;
          close();
          loss.done();
          return;
        }
        if (isIdle(message)) runsIt = false;
        near.write(message);
      }
    });
  }

  /**
   * The connection that runs `statement` is cut when the server has answered with `tag`, a command tag of that
   * transaction, which does not arrive. Resolves when that has happened.
   */
  loseAnswer(statement: string, tag: string): Promise<void> {
    return new Promise((resolve) => {
      this.#loss = { statement, tag, done: resolve };
    });
  }

  /** Every connection breaks, and no new one is made until it is mended. */
  cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  mend(): void {
    this.#isCut = false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
