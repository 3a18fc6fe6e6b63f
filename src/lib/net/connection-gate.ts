// Limits the open connections of all listeners, in total and for each client address. Used by all listeners of a process
// (main/http-server.ts, main/mail-server.ts), so that the database and the carriers keep file descriptors.
import type { Duplex } from 'node:stream';

/** The part of a socket that is used here. */
export type Connection = Duplex & { readonly remoteAddress?: string | undefined };

export interface ConnectionGateOptions {
  readonly most: number;
  readonly mostPerAddress: number;
  /** Proxies of the operator: many clients share their address. */
  readonly isExempt: (address: string) => boolean;
  /** Called for the first refused connection, and then at most once a minute, with the number of refusals. */
  readonly onRefused: (refused: number) => void;
  readonly now: () => number;
}

const tellEveryMs = 60_000;

export class ConnectionGate {
  readonly #options: ConnectionGateOptions;
  readonly #counted = new WeakSet<Connection>();
  readonly #perAddress = new Map<string, number>();
  #count = 0;
  #refused = 0;
  #toldAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: ConnectionGateOptions) {
    this.#options = options;
  }

  get count(): number {
    return this.#count;
  }

  /** Counts a connection until it closes. Closes one beyond the limits and returns false. */
  admit(socket: Connection): boolean {
    // A tunnel, or TLS in it, passes through several listeners and is one connection.
    if (this.#counted.has(socket)) return true;
    const { most, mostPerAddress, isExempt } = this.#options;
    const address = socket.remoteAddress ?? '';
    const here = this.#perAddress.get(address) ?? 0;
    if (this.#count >= most || (here >= mostPerAddress && !isExempt(address))) {
      socket.on('error', () => {});
      socket.destroy();
      this.#tell();
      return false;
    }
    this.#counted.add(socket);
    this.#count++;
    this.#perAddress.set(address, here + 1);
    socket.once('close', () => this.#leave(address));
    return true;
  }

  #leave(address: string): void {
    this.#count--;
    const left = this.#perAddress.get(address)! - 1;
    if (left === 0) this.#perAddress.delete(address);
    else this.#perAddress.set(address, left);
  }

  #tell(): void {
    this.#refused++;
    const nowMs = this.#options.now();
    if (nowMs - this.#toldAtMs < tellEveryMs) return;
    this.#toldAtMs = nowMs;
    this.#options.onRefused(this.#refused);
    this.#refused = 0;
  }
}

/** Descriptors that the database, carriers, callbacks and files of a process need; at most half of all. */
const reserved = 512;

/** Number of connections that the listeners may have, of `wanted`, if the process can open `descriptors` files. */
export function connectionsWithin(wanted: number, descriptors: number): number {
  const kept = Math.min(reserved, Math.ceil(descriptors / 2));
  return Math.max(8, Math.min(wanted, descriptors - kept));
}

/** Number of files that this process can open (`ulimit -n`, which Node raises to the hard limit); null if unknown. */
export function descriptorLimit(): number | null {
  const limits = (process.report.getReport() as { userLimits?: Record<string, { soft?: unknown }> })
    .userLimits;
  const soft = limits?.['open_files']?.soft;
  return typeof soft === 'number' ? soft : null;
}
