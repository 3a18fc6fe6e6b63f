// A simulated carrier: an SMPP server that decides the fate of a message by its number. Used by the demonstration, the
// simulated phone, tests and the benchmark; reached through the SMPP connector like any carrier.
// It stores nothing and reaches no phone.

import type { TlsOptions } from 'node:tls';
import type { Log } from '#domain/base/log-events.ts';
import { Ticker } from '#lib/async/ticker.ts';
import { listenTcp } from '#lib/net/tcp-server.ts';
import type { Clock } from '#lib/time/clock.ts';
import type { SessionLimits } from '#smpp/protocol/session.ts';
import { type Behaviour, goodBehaviour, seededRandom } from './behaviour.ts';
import { Carrier } from './carrier.ts';
import type { Counters, Submitted } from './carrier-settings.ts';
import { type FatesFile, FateTable } from './fates.ts';
import type { ReceivedText } from './inbox.ts';
import { defaultReceiptProfile, type ReceiptProfile } from './receipt-profile.ts';

export interface SimulatorOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Certificate and key; plain TCP without them. */
  readonly tls?: TlsOptions;
  readonly clock: Clock;
  readonly log: Log;
  /** Equal seeds give equal faults. */
  readonly seed?: number;
  readonly fates?: FatesFile;
  /** Credentials for binds; without them any bind is accepted. */
  readonly accounts?: readonly { readonly systemId: string; readonly password: string }[];
  /** deliver_sm without a response, for each bind. */
  readonly window?: number;
  /** Time for deliver_sm_resp; then the delivery is repeated. */
  readonly responseMs?: number;
  /** Binds of one system_id; more get ESME_RALYBND. 0: no limit. */
  readonly maxBinds?: number;
  readonly receipts?: Partial<ReceiptProfile>;
  readonly behaviour?: Partial<Behaviour>;
  /** Called for each message that is taken, before its response. */
  readonly onSubmit?: (submitted: Submitted) => void;
  /** Other limits of sessions, for tests. */
  readonly limits?: Partial<SessionLimits>;
}

export interface Simulator {
  readonly port: number;
  readonly counters: Readonly<Counters>;
  /** Receipts and replies that have not been sent. */
  readonly waiting: number;
  /** Changes only the given fields. */
  setBehaviour(behaviour: Partial<Behaviour>): void;
  behaviour(): Behaviour;
  /** The last thousand texts received, oldest first. */
  inbox(): ReceivedText[];
  /** A phone replies; `to` is the sender of the message it answers. */
  reply(from: string, to: string, text: string): void;
  /** Unbinds, then closes the connections that have not answered. */
  stop(): Promise<void>;
}

const tickMs = 20;
/** Only enquire_link can be due. */
const idleTickMs = 1_000;

const sessionLimits: SessionLimits = {
  bindMs: 10_000,
  enquireLinkMs: 60_000,
  answerMs: 10_000,
  idleMs: 0,
  window: 500,
  responseMs: 30_000,
};

export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { clock, accounts } = options;
  const carrier = new Carrier({
    fates: new FateTable(options.fates),
    passwords: accounts ? new Map(accounts.map(({ systemId, password }) => [systemId, password])) : null,
    limits: {
      ...sessionLimits,
      window: options.window ?? sessionLimits.window,
      responseMs: options.responseMs ?? sessionLimits.responseMs,
      ...options.limits,
    },
    maxBinds: options.maxBinds ?? 0,
    profile: { ...defaultReceiptProfile, ...options.receipts },
    clock,
    random: seededRandom(options.seed ?? 1),
    log: options.log,
    onSubmit: options.onSubmit ?? null,
    onActivity: () => ticker.hurry(),
  });
  const ticker = new Ticker({
    busyMs: tickMs,
    idleMs: idleTickMs,
    tick() {
      carrier.tick(clock.now());
      return !carrier.isIdle;
    },
  });
  carrier.behave({ ...goodBehaviour, ...options.behaviour });
  ticker.start();
  const { host, port, tls } = options;
  const server = await listenTcp({ host, port, ...(tls ? { tls } : {}) }, () => carrier.accept());
  return {
    port: server.port,
    counters: carrier.counters,
    get waiting() {
      return carrier.waiting;
    },
    setBehaviour: (behaviour) => carrier.behave({ ...carrier.behaviour, ...behaviour }),
    behaviour: () => carrier.behaviour,
    inbox: () => carrier.inbox.texts(),
    reply: (from, to, text) => carrier.reply(from, to, text),
    stop: async () => {
      carrier.unbind();
      await carrier.whenQuiet(stopMs);
      ticker.stop();
      await server.close();
    },
  };
}

/** Time for the responses to unbind. */
const stopMs = 500;
