// A TCP connection for protocols whose state machine reads and writes octets. Used by the SMPP connectors and by
// tcp-server.ts. All output of one turn of the event loop is one write. Knows no protocol.

import type { Socket } from 'node:net';

/** The state machine of a protocol: receive() for input, takeOutput() for output. */
export interface Conversation {
  receive(bytes: Uint8Array): void;
  /** The output since the last call, or null. */
  takeOutput(): Uint8Array | null;
  /** The connection is closed, for any reason. Called once. */
  ended(reason: string): void;
}

/** Octets waiting in the socket above which the peer is slow: no more output is taken and no input is read. */
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
      // There is nothing left to close. The error must not end the process, but must be visible.
      if (!this.#guard(() => conversation.ended(this.#endReason))) process.emitWarning(this.#endReason);
    });
  }

  get isCongested(): boolean {
    return this.#socket.writableLength > congestedAt;
  }

  /** There is output: it is written at the end of this turn, together with later output of the turn. */
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
    // The input of a peer that does not read its answers is not read, since the answers would fill the memory.
    if (this.isCongested) this.#socket.pause();
  }

  /** True stops reading, so that the peer has to wait; false resumes. */
  hold(isHeld: boolean): void {
    if (this.#isHeld === isHeld) return;
    this.#isHeld = isHeld;
    if (isHeld) this.#socket.pause();
    else this.#resume();
  }

  /** Writes the remaining output and closes. A peer that does not close its side within a second is cut off. */
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

  /** Closes the connection immediately and discards unwritten output. */
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
