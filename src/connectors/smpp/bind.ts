// One bind: its connection, its session, its rate, and the reconnection after a loss. Used by the connector. Knows PDUs
// and the time at which they may be sent; never messages.
//
// stopped     start() leaves it
// connecting  a socket and a session that requests the bind; up when it is granted, else waiting
// up          accepts requests while it has capacity; lost: waiting
// waiting     until the next attempt (reconnect.ts)
// stopping    pending responses can still arrive; then unbound, stopped

import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Log } from '#domain/base/log-events.ts';
import type { BindHealth } from '#domain/delivery/connector-health.ts';
import { TokenBucket } from '#lib/async/token-bucket.ts';
import { type Conversation, TcpLink } from '#lib/net/tcp-link.ts';
import type { Clock } from '#lib/time/clock.ts';
import type { BindName, Fields, Pdu, Tlvs } from '#smpp/protocol/commands.ts';
import {
  peerUnbound,
  type RequestPdu,
  type ResponsePdu,
  Session,
  type SessionHandler,
} from '#smpp/protocol/session.ts';
import { statusName } from '#smpp/protocol/status.ts';
import { findLinkProblem, type SmppOptions } from './options.ts';
import { causeOfRefusal, type LossCause, reconnectDelayMs } from './reconnect.ts';

export interface BindDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** At least 0 and less than 1. */
  readonly random: () => number;
}

/** Events of a bind for the connector. */
export interface BindPool<Token> {
  onUp(bind: Bind<Token>): void;
  onDown(bind: Bind<Token>): void;
  onRequest(session: Session<Token>, bind: Bind<Token>, pdu: RequestPdu, nowMs: number): void;
  onResponse(bind: Bind<Token>, token: Token, pdu: ResponsePdu, nowMs: number): void;
  /** The request was sent, and no response can arrive. */
  onDoubt(token: Token, reason: string): void;
}

type BindState = 'stopped' | 'connecting' | 'up' | 'waiting' | 'stopping';

/** A bind that was up for this time resets the delay: the next attempt is a first one. */
const steadyMs = 2_000;

/** Factor of the throttle pause for each further request of the carrier. */
const throttleSteps = [1, 2, 4, 8, 16, 25];

export class Bind<Token> {
  readonly index: number;
  readonly #options: SmppOptions;
  readonly #pool: BindPool<Token>;
  readonly #deps: BindDeps;
  #state: BindState = 'stopped';
  #session: Session<Token> | null = null;
  #link: TcpLink | null = null;
  #bucket: TokenBucket;
  #retry: NodeJS.Timeout | undefined;
  #failures = 0;
  #upAtMs = Number.POSITIVE_INFINITY;
  #cause: LossCause = 'lost';
  /** Begin of the present state, where connecting and waiting are one. */
  #sinceMs = 0;
  /** Of the last failure since the last bind. */
  #reason: string | null = null;
  #retryAtMs: number | null = null;
  #throttledUntilMs = 0;
  #throttleStep = 0;
  #onStopped: (() => void)[] = [];
  #stopAtMs = 0;
  /** Time of our unbind; 0 before it. */
  #unboundAtMs = 0;

  constructor(index: number, options: SmppOptions, pool: BindPool<Token>, deps: BindDeps) {
    this.index = index;
    this.#options = options;
    this.#pool = pool;
    this.#deps = deps;
    this.#bucket = this.#newBucket();
  }

  get isUp(): boolean {
    return this.#state === 'up';
  }

  /** The lease can end: a stopped bind accepts no more requests. */
  get isStopped(): boolean {
    return this.#state === 'stopped';
  }

  get awaitingResponse(): number {
    return this.#session?.outstanding ?? 0;
  }

  get outstanding(): number {
    return this.#session?.outstanding ?? 0;
  }

  get isThrottled(): boolean {
    return this.#state === 'up' && this.#deps.clock.now() < this.#throttledUntilMs;
  }

  health(): BindHealth {
    const states = {
      up: 'bound',
      connecting: 'binding',
      waiting: 'down',
      stopped: 'stopped',
      stopping: 'stopped',
    } as const;
    const state = states[this.#state];
    return {
      index: this.index,
      state: state === 'binding' && this.#reason !== null ? 'down' : state,
      sinceMs: this.#sinceMs,
      reason: this.#reason,
      retryAtMs: this.#state === 'waiting' ? this.#retryAtMs : null,
    };
  }

  /** True while no request is pending and the clock changes nothing except the time of an enquire_link. */
  isIdle(nowMs: number): boolean {
    if (this.#state === 'stopped' || this.#state === 'waiting') return true;
    if (this.#state !== 'up' || nowMs < this.#throttledUntilMs || this.#link!.isCongested) return false;
    return this.#session!.outstanding === 0 && this.#session!.inbound === 0 && this.#bucket.isFull(nowMs);
  }

  /** Number of requests that can be sent now. */
  room(nowMs: number): number {
    if (this.#state !== 'up' || nowMs < this.#throttledUntilMs || this.#link!.isCongested) return 0;
    return Math.min(this.#session!.free, this.#bucket.available(nowMs));
  }

  start(): void {
    if (this.#state !== 'stopped') return;
    this.#sinceMs = this.#deps.clock.now();
    this.#reason = null;
    this.#connect();
  }

  /** Waits at most `graceMs` for pending responses, then unbinds. Resolves when the connection is closed. */
  stop(graceMs: number): Promise<void> {
    clearTimeout(this.#retry);
    // A lost connection can still be closing: the stop waits for it.
    if (this.#link === null) this.#state = 'stopped';
    if (this.#state === 'stopped') return Promise.resolve();
    const stopped = new Promise<void>((resolve) => this.#onStopped.push(resolve));
    const wasUp = this.#state === 'up';
    this.#sinceMs = this.#deps.clock.now();
    const stopAtMs = this.#deps.clock.now() + graceMs;
    this.#stopAtMs = this.#state === 'stopping' ? Math.min(this.#stopAtMs, stopAtMs) : stopAtMs;
    this.#state = 'stopping';
    if (wasUp) this.#pool.onDown(this);
    this.#windDown(this.#deps.clock.now());
    return stopped;
  }

  /** Called only while there is capacity. */
  submit(fields: Partial<Fields<'submit_sm'>>, tlvs: Tlvs | undefined, token: Token, nowMs: number): void {
    this.#bucket.consumeToken();
    this.#session!.request('submit_sm', fields, tlvs, token, nowMs);
    this.#link!.wake();
  }

  /** A response was written on the session. */
  wake(): void {
    this.#link?.wake();
  }

  /** The carrier requested a slower rate. Responses during the pause belong to requests before it. */
  throttle(nowMs: number): void {
    if (nowMs < this.#throttledUntilMs) return;
    const factor = throttleSteps[this.#throttleStep]!;
    this.#throttleStep = Math.min(this.#throttleStep + 1, throttleSteps.length - 1);
    const pauseMs = this.#options.throttlePauseMs * factor;
    this.#throttledUntilMs = nowMs + Math.round(pauseMs * (0.75 + this.#deps.random() / 2));
  }

  /** The carrier accepts messages again. */
  unthrottle(nowMs: number): void {
    if (this.#throttleStep > 0 && nowMs >= this.#throttledUntilMs) this.#throttleStep = 0;
  }

  tick(nowMs: number): void {
    this.#guard(() => {
      this.#session?.tick(nowMs);
      if (this.#state === 'stopping') this.#windDown(nowMs);
      this.#link?.wake();
    });
  }

  /** For timers: an error ends the connection of this bind, never the process. */
  #guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#deps.log.error('smpp.bind_misconfigured', { bind: this.index, reason });
      this.#link?.destroy();
    }
  }

  #connect(): void {
    this.#state = 'connecting';
    this.#cause = 'lost';
    this.#unboundAtMs = 0;
    const socket = this.#openSocket();
    if (socket === null) {
      this.#cause = 'credentials';
      this.#disconnected();
      return;
    }
    const session = new Session<Token>(
      'esme',
      { ...this.#options, idleMs: 0 },
      this.#handler(),
      this.#deps.clock.now(),
    );
    this.#session = session;
    this.#link = new TcpLink(socket, this.#conversation(session));
    socket.once(this.#options.tls ? 'secureConnect' : 'connect', () => {
      if (session.state === 'open') this.#guard(() => this.#requestBind(session));
    });
  }

  #requestBind(session: Session<Token>): void {
    const { systemId, password, systemType, addressRange } = this.#options;
    session.bind(this.#bindName(), {
      system_id: systemId,
      password,
      system_type: systemType,
      address_range: addressRange,
    });
    this.#link?.wake();
  }

  /** Null for unusable options; the log has the reason. */
  #openSocket(): Socket | null {
    const { host, port, tls } = this.#options;
    let problem = findLinkProblem(this.#options);
    try {
      if (problem === null) {
        return tls ? connectTls({ host, port, ...(tls === true ? {} : tls) }) : connect({ host, port });
      }
    } catch (error) {
      problem = (error as Error).message; // for example an unreadable certificate or key
    }
    this.#deps.log.error('smpp.bind_misconfigured', { bind: this.index, reason: problem });
    this.#reason = problem;
    return null;
  }

  #bindName(): BindName {
    if (this.#options.bindMode === 'transceiver') return 'bind_transceiver';
    return this.index % 2 === 0 ? 'bind_transmitter' : 'bind_receiver';
  }

  #conversation(session: Session<Token>): Conversation {
    return {
      receive: (bytes) => session.receive(bytes, this.#deps.clock.now()),
      takeOutput: () => session.takeOutput(),
      ended: (reason) => {
        session.close(reason);
        this.#disconnected();
      },
    };
  }

  #handler(): SessionHandler<Token> {
    const { log } = this.#deps;
    const bind = this.index;
    return {
      onBindRequest: () => {}, // an ESME session refuses it before this call
      onBound: () => this.#bound(),
      onBindRefused: (status) => {
        this.#cause = causeOfRefusal(status);
        // Wrong credentials need the operator.
        const fields = { bind, status: statusName(status) };
        this.#reason = fields.status;
        if (this.#cause === 'credentials') log.error('smpp.credentials_refused', fields);
        else log.warn('smpp.bind_refused', fields);
      },
      onRequest: (pdu, nowMs) => this.#onRequest(pdu, nowMs),
      onResponse: (token, pdu, nowMs) => this.#pool.onResponse(this, token, pdu, nowMs),
      onTimeout: (token) => this.#pool.onDoubt(token, 'no answer in time'),
      onLost: (token) => this.#pool.onDoubt(token, 'the link was lost before the answer'),
      onMalformed: (pdu) => log.warn('smpp.pdu_malformed', { bind, reason: pdu.reason }),
      onUnexpected: (pdu: Pdu) => log.debug('smpp.pdu_unexpected', { bind, command: pdu.command }),
      onClosed: (reason) => {
        if (this.#state !== 'stopping') log.warn('smpp.bind_lost', { bind, reason });
        if (reason === peerUnbound) this.#cause = 'unbound';
        if (this.#cause === 'lost' || this.#cause === 'unbound') this.#reason = reason;
        if (this.#state === 'up') {
          this.#state = 'waiting';
          this.#sinceMs = this.#deps.clock.now();
          this.#pool.onDown(this);
        }
        this.#link?.end();
      },
    };
  }

  /**
   * Reads the connection always: otherwise the response to enquire_link is not read either, and the bind is lost. While
   * too much waits to be saved, deliveries are refused with the retry status.
   */
  #onRequest(pdu: RequestPdu, nowMs: number): void {
    const session = this.#session;
    if (session === null) return;
    if (session.inbound <= this.#options.maxUnsaved) {
      this.#pool.onRequest(session, this, pdu, nowMs);
      return;
    }
    const response = pdu.command === 'data_sm' ? 'data_sm_resp' : 'deliver_sm_resp';
    session.respond(response, pdu.sequence_number, this.#options.retryStatus);
    this.#link?.wake();
  }

  #bound(): void {
    if (this.#state !== 'connecting') return;
    this.#state = 'up';
    this.#upAtMs = this.#deps.clock.now();
    this.#sinceMs = this.#upAtMs;
    this.#reason = null;
    this.#throttledUntilMs = 0;
    this.#throttleStep = 0;
    this.#bucket = this.#newBucket();
    this.#deps.log.info('smpp.bind_opened', { bind: this.index });
    this.#pool.onUp(this);
  }

  #newBucket(): TokenBucket {
    const { tps, binds, bindMode } = this.#options;
    const senders = bindMode === 'transceiver' ? binds : Math.ceil(binds / 2);
    const perSecond = tps / senders;
    return new TokenBucket({ perSecond, burst: perSecond / 10 }, this.#deps.clock.now());
  }

  #windDown(nowMs: number): void {
    const session = this.#session;
    if (session === null) return;
    if (session.state === 'bound' && session.outstanding > 0 && nowMs < this.#stopAtMs) return;
    if (this.#unboundAtMs === 0) {
      this.#unboundAtMs = nowMs;
      session.unbind(nowMs);
    } else if (nowMs - this.#unboundAtMs >= this.#options.unbindMs) {
      // The stop must not wait for a carrier that does not answer: the session ends with the connection.
      const link = this.#link;
      session.close('no answer to unbind');
      link?.destroy();
    }
    this.#link?.wake();
  }

  #disconnected(): void {
    this.#session = null;
    this.#link = null;
    if (this.#state === 'stopping') {
      this.#state = 'stopped';
      for (const resolve of this.#onStopped.splice(0)) resolve();
      return;
    }
    this.#state = 'waiting';
    if (this.#deps.clock.now() - this.#upAtMs >= steadyMs) this.#failures = 0;
    this.#upAtMs = Number.POSITIVE_INFINITY;
    this.#failures++;
    const delayMs = reconnectDelayMs(this.#options, this.#failures, this.#cause, this.#deps.random());
    this.#deps.log.info('smpp.bind_postponed', { bind: this.index, delayMs });
    this.#retryAtMs = this.#deps.clock.now() + delayMs;
    this.#retry = setTimeout(() => this.#guard(() => this.#connect()), delayMs);
  }
}
