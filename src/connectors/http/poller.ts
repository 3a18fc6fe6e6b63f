// Asks an HTTP carrier for receipts and replies, for carriers that do not push them. Used by the connector of the process that has
// the lease of polling. The place in the carrier's list moves only after everything before it is stored: a kill or a failure
// repeats items, which count once, and loses none. Never affects the hand-over of messages.
import type { Log } from '#domain/base/log-events.ts';
import type { CarrierReply, ConnectorEvents, Receipt } from '#domain/delivery/connector.ts';
import type { ConnectorMeter } from '#domain/delivery/connector-health.ts';
import { createHttpExchanger, type HttpExchanger } from '#lib/net/http-exchange.ts';
import { readPolled } from './callbacks.ts';
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
        const state = readState(link.learnt, polled) ?? { cursor: '', sinceMs: clock.now() - overlapMs };
        return compiled === null ? [] : [{ polled, compiled, state, failures: 0, timer: undefined }];
      });
      return lists.length === 0 ? null : new Poller(needs, lists);
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      log.error('http_carrier.misconfigured', { reason: `a template must be ${error.message}` });
      return null;
    }
  }

  start(): void {
    if (this.#exchanger !== null) return;
    this.#exchanger = createHttpExchanger({
      timeoutMs: this.#needs.link.options.timeoutMs,
      connections: this.#lists.length,
      maxBodyBytes,
    });
    for (const list of this.#lists) this.#plan(list, 0);
  }

  async stop(): Promise<void> {
    const exchanger = this.#exchanger;
    this.#exchanger = null;
    for (const { timer } of this.#lists) clearTimeout(timer);
    await exchanger?.close();
    await Promise.all(this.#working);
  }

  #plan(list: List, delayMs: number): void {
    if (this.#exchanger === null) return;
    list.timer = setTimeout(() => {
      const work = this.#poll(list).finally(() => this.#working.delete(work));
      this.#working.add(work);
    }, delayMs).unref();
  }

  async #poll(list: List): Promise<void> {
    const everyMs = this.#needs.link.options.pollSeconds * 1000;
    for (let page = 0; page < maxPages; page++) {
      const exchanger = this.#exchanger;
      if (exchanger === null) return;
      const result = await this.#readPage(list, exchanger);
      if (this.#exchanger === null) return;
      if ('problem' in result) {
        list.failures++;
        const { log } = this.#needs;
        log.warn('http_carrier.poll_failed', {
          polled: list.polled,
          reason: result.problem,
          times: list.failures,
        });
        const delayMs = Math.min(everyMs * 2 ** Math.min(list.failures, 10), Math.max(maxDelayMs, everyMs));
        this.#plan(list, delayMs);
        return;
      }
      list.failures = 0;
      if (!result.hasMore) break;
    }
    this.#plan(list, everyMs);
  }

  async #readPage(list: List, exchanger: HttpExchanger): Promise<Page> {
    const { link, clock, tokens } = this.#needs;
    const token = await tokens?.get();
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
    return this.#store(list, body, nowMs);
  }

  async #store(list: List, body: ReadBody, askedAtMs: number): Promise<Page> {
    const { link, clock, log, events } = this.#needs;
    const { polled } = list;
    const { count, ...items } = readPolled(link.options, polled, body, clock.now());
    for (const reason of items.dropped) log.warn('carrier_callback.dropped', { connector: link.id, reason });
    for (const word of items.unknownWords)
      log.warn('carrier_callback.state_unknown', { connector: link.id, word: word.slice(0, 20) });
    if (!(await this.#save(items.receipts ?? [], items.replies ?? [])))
      return { problem: 'the items were not stored' };
    const cursor = cursorOf(link.options.pollCursor, body) ?? list.state.cursor;
    const hasMoved = cursor !== list.state.cursor;
    list.state = { cursor, sinceMs: askedAtMs - overlapMs };
    if (count > 0 || hasMoved) events.onLearnt?.(link.id, { [memberOf(polled)]: list.state });
    return { hasMore: count > 0 && hasMoved };
  }

  /** Resolves after the commits; false if one failed. */
  async #save(receipts: readonly Receipt[], replies: readonly CarrierReply[]): Promise<boolean> {
    const { link, events, meter, clock } = this.#needs;
    const saved = await Promise.all([
      ...receipts.map((receipt) => {
        meter.countReceipt(clock.now());
        return new Promise<boolean>((done) => events.onReceipt(link.id, receipt, done));
      }),
      ...replies.map((reply) => {
        meter.countReply(clock.now());
        return new Promise<boolean>((done) => events.onReply(link.id, reply, done));
      }),
    ]);
    return !saved.includes(false);
  }
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
  return typeof stored?.cursor === 'string' && typeof stored.sinceMs === 'number'
    ? { cursor: stored.cursor, sinceMs: stored.sinceMs }
    : null;
}
