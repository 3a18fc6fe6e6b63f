// Asks an HTTP carrier for receipts and replies, for carriers that do not push them. Used by the connector of the process that has
// the lease of polling. The place in the carrier's list moves only after everything before it is stored: a kill or a failure
// repeats items, and loses none. An item that the list had before is not new, however late it is repeated.
// Never affects the hand-over of messages.
import { createHash } from 'node:crypto';
import type { Log } from '#domain/base/log-events.ts';
import type { ConnectorEvents } from '#domain/delivery/connector.ts';
import type { ConnectorMeter } from '#domain/delivery/connector-health.ts';
import { createHttpExchanger, type HttpExchanger } from '#lib/net/http-exchange.ts';
import { itemReader, polledItemsOf, type ReadItem } from './callbacks.ts';
import type { HttpLink } from './link.ts';
import type { AccessTokens } from './oauth.ts';
import { findAll, parseFinders, type ReadBody, readJsonBody } from './pointers.ts';
import { type CompiledPoll, compilePoll, type Polled, type PollState, writePoll } from './poll-request.ts';
import { TemplateError } from './template.ts';

export interface PollerNeeds {
  readonly link: HttpLink;
  readonly events: ConnectorEvents;
  /** Null without `auth: oauth`. */
  readonly tokens: AccessTokens | null;
  readonly meter: ConnectorMeter;
  readonly clock: { now(): number };
  readonly log: Log;
}

/** 10,000 receipts of 200 bytes. */
const maxBodyBytes = 2 * 1024 * 1024;
/** Items that the recorders have at the same time. */
const maxUnsaved = 5_000;
/** Of the digests of an answer that are stored: 24 kB. They are those at its ends, where a list has its newest items. */
const maxStoredDigests = 2_000;
/** Requests without a pause while the carrier has more. */
const maxPages = 100;
const maxDelayMs = 600_000;
const maxCursorLength = 1_000;
/** Clocks differ, and a carrier can list an item late. */
const overlapMs = 60_000;

interface List {
  readonly polled: Polled;
  readonly compiled: CompiledPoll;
  state: PollState;
  failures: number;
  timer: NodeJS.Timeout | undefined;
}

type Page = { readonly hasMore: boolean } | { readonly problem: string };

export class Poller {
  readonly #needs: PollerNeeds;
  readonly #lists: readonly List[];
  #exchanger: HttpExchanger | null = null;
  /** The request in progress of each list. */
  readonly #working = new Set<Promise<void>>();

  private constructor(needs: PollerNeeds, lists: readonly List[]) {
    this.#needs = needs;
    this.#lists = lists;
  }

  /** Null: the link asks for nothing. */
  static open(needs: PollerNeeds): Poller | null {
    const { link, clock, log } = needs;
    try {
      const lists = (['receipts', 'replies'] as const).flatMap((polled) => {
        const compiled = compilePoll(link.options, polled);
        const state = { cursor: '', sinceMs: clock.now() - overlapMs, seen: [] };
        return compiled === null ? [] : [{ polled, compiled, state, failures: 0, timer: undefined }];
      });
      return lists.length === 0 ? null : new Poller(needs, lists);
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      log.error('http_carrier.misconfigured', { reason: `a template must be ${error.message}` });
      return null;
    }
  }

  /** `learnt`: the place where another process, or an earlier start, stopped. */
  start(learnt: object): void {
    if (this.#exchanger !== null) return;
    this.#exchanger = createHttpExchanger({
      timeoutMs: this.#needs.link.options.timeoutMs,
      connections: this.#lists.length,
      maxBodyBytes,
    });
    for (const list of this.#lists) {
      list.state = readState(learnt, list.polled) ?? list.state;
      this.#plan(list, this.#exchanger, 0);
    }
  }

  /** Waits at most `graceMs` for items that are being stored. */
  async stop(graceMs: number): Promise<void> {
    const exchanger = this.#exchanger;
    this.#exchanger = null;
    for (const { timer } of this.#lists) clearTimeout(timer);
    await exchanger?.close();
    let timer: NodeJS.Timeout | undefined;
    const grace = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, graceMs);
    });
    await Promise.race([Promise.all(this.#working), grace]);
    clearTimeout(timer);
  }

  /** `exchanger` is that of the lease: a request that outlives its lease changes nothing. */
  #plan(list: List, exchanger: HttpExchanger, delayMs: number): void {
    if (this.#exchanger !== exchanger) return;
    list.timer = setTimeout(() => {
      const work = this.#poll(list, exchanger).finally(() => this.#working.delete(work));
      this.#working.add(work);
    }, delayMs).unref();
  }

  /** Never rejects. */
  async #poll(list: List, exchanger: HttpExchanger): Promise<void> {
    const everyMs = this.#needs.link.options.pollSeconds * 1000;
    for (let page = 0; page < maxPages; page++) {
      const result = await this.#readPage(list, exchanger).catch(
        (error: Error & { code?: string }): Page => ({
          problem: `the request or its answer has a fault: ${error.code ?? error.name}`,
        }),
      );
      if (this.#exchanger !== exchanger) return;
      if ('problem' in result) {
        this.#noteFailure(list, result.problem);
        const delayMs = Math.min(everyMs * 2 ** Math.min(list.failures, 10), Math.max(maxDelayMs, everyMs));
        this.#plan(list, exchanger, delayMs);
        return;
      }
      list.failures = 0;
      if (!result.hasMore) break;
    }
    this.#plan(list, exchanger, everyMs);
  }

  #noteFailure(list: List, reason: string): void {
    list.failures++;
    const { polled, failures: times } = list;
    this.#needs.log.warn('http_carrier.poll_failed', { polled, reason, times });
  }

  async #readPage(list: List, exchanger: HttpExchanger): Promise<Page> {
    const { link, clock, tokens } = this.#needs;
    const token = await tokens?.get();
    if (this.#exchanger !== exchanger) return { problem: 'the lease of polling has ended' };
    if (token?.kind === 'failed') return { problem: token.reason };
    const nowMs = clock.now();
    const accessToken = token?.token ?? null;
    const context = { link: link.values, nowMs, accessToken };
    const exchange = await exchanger.send(writePoll(link.options, list.compiled, list.state, context));
    if (exchange.kind === 'failed') return { problem: exchange.reason };
    if (accessToken !== null && exchange.status === 401) tokens!.refused(accessToken);
    if (exchange.status === 204) return { hasMore: false };
    if (exchange.status < 200 || exchange.status >= 300) return { problem: `HTTP status ${exchange.status}` };
    if (accessToken !== null) tokens!.accepted(accessToken);
    const body = exchange.body === null ? null : readJsonBody(exchange.body);
    if (body === null) return { problem: 'the answer is longer than 2 MiB, or was cut off' };
    if (body.json === undefined) return { problem: 'the answer is not JSON' };
    return this.#store(list, body, { exchanger, askedAtMs: nowMs });
  }

  async #store(
    list: List,
    body: ReadBody,
    { exchanger, askedAtMs }: { readonly exchanger: HttpExchanger; readonly askedAtMs: number },
  ): Promise<Page> {
    const { link, clock, events } = this.#needs;
    const { polled } = list;
    const items = polledItemsOf(link.options, polled, body);
    const digests = items.map(({ json }) => digestOf(json));
    const isNew = newIn(digests, list.state.seen);
    const read = itemReader(link.options, polled, clock.now());
    const fresh = items.flatMap((item, at) => (isNew[at] ? [{ at, item: read(item) }] : []));
    this.#report(fresh.map(({ item }) => item));
    const unsaved = await this.#save(fresh);
    if (unsaved.size > 0) {
      // The next answer has them all again, perhaps so late that a repeated reply would count as another one.
      const saved = digests.filter((_digest, at) => isNew[at] && !unsaved.has(at));
      list.state = { ...list.state, seen: [...list.state.seen, ...saved] };
      return { problem: 'the items were not stored' };
    }
    const cursor = cursorOf(link.options.pollCursor, body) ?? list.state.cursor;
    const hasMoved = cursor !== list.state.cursor;
    // Another process has the lease now, and its place is further.
    if (this.#exchanger !== exchanger) return { problem: 'the lease of polling has ended' };
    const seen = items.length === 0 ? list.state.seen : digests;
    list.state = { cursor, sinceMs: askedAtMs - overlapMs, seen };
    if (items.length > 0 || hasMoved)
      events.onLearnt?.(link.id, { [memberOf(polled)]: { ...list.state, seen: endsOf(seen) } });
    return { hasMore: items.length > 0 && hasMoved };
  }

  #report(items: readonly ReadItem[]): void {
    const { link, log } = this.#needs;
    const reasons = items.flatMap((item) => (item.kind === 'dropped' ? [item.reason] : []));
    for (const reason of new Set(reasons))
      log.warn('carrier_callback.dropped', { connector: link.id, reason });
    const words = items.flatMap((item) => (item.kind === 'receipt' ? (item.unknownWord ?? []) : []));
    for (const word of new Set(words))
      log.warn('carrier_callback.state_unknown', { connector: link.id, word: word.slice(0, 20) });
  }

  /** Resolves after the commits. Returns the positions of items that were not stored. */
  async #save(items: readonly { readonly at: number; readonly item: ReadItem }[]): Promise<Set<number>> {
    const unsaved = new Set<number>();
    for (let from = 0; from < items.length; from += maxUnsaved)
      await Promise.all(
        items.slice(from, from + maxUnsaved).map(async ({ at, item }) => {
          if (!(await this.#saveItem(item))) unsaved.add(at);
        }),
      );
    return unsaved;
  }

  #saveItem(item: ReadItem): Promise<boolean> {
    const { link, events, meter, clock } = this.#needs;
    return new Promise((done) => {
      switch (item.kind) {
        case 'receipt':
          meter.countReceipt(clock.now());
          return events.onReceipt(link.id, item.receipt, done);
        case 'reply':
          meter.countReply(clock.now());
          return events.onReply(link.id, item.reply, done);
        case 'dropped':
          return done(true);
      }
    });
  }
}

function digestOf(item: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(item) ?? '')
    .digest('base64url')
    .slice(0, 12);
}

/** Whether each one is new. Equal items are as many new ones as they are more than before. */
function newIn(digests: readonly string[], seen: readonly string[]): boolean[] {
  const left = new Map<string, number>();
  for (const digest of seen) left.set(digest, (left.get(digest) ?? 0) + 1);
  return digests.map((digest) => {
    const count = left.get(digest) ?? 0;
    left.set(digest, count - 1);
    return count <= 0;
  });
}

function endsOf(digests: readonly string[]): readonly string[] {
  if (digests.length <= maxStoredDigests) return digests;
  const half = maxStoredDigests / 2;
  return [...digests.slice(0, half), ...digests.slice(-half)];
}

/** The last one that the list has; null: none. */
function cursorOf(finder: string, body: ReadBody): string | null {
  const finders = parseFinders(finder);
  const found = finders === null ? undefined : findAll(finders, body).at(-1);
  return found === undefined || found.length > maxCursorLength ? null : found;
}

function memberOf(polled: Polled): string {
  return polled === 'receipts' ? 'polledReceipts' : 'polledReplies';
}

function readState(learnt: object, polled: Polled): PollState | null {
  const stored = (learnt as Record<string, unknown>)[memberOf(polled)] as Partial<PollState> | undefined;
  if (typeof stored?.cursor !== 'string' || typeof stored.sinceMs !== 'number') return null;
  const seen = Array.isArray(stored.seen) ? stored.seen.filter((digest) => typeof digest === 'string') : [];
  return { cursor: stored.cursor, sinceMs: stored.sinceMs, seen };
}
