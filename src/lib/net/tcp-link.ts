// A TCP connection for protocols whose state machine takes octets and gives octets. Serves the SMPP connectors and
// the servers of tcp-server.ts. All that is given in one turn of the loop leaves in one write; it knows no protocol.

import type { Socket } from 'node:net';

/** What a link carries: octets in by receive(), octets out when it asks for them. */
export interface Conversation {
  receive(bytes: Uint8Array): void;
  /** Everything to write since the last time, or null. */
  takeOutput(): Uint8Array | null;
  /** The connection is gone, for whatever reason; called once. */
  ended(reason: string): void;
}

/** Octets waiting in the socket beyond which the peer is slow: stop giving, stop reading. */
const congestedAt = 1 << 20;

export class TcpLink {
  readonly #socket: Socket;
  readonly #conversation: Conversation;
  readonly #flush: () => void;
  #isFlushDue = false;
  #isHeld = false;
  #endReason = 'closed by the peer';

  constructor(socket: Socket, conversation: Conversation) {
    this.#socket = socket;
    this.#conversation = conversation;
    this.#flush = () => this.flush();
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => {
      if (this.#guard(() => conversation.receive(chunk))) this.wake();
    });
    socket.on('drain', () => this.#resume());
    socket.on('error', (error) => {
      this.#endReason = error.message;
    });
    socket.on('close', () => {
      // Nothing is left to close; the error must not end the process, and must not be lost either.
      if (!this.#guard(() => conversation.ended(this.#endReason))) process.emitWarning(this.#endReason);
    });
  }

  get isCongested(): boolean {
    return this.#socket.writableLength > congestedAt;
  }

  /** There is output: it leaves at the end of this turn, together with whatever comes until then. */
  wake(): void {
    if (this.#isFlushDue) return;
    this.#isFlushDue = true;
    setImmediate(this.#flush);
  }

  flush(): void {
    this.#isFlushDue = false;
    let bytes: Uint8Array | null = null;
    this.#guard(() => {
      bytes = this.#conversation.takeOutput();
    });
    if (bytes === null || !this.#socket.writable) return;
    this.#socket.write(bytes);
    // A peer that does not read its answers is not read either, or they would fill our memory.
    if (this.isCongested) this.#socket.pause();
  }

  /** Stops reading, so that the peer has to wait; resume with false. */
  hold(isHeld: boolean): void {
    if (this.#isHeld === isHeld) return;
    this.#isHeld = isHeld;
    if (isHeld) this.#socket.pause();
    else this.#resume();
  }

  /** Writes what is left and closes; a peer that does not close its side within a second is cut off. */
  end(): void {
    this.flush();
    const socket = this.#socket;
    if (socket.destroyed) return;
    socket.resume();
    socket.end();
    const cutOff = setTimeout(() => socket.destroy(), 1_000);
    cutOff.unref();
    socket.once('close', () => clearTimeout(cutOff));
  }

  /** Cuts the connection now; what is unwritten is lost. */
  destroy(): void {
    this.#socket.destroy();
  }

  /** An error of the conversation ends this connection, never the process. False after an error. */
  #guard(action: () => void): boolean {
    try {
      action();
      return true;
    } catch (error) {
      this.#endReason = `internal error: ${error instanceof Error ? error.message : String(error)}`;
      this.#socket.destroy();
      return false;
    }
  }

  #resume(): void {
    if (!this.#isHeld && !this.isCongested) this.#socket.resume();
  }
}
