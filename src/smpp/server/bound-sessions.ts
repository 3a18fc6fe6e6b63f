// All sessions of a server: those without a bind, and the bound ones with the delivery queue of their key (an account, or
// a system_id). Used by the simulated carrier and the SMPP dialect. Its owner calls tick() at least once a second;
// whenEmpty() sets the only timer. It knows no password and no limit of an account except the number of binds.

import { commandStatus } from '#smpp/protocol/status.ts';
import { DeliveryQueue } from './delivery-queue.ts';
import type { Delivery, ServerSession } from './server-session.ts';

export class BoundSessions<Key, Item extends Delivery> {
  /** Largest number of binds for one key; 0: no limit. */
  readonly #maxBinds: number;
  readonly #sessions = new Set<ServerSession<Item>>();
  readonly #bound = new Map<Key, Set<ServerSession<Item>>>();
  readonly #keys = new Map<ServerSession<Item>, Key>();
  readonly #queues = new Map<Key, DeliveryQueue<Item>>();
  #onEmpty: (() => void) | null = null;

  constructor(maxBinds = 0) {
    this.#maxBinds = maxBinds;
  }

  get sessions(): ReadonlySet<ServerSession<Item>> {
    return this.#sessions;
  }

  /** Deliveries of all keys that are not on their way. */
  get waiting(): number {
    let waiting = 0;
    for (const queue of this.#queues.values()) waiting += queue.waiting;
    return waiting;
  }

  /** Nothing waits for a bind, for room or for a response. */
  get isIdle(): boolean {
    if (this.waiting > 0) return false;
    for (const session of this.#sessions) if (!session.isBound || session.outstanding > 0) return false;
    return true;
  }

  /** A connection opened. */
  add(session: ServerSession<Item>): void {
    this.#sessions.add(session);
  }

  /** The command_status for a further bind of this key. */
  statusOfBind(key: Key): number {
    const count = this.#bound.get(key)?.size ?? 0;
    const isFull = this.#maxBinds > 0 && count >= this.#maxBinds;
    return isFull ? commandStatus.ESME_RALYBND : commandStatus.ESME_ROK;
  }

  /** Sessions that are bound with this key. */
  sessionsOf(key: Key): ReadonlySet<ServerSession<Item>> {
    return this.#bound.get(key) ?? new Set();
  }

  /** The session is bound: its key's deliveries can leave over it, unless it is a transmitter. */
  bind(key: Key, session: ServerSession<Item>, nowMs: number): void {
    const sessions = this.#bound.get(key) ?? new Set();
    sessions.add(session);
    this.#bound.set(key, sessions);
    this.#keys.set(session, key);
    const queue = this.queueOf(key);
    if (!session.canReceive) return;
    queue.attach(session);
    queue.pump(nowMs);
  }

  keyOf(session: ServerSession<Item>): Key | undefined {
    return this.#keys.get(session);
  }

  isBound(key: Key): boolean {
    return this.#bound.has(key);
  }

  /** The queue outlives the binds of its key. */
  queueOf(key: Key): DeliveryQueue<Item> {
    let queue = this.#queues.get(key);
    if (queue === undefined) {
      queue = new DeliveryQueue<Item>();
      this.#queues.set(key, queue);
    }
    return queue;
  }

  queues(): IterableIterator<[Key, DeliveryQueue<Item>]> {
    return this.#queues.entries();
  }

  /** A connection closed. Its deliveries without a response must have been repeated before. */
  remove(session: ServerSession<Item>, nowMs: number): void {
    this.#sessions.delete(session);
    const key = this.#keys.get(session);
    if (key !== undefined) {
      this.#keys.delete(session);
      const sessions = this.#bound.get(key)!;
      sessions.delete(session);
      if (sessions.size === 0) this.#bound.delete(key);
      const queue = this.queueOf(key);
      queue.detach(session);
      queue.pump(nowMs);
    }
    if (this.#sessions.size === 0) this.#onEmpty?.();
  }

  tick(nowMs: number): void {
    for (const session of this.#sessions) session.tick(nowMs);
    for (const queue of this.#queues.values()) if (queue.waiting > 0) queue.pump(nowMs);
  }

  /** Unbinds every session; sessions without a bind are closed. */
  unbindAll(nowMs: number): void {
    for (const session of this.#sessions) session.unbind(nowMs);
  }

  /** Resolves when every connection has closed, or after `withinMs`. */
  whenEmpty(withinMs: number): Promise<void> {
    if (this.#sessions.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, withinMs);
      this.#onEmpty = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
