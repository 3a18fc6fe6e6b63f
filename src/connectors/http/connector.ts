// A carrier reached by HTTP requests, one for each message or for a batch of them. Used by the dispatcher through the contract of
// domain/delivery/connector.ts. Never throws for the behaviour of a carrier, and never sends a message again by itself.
// The states of the link are those of link-state.ts.
import type { Log } from '#domain/base/log-events.ts';
import type {
  CapturedExchange,
  Connector,
  ConnectorEvents,
  OutboundMessage,
  Outcome,
} from '#domain/delivery/connector.ts';
import { type AnswerKind, type ConnectorHealth, ConnectorMeter } from '#domain/delivery/connector-health.ts';
import { Ticker } from '#lib/async/ticker.ts';
import { TokenBucket } from '#lib/async/token-bucket.ts';
import {
  createHttpExchanger,
  type Exchange,
  type ExchangeRequest,
  type HttpExchanger,
} from '#lib/net/http-exchange.ts';
import type { Answer, AnswerMeaning } from './answers.ts';
import { Batches, type Entry } from './batches.ts';
import { Exchanges } from './exchanges.ts';
import type { HttpLink } from './link.ts';
import { LinkState } from './link-state.ts';
import { type AccessToken, AccessTokens } from './oauth.ts';
import {
  type AnswerReader,
  createAnswerReader,
  meaningForLink,
  outcomeOf,
  readOutcomes,
  tryLater,
} from './outcomes.ts';
import { readJsonBody } from './pointers.ts';
import { Poller } from './poller.ts';
import {
  type CompiledRequest,
  compileRequest,
  findMissingValue,
  type RequestContext,
  writeRequest,
} from './request.ts';
import { RequestQueue } from './request-queue.ts';
import { TemplateError } from './template.ts';

export interface HttpDeps {
  readonly clock: { now(): number };
  readonly log: Log;
  /** At least 0 and less than 1: spreads delays. */
  readonly random: () => number;
}

interface Answered {
  readonly messages: readonly OutboundMessage[];
  readonly outcomes: readonly Outcome[];
  /** Null: no usable answer. */
  readonly meaning: AnswerMeaning | null;
  readonly sentAtMs: number;
}

/** An answer has one reference and a status; a longer one is not the carrier's API. A batch has 200 bytes for each message. */
const maxBodyBytes = 256 * 1024;
const maxResultBytes = 1_024;
const tickMs = 50;
const idleTickMs = 1_000;

export function createHttpConnector(link: HttpLink, events: ConnectorEvents, deps: HttpDeps): Connector {
  return new HttpConnector(link, events, { ...deps, log: deps.log.child({ connector: link.name }) });
}

class HttpConnector implements Connector {
  readonly id: number;
  readonly name: string;
  readonly #link: HttpLink;
  readonly #events: ConnectorEvents;
  readonly #deps: HttpDeps;
  /** Null: the options cannot be used. */
  readonly #request: CompiledRequest | null;
  readonly #reader: AnswerReader;
  readonly #exchanger: HttpExchanger;
  readonly #tokens: AccessTokens | null;
  readonly #batches: Batches;
  readonly #queue: RequestQueue;
  readonly #exchanges: Exchanges | null;
  readonly #poller: Poller | null;
  readonly #state: LinkState;
  readonly #ticker = new Ticker({ busyMs: tickMs, idleMs: idleTickMs, tick: () => this.#tick() });
  readonly #meter = new ConnectorMeter();
  #bucket: TokenBucket;
  /** Messages that have no outcome yet. */
  #inFlight = 0;
  #isStopping = false;
  #onIdle: (() => void) | null = null;
  #knownCapacity = 0;
  #isChangeDue = false;

  constructor(link: HttpLink, events: ConnectorEvents, deps: HttpDeps) {
    const { options } = link;
    const { clock, log, random } = deps;
    this.id = link.id;
    this.name = link.name;
    this.#link = link;
    this.#events = events;
    this.#deps = deps;
    this.#request = this.#compile();
    this.#reader = createAnswerReader(options, link.values.idPrefix);
    this.#state = new LinkState({ pauseMs: options.pauseMs, log, random, nowMs: clock.now() });
    this.#bucket = this.#newBucket(1);
    this.#exchanger = createHttpExchanger({
      timeoutMs: options.timeoutMs,
      connections: options.concurrency,
      maxBodyBytes: Math.max(maxBodyBytes, options.batch * maxResultBytes),
    });
    this.#tokens = options.auth === 'oauth' ? new AccessTokens(options, this.#exchanger, clock) : null;
    this.#queue = new RequestQueue({
      concurrency: options.concurrency,
      send: (entries) => this.#send(entries),
    });
    this.#batches = new Batches({
      size: options.batch,
      waitMs: options.batchWaitMs,
      send: (entries) => this.#queue.add(entries),
    });
    this.#exchanges = this.#request === null ? null : new Exchanges(this.#request);
    this.#poller =
      this.#request === null
        ? null
        : Poller.open({ link, events, tokens: this.#tokens, meter: this.#meter, ...deps });
    if (this.#request !== null) this.#ticker.start();
  }

  #compile(): CompiledRequest | null {
    const refuse = (reason: string) => {
      this.#deps.log.error('http_carrier.misconfigured', { reason });
      return null;
    };
    try {
      const compiled = compileRequest(this.#link.options);
      const missing = findMissingValue(compiled, this.#link.values);
      return missing === null ? compiled : refuse(`its ${missing} is missing`);
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      return refuse(`a template must be ${error.message}`);
    }
  }

  /** A burst of a quarter of a second, or of a batch: messages of a second are spread over it. */
  #newBucket(processes: number): TokenBucket {
    const { rate, batch } = this.#link.options;
    const perSecond = rate / processes;
    const burst = Math.max(perSecond / 4, batch === 1 ? 0 : Math.min(batch, perSecond));
    return new TokenBucket({ perSecond, burst }, this.#deps.clock.now());
  }

  get isUp(): boolean {
    return this.#request !== null && !this.#isStopping && !this.#state.isDown;
  }

  health(): ConnectorHealth {
    const nowMs = this.#deps.clock.now();
    const isUsable = this.#request !== null;
    const { sinceMs, reason, retryAtMs, pausedUntilMs } = this.#state;
    return {
      binds: [
        {
          index: 0,
          state: this.isUp ? 'bound' : this.#isStopping ? 'stopped' : 'down',
          sinceMs,
          reason: isUsable ? reason : 'the options of the link cannot be used',
          retryAtMs: isUsable ? retryAtMs : null,
        },
      ],
      isThrottled: nowMs < pausedUntilMs,
      inFlight: this.#inFlight,
      window: this.#queue.concurrency * this.#link.options.batch,
      perSecond: this.#bucket.perSecond,
      ...this.#meter.read(nowMs),
    };
  }

  exchanges(): CapturedExchange[] {
    return this.#exchanges?.list() ?? [];
  }

  share(processes: number): void {
    const { concurrency, rate } = this.#link.options;
    this.#queue.concurrency = Math.max(1, Math.floor(concurrency / processes));
    if (this.#bucket.perSecond !== rate / processes) this.#bucket = this.#newBucket(processes);
  }

  /** The lease of polling: one process asks for receipts and replies. */
  startLease(_index: number, learnt: object): void {
    this.#poller?.start(learnt);
  }

  async stopLease(_index: number, graceMs: number): Promise<void> {
    await this.#poller?.stop(graceMs);
  }

  capacity(): number {
    this.#knownCapacity = this.#room(this.#deps.clock.now());
    return this.#knownCapacity;
  }

  #room(nowMs: number): number {
    if (!this.isUp || nowMs < this.#state.pausedUntilMs || this.#queue.isWaiting) return 0;
    const most = this.#state.isProbing ? 1 : this.#queue.concurrency * this.#link.options.batch;
    return Math.max(0, Math.min(most - this.#inFlight, this.#bucket.available(nowMs)));
  }

  submit(message: OutboundMessage, done: (outcome: Outcome) => void): void {
    this.#ticker.hurry();
    const nowMs = this.#deps.clock.now();
    const early = this.#earlyOutcome(message, nowMs);
    if (early !== null) {
      setImmediate(done, early);
      return;
    }
    this.#bucket.acquireToken(nowMs);
    this.#inFlight++;
    this.#batches.add({ message, done });
  }

  #earlyOutcome(message: OutboundMessage, nowMs: number): Outcome | null {
    if (message.expiresAtMs <= nowMs) return { kind: 'expired' };
    if (this.#request === null) return tryLater('the options of the link cannot be used', 1_000);
    return this.isUp ? null : tryLater('the link is down', 1_000);
  }

  /** Never rejects: each message gets its outcome, also after a fault in this code or in the options of the link. */
  async #send(entries: readonly Entry[]): Promise<void> {
    let left = entries;
    let outcomes: readonly Outcome[] | null = null;
    let faulty: Outcome = tryLater('the request could not be written', 1_000);
    try {
      const token = await this.#tokens?.get();
      const sentAtMs = this.#deps.clock.now();
      left = this.#settleExpired(entries, sentAtMs);
      if (left.length === 0) return;
      const messages = left.map(({ message }) => message);
      const obstacle = this.#findObstacle(token, sentAtMs);
      if (obstacle === null) {
        const accessToken = token?.kind === 'token' ? token.token : null;
        const request = this.#write(messages, { link: this.#link.values, nowMs: sentAtMs, accessToken });
        faulty = { kind: 'in-doubt', reason: 'the answer could not be read' };
        const exchange = await this.#exchanger.send(request);
        const { meaning, ...read } = this.#read(exchange, messages, accessToken);
        // Before the notes for the operator: a fault in these changes no outcome.
        outcomes = read.outcomes;
        this.#note(exchange, { messages, outcomes, meaning, sentAtMs });
      } else outcomes = left.map(() => obstacle);
    } catch (error) {
      this.#noteFault(error as Error, faulty.kind !== 'in-doubt');
    }
    this.#settle(left, (at) => outcomes?.[at] ?? faulty);
  }

  /** Messages can wait for a connection or a token until their validity has ended. Returns the others. */
  #settleExpired(entries: readonly Entry[], nowMs: number): readonly Entry[] {
    const expired = entries.filter(({ message }) => message.expiresAtMs <= nowMs);
    if (expired.length === 0) return entries;
    this.#settle(expired, () => ({ kind: 'expired' }));
    return entries.filter(({ message }) => message.expiresAtMs > nowMs);
  }

  /** Null: the request can leave. The link can have changed while it waited. */
  #findObstacle(token: AccessToken | undefined, nowMs: number): Outcome | null {
    const { pausedUntilMs } = this.#state;
    if (this.#isStopping) return tryLater('the link stops', 1_000);
    if (token?.kind === 'failed') {
      if (token.isRefused) this.#goneDown(this.#state.refuse(token.reason, nowMs));
      else this.#goneDown(this.#state.fail(token.reason, nowMs));
      return tryLater(token.reason, 1_000);
    }
    if (this.#state.isDown) return tryLater('the link is down', 1_000);
    return nowMs < pausedUntilMs ? tryLater('the link pauses', pausedUntilMs - nowMs) : null;
  }

  #write(messages: readonly OutboundMessage[], context: RequestContext): ExchangeRequest {
    const request = writeRequest(this.#link.options, this.#request!, messages, context);
    const expiresAtMs = messages.reduce((first, message) => Math.min(first, message.expiresAtMs), Infinity);
    return { ...request, beginWithinMs: expiresAtMs - context.nowMs };
  }

  #note(exchange: Exchange, { messages, outcomes, meaning, sentAtMs }: Answered): void {
    const nowMs = this.#deps.clock.now();
    const { options, values: link } = this.#link;
    for (const outcome of outcomes) this.#count(outcome, exchange, sentAtMs);
    this.#exchanges?.add({ method: options.method, messages, link, exchange, meaning, sentAtMs, nowMs });
  }

  /** A fault of the options or of this code, never of a carrier. */
  #noteFault(error: Error & { code?: string }, isUnsent: boolean): void {
    // Without its message, which can repeat a value.
    const reason = error.code ?? error.name;
    this.#deps.log.error(isUnsent ? 'http_carrier.unwritable' : 'http_carrier.unreadable', { reason });
    if (isUnsent) this.#goneDown(this.#state.fail('a request could not be written', this.#deps.clock.now()));
  }

  #settle(entries: readonly Entry[], outcomeAt: (at: number) => Outcome): void {
    this.#inFlight -= entries.length;
    if (this.#inFlight === 0) this.#onIdle?.();
    for (const [at, { done }] of entries.entries()) done(outcomeAt(at));
    this.#changeSoon();
  }

  #read(
    exchange: Exchange,
    messages: readonly OutboundMessage[],
    accessToken: string | null,
  ): { readonly outcomes: readonly Outcome[]; readonly meaning: AnswerMeaning | null } {
    const nowMs = this.#deps.clock.now();
    if (exchange.kind === 'failed') {
      this.#goneDown(this.#state.fail(exchange.reason, nowMs));
      const { reason, mayBeSent } = exchange;
      const outcome: Outcome = mayBeSent ? { kind: 'in-doubt', reason } : tryLater(reason, 1_000);
      return { outcomes: messages.map(() => outcome), meaning: null };
    }
    const { status, headers } = exchange;
    const answer: Answer = {
      status,
      headers,
      body: exchange.body === null ? null : readJsonBody(exchange.body),
    };
    if (status === 401 && accessToken !== null && this.#tokens!.refused(accessToken))
      // Not the account: the token has ended before its time. The carrier took nothing.
      return { outcomes: messages.map(() => tryLater('the access token ended', 1)), meaning: 'temporary' };
    const { readings, isWhole } = readOutcomes(this.#reader, answer, messages);
    const meaning = meaningForLink(readings);
    if (meaning !== 'misconfigured' && accessToken !== null) this.#tokens!.accepted(accessToken);
    this.#goneDown(this.#state.note(meaning, answer, nowMs));
    if (isWhole && messages.length > 1 && (meaning === 'permanent' || meaning === 'elsewhere')) {
      // It took none of them, and one can be to blame.
      this.#batches.sendAlone(messages);
      return { outcomes: messages.map(() => tryLater('the carrier refused its batch', 1)), meaning };
    }
    const pauseMs = this.#state.pausedUntilMs - nowMs;
    return { outcomes: readings.map((reading) => outcomeOf(reading, status, pauseMs)), meaning };
  }

  #count(outcome: Outcome, exchange: Exchange, sentAtMs: number): void {
    const nowMs = this.#deps.clock.now();
    const isThrottled = outcome.kind === 'try-later' && nowMs < this.#state.pausedUntilMs;
    const kind = isThrottled ? 'throttled' : answerKinds[outcome.kind];
    const code = kind === 'refused' || kind === 'postponed' ? outcome : null;
    this.#meter.countAnswer(
      kind,
      exchange.kind === 'failed' ? null : nowMs - sentAtMs,
      nowMs,
      code !== null && 'reason' in code ? code.reason.slice(0, 80) : null,
    );
    if (outcome.kind === 'submitted') this.#state.succeeded();
  }

  #goneDown(isDown: boolean): void {
    if (!isDown) return;
    this.#ticker.hurry();
    this.#changeSoon();
  }

  /** Returns whether the next tick must be on time. */
  #tick(): boolean {
    const nowMs = this.#deps.clock.now();
    if (this.#state.wakeUp(nowMs)) this.#changeSoon();
    const room = this.#room(nowMs);
    if (room > this.#knownCapacity) {
      this.#knownCapacity = room;
      this.#changeSoon();
    }
    const { isDown, pausedUntilMs } = this.#state;
    return this.#inFlight > 0 || isDown || nowMs < pausedUntilMs || !this.#bucket.isFull(nowMs);
  }

  #changeSoon(): void {
    if (this.#isChangeDue) return;
    this.#isChangeDue = true;
    setImmediate(() => {
      this.#isChangeDue = false;
      this.#events.onChange(this.id);
    });
  }

  async stop(graceMs: number): Promise<void> {
    this.#isStopping = true;
    const polling = this.#poller?.stop(graceMs);
    const unsent = [...this.#batches.takeAll(), ...this.#queue.takeAll()];
    this.#settle(unsent, () => tryLater('the link stops', 1_000));
    if (this.#inFlight > 0) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve;
        timer = setTimeout(resolve, Math.max(0, graceMs));
      });
      clearTimeout(timer);
    }
    // Requests in progress end in doubt, and those that wait for a token are not sent.
    await this.#exchanger.close();
    await polling;
    this.#ticker.stop();
  }
}

const answerKinds = {
  submitted: 'accepted',
  'try-later': 'postponed',
  elsewhere: 'postponed',
  refused: 'refused',
  expired: 'refused',
  'in-doubt': 'inDoubt',
} as const satisfies Readonly<Record<Outcome['kind'], AnswerKind>>;
