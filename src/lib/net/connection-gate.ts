// Bounds the connections that the listeners hold at the same time, in all and for each client address.
// Used by every listener of a process together (main/http-server.ts, main/mail-server.ts), so that descriptors are left for the
// database and the carriers.
import type { Duplex } from 'node:stream';

/** A socket, as far as it is counted here. */
export type Connection = Duplex & { readonly remoteAddress?: string | undefined };

export interface ConnectionGateOptions {
  readonly most: number;
  readonly mostPerAddress: number;
  /** Proxies of the operator, which bring many clients from one address. */
  readonly isExempt: (address: string) => boolean;
  /** Called for the first connection that is refused, and then once a minute at most, with how many were refused. */
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

  /** Counts a connection until it closes; one beyond the bounds is cut, and the answer is false. */
  admit(socket: Connection): boolean {
    // A tunnel, or TLS on it, is handed from listener to listener and is one connection.
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

/** The database, carriers, callbacks and files of a process need this many descriptors, or a quarter of few. */
const reserved = 512;

/** How many connections the listeners may hold of `wanted`, when the process may open `descriptors` files. */
export function connectionsWithin(wanted: number, descriptors: number): number {
  const kept = Math.min(reserved, Math.ceil(descriptors / 2));
  return Math.max(8, Math.min(wanted, descriptors - kept));
}

/** How many files this process may open (`ulimit -n`, which Node raises to the hard limit); null where that is unknown. */
export function descriptorLimit(): number | null {
  const limits = (process.report.getReport() as { userLimits?: Record<string, { soft?: unknown }> })
    .userLimits;
  const soft = limits?.['open_files']?.soft;
  return typeof soft === 'number' ? soft : null;
}
