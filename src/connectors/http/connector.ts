// A carrier reached by HTTP requests, one for each message. Used by the dispatcher through the contract of
// domain/delivery/connector.ts. Never throws for the behaviour of a carrier, and never sends a message again by itself.
//
// States of the link: up; paused (the carrier throttles: no capacity); down (it fails, or refuses the account: not up, and
// after a delay one message at a time tries it). A success ends both.
import type { Log } from '#domain/base/log-events.ts';
import type { Connector, ConnectorEvents, OutboundMessage, Outcome } from '#domain/delivery/connector.ts';
import { type AnswerKind, type ConnectorHealth, ConnectorMeter } from '#domain/delivery/connector-health.ts';
import { Ticker } from '#lib/async/ticker.ts';
import { TokenBucket } from '#lib/async/token-bucket.ts';
import { createHttpExchanger, type Exchange, type HttpExchanger } from '#lib/net/http-exchange.ts';
import {
  type Answer,
  type AnswerMeaning,
  type AnswerRule,
  meaningOf,
  refusalText,
  retryAfterMs,
} from './answers.ts';
import { idOf, type LinkValues } from './fields.ts';
import { type HttpOptions, rulesOf } from './options.ts';
import { type Finders, findAll, parseFinders, readJsonBody } from './pointers.ts';
import { type CompiledRequest, compileRequest, findMissingValue, writeRequest } from './request.ts';
import { TemplateError } from './template.ts';

export interface HttpLink {
  readonly id: number;
  readonly name: string;
  readonly options: HttpOptions;
  readonly values: LinkValues;
}

export interface HttpDeps {
  readonly clock: { now(): number };
  readonly log: Log;
  /** At least 0 and less than 1: spreads delays. */
  readonly random: () => number;
}

/** An answer has one reference and a status; a longer one is not the carrier's API. */
const maxBodyBytes = 256 * 1024;
const tickMs = 50;
const idleTickMs = 1_000;
/** Consecutive failures after which the link is down. */
const maxFailures = 3;
const firstDownMs = 1_000;
const maxDownMs = 60_000;
const misconfiguredMs = 60_000;
const maxMisconfiguredMs = 600_000;
const maxPauseMs = 60_000;
const maxReferences = 255;
const maxReferenceLength = 200;

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
  readonly #rules: readonly AnswerRule[];
  readonly #messageId: Finders | null;
  readonly #errorCode: Finders | null;
  readonly #exchanger: HttpExchanger;
  readonly #ticker = new Ticker({ busyMs: tickMs, idleMs: idleTickMs, tick: () => this.#tick() });
  #bucket: TokenBucket;
  #concurrency: number;
  #inFlight = 0;
  #failures = 0;
  #refusals = 0;
  #downUntilMs = 0;
  /** One message at a time, until an answer shows that the link works. */
  #isProbing = false;
  #isDown = false;
  #throttles = 0;
  #pausedUntilMs = 0;
  #isStopping = false;
  #onIdle: (() => void) | null = null;
  readonly #meter = new ConnectorMeter();
  #sinceMs: number;
  /** Of the last failure since the last success. */
  #reason: string | null = null;
  #knownCapacity = 0;
  #isChangeDue = false;

  constructor(link: HttpLink, events: ConnectorEvents, deps: HttpDeps) {
    const { options } = link;
    this.id = link.id;
    this.name = link.name;
    this.#link = link;
    this.#events = events;
    this.#deps = deps;
    this.#request = this.#compile();
    this.#rules = rulesOf(options);
    this.#messageId = parseFinders(options.messageId);
    this.#errorCode = parseFinders(options.errorCode);
    this.#concurrency = options.concurrency;
    this.#bucket = this.#newBucket(1);
    this.#sinceMs = deps.clock.now();
    this.#exchanger = createHttpExchanger({
      timeoutMs: options.timeoutMs,
      connections: options.concurrency,
      maxBodyBytes,
    });
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

  /** A burst of a quarter of a second: requests of a second are spread over it. */
  #newBucket(processes: number): TokenBucket {
    const perSecond = this.#link.options.rate / processes;
    return new TokenBucket({ perSecond, burst: perSecond / 4 }, this.#deps.clock.now());
  }

  get isUp(): boolean {
    return this.#request !== null && !this.#isStopping && !this.#isDown;
  }

  health(): ConnectorHealth {
    const nowMs = this.#deps.clock.now();
    const isUsable = this.#request !== null;
    return {
      binds: [
        {
          index: 0,
          state: this.isUp ? 'bound' : this.#isStopping ? 'stopped' : 'down',
          sinceMs: this.#sinceMs,
          reason: isUsable ? this.#reason : 'the options of the link cannot be used',
          retryAtMs: isUsable && this.#isDown ? this.#downUntilMs : null,
        },
      ],
      isThrottled: nowMs < this.#pausedUntilMs,
      inFlight: this.#inFlight,
      window: this.#concurrency,
      perSecond: this.#bucket.perSecond,
      ...this.#meter.read(nowMs),
    };
  }

  share(processes: number): void {
    const { concurrency, rate } = this.#link.options;
    this.#concurrency = Math.max(1, Math.floor(concurrency / processes));
    if (this.#bucket.perSecond !== rate / processes) this.#bucket = this.#newBucket(processes);
  }

  capacity(): number {
    this.#knownCapacity = this.#room(this.#deps.clock.now());
    return this.#knownCapacity;
  }

  #room(nowMs: number): number {
    if (!this.isUp || nowMs < this.#pausedUntilMs) return 0;
    const most = this.#isProbing ? 1 : this.#concurrency;
    return Math.max(0, Math.min(most - this.#inFlight, this.#bucket.available(nowMs)));
  }

  submit(message: OutboundMessage, done: (outcome: Outcome) => void): void {
    this.#ticker.hurry();
    const nowMs = this.#deps.clock.now();
    const early = this.#earlyOutcome(message, nowMs);
    if (early !== null || this.#request === null) {
      setImmediate(done, early ?? tryLater('the options of the link cannot be used', 1_000));
      return;
    }
    this.#bucket.acquireToken(nowMs);
    this.#inFlight++;
    const request = writeRequest(this.#link.options, this.#request, message, this.#link.values, nowMs);
    void this.#exchanger.send(request).then((exchange) => {
      this.#inFlight--;
      const outcome = this.#outcomeOf(exchange, message);
      this.#count(outcome, exchange, nowMs);
      if (this.#inFlight === 0) this.#onIdle?.();
      done(outcome);
      this.#changeSoon();
    });
  }

  #count(outcome: Outcome, exchange: Exchange, sentAtMs: number): void {
    const nowMs = this.#deps.clock.now();
    const isThrottled = outcome.kind === 'try-later' && nowMs < this.#pausedUntilMs;
    const kind = isThrottled ? 'throttled' : answerKinds[outcome.kind];
    const code = kind === 'refused' || kind === 'postponed' ? outcome : null;
    this.#meter.countAnswer(
      kind,
      exchange.kind === 'failed' ? null : nowMs - sentAtMs,
      nowMs,
      code !== null && 'reason' in code ? code.reason.slice(0, 80) : null,
    );
    if (outcome.kind === 'submitted') this.#reason = null;
  }

  #earlyOutcome(message: OutboundMessage, nowMs: number): Outcome | null {
    if (message.expiresAtMs <= nowMs) return { kind: 'expired' };
    return this.isUp ? null : tryLater('the link is down', 1_000);
  }

  #outcomeOf(exchange: Exchange, message: OutboundMessage): Outcome {
    const nowMs = this.#deps.clock.now();
    if (exchange.kind === 'failed') {
      this.#fail(exchange.reason, nowMs);
      return exchange.mayBeSent
        ? { kind: 'in-doubt', reason: exchange.reason }
        : tryLater(exchange.reason, 1_000);
    }
    const body = exchange.body === null ? null : readJsonBody(exchange.body);
    const answer: Answer = { status: exchange.status, headers: exchange.headers, body };
    const references = this.#referencesOf(answer, message);
    const meaning = meaningOf(answer, this.#rules, references !== null);
    this.#note(meaning, answer, nowMs);
    return this.#outcomeFor(meaning, answer, references ?? [], nowMs);
  }

  #outcomeFor(meaning: AnswerMeaning, answer: Answer, references: readonly string[], nowMs: number): Outcome {
    const reason = refusalText(answer, this.#errorCode);
    const code = answer.status;
    switch (meaning) {
      case 'taken':
        return { kind: 'submitted', references };
      case 'throttled':
        return tryLater(reason, Math.max(1, this.#pausedUntilMs - nowMs));
      case 'temporary':
      case 'misconfigured':
        return tryLater(reason, 1_000);
      case 'elsewhere':
        return { kind: 'elsewhere', code, reason };
      case 'permanent':
        return { kind: 'refused', code, reason };
      case 'doubt':
        return { kind: 'in-doubt', reason: `the answer does not tell whether it was taken (${reason})` };
    }
  }

  /** Null: the answer lacks the reference that it must have. */
  #referencesOf({ body }: Answer, message: OutboundMessage): readonly string[] | null {
    if (this.#link.options.messageId === 'ours') return [idOf(message, this.#link.values.idPrefix)];
    if (this.#messageId === null) return [];
    const found = body === null ? [] : findAll(this.#messageId, body);
    const usable = found
      .filter((reference) => reference.length <= maxReferenceLength)
      .slice(0, maxReferences);
    return usable.length === 0 ? null : usable.map((reference) => reference.replaceAll('\0', ''));
  }

  /** The state of the link after an answer. */
  #note(meaning: AnswerMeaning, answer: Answer, nowMs: number): void {
    if (meaning === 'misconfigured') {
      this.#refuse(answer, nowMs);
      return;
    }
    this.#refusals = 0;
    if (meaning === 'doubt' || (meaning === 'temporary' && answer.status >= 500)) {
      this.#fail(`HTTP status ${answer.status}`, nowMs);
      return;
    }
    if (this.#isProbing || this.#failures >= maxFailures) this.#deps.log.info('http_carrier.recovered');
    if (this.#isProbing) this.#sinceMs = nowMs;
    this.#failures = 0;
    this.#isProbing = false;
    if (meaning === 'throttled') this.#throttle(answer, nowMs);
    else if (meaning === 'taken') this.#throttles = 0;
  }

  #throttle(answer: Answer, nowMs: number): void {
    const asked = retryAfterMs(answer, nowMs);
    const usualMs = Math.min(this.#link.options.pauseMs * 2 ** Math.min(this.#throttles, 10), maxPauseMs);
    // Requests in flight are throttled together: one pause for all.
    if (nowMs >= this.#pausedUntilMs) this.#throttles++;
    this.#pausedUntilMs = Math.max(this.#pausedUntilMs, nowMs + (asked ?? usualMs));
  }

  #fail(reason: string, nowMs: number): void {
    this.#failures++;
    this.#reason = reason;
    if (!this.#isProbing && this.#failures < maxFailures) return;
    if (this.#isDown) return;
    const delayMs = Math.min(firstDownMs * 2 ** Math.min(this.#failures - maxFailures, 20), maxDownMs);
    this.#deps.log.warn('http_carrier.failed', { reason, times: this.#failures });
    this.#goDown(delayMs, nowMs);
  }

  #refuse({ status }: Answer, nowMs: number): void {
    if (this.#isDown) return;
    this.#refusals++;
    this.#deps.log.error('http_carrier.refused', { status });
    this.#reason = `HTTP status ${status}`;
    this.#goDown(Math.min(misconfiguredMs * 2 ** (this.#refusals - 1), maxMisconfiguredMs), nowMs);
  }

  #goDown(delayMs: number, nowMs: number): void {
    // An attempt that fails again continues the same outage.
    if (!this.#isProbing) this.#sinceMs = nowMs;
    this.#isDown = true;
    this.#isProbing = true;
    this.#downUntilMs = nowMs + Math.round(delayMs * (0.75 + this.#deps.random() / 2));
    this.#ticker.hurry();
    this.#changeSoon();
  }

  /** Returns whether the next tick must be on time. */
  #tick(): boolean {
    const nowMs = this.#deps.clock.now();
    if (this.#isDown && nowMs >= this.#downUntilMs) {
      this.#isDown = false;
      this.#changeSoon();
    }
    const room = this.#room(nowMs);
    if (room > this.#knownCapacity) {
      this.#knownCapacity = room;
      this.#changeSoon();
    }
    return this.#inFlight > 0 || this.#isDown || nowMs < this.#pausedUntilMs || !this.#bucket.isFull(nowMs);
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
    if (this.#inFlight > 0) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve;
        timer = setTimeout(resolve, Math.max(0, graceMs));
      });
      clearTimeout(timer);
    }
    // Requests in progress end in doubt.
    await this.#exchanger.close();
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

function tryLater(reason: string, afterMs: number): Outcome {
  return { kind: 'try-later', afterMs, reason };
}
