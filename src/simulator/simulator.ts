// A stand-alone simulated carrier: an SMPP 3.4 server whose messages meet the fate their number says. Serves the
// demonstration, the console's phone, tests and the bench; reached through the SMPP connector like any carrier.
// It keeps nothing on disk and must never be mistaken for the way to a handset.

import type { TlsOptions } from 'node:tls';
import type { Log } from '#domain/base/log-events.ts';
import { Ticker } from '#lib/async/ticker.ts';
import { listenTcp } from '#lib/net/tcp-server.ts';
import type { Clock } from '#lib/time/clock.ts';
import type { SessionLimits } from '#smpp/protocol/session.ts';
import { type Behaviour, goodBehaviour, seededRandom } from './behaviour.ts';
import { Carrier, type Counters, type Submitted } from './carrier.ts';
import { type FatesFile, FateTable } from './fates.ts';
import { type CarrierHabits, type IdNotation, usualHabits } from './habits.ts';
import type { ReceivedText } from './inbox.ts';

export interface SimulatorOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Certificate and key; plain TCP without. */
  readonly tls?: TlsOptions;
  readonly clock: Clock;
  readonly log: Log;
  /** The same seed misbehaves in the same way. */
  readonly seed?: number;
  readonly fates?: FatesFile;
  /** Who may bind; anybody when left out. */
  readonly accounts?: readonly { readonly systemId: string; readonly password: string }[];
  /** deliver_sm without an answer, for each bind. */
  readonly window?: number;
  /** How it writes ids and receipts; what is not named is as usual. */
  readonly habits?: Partial<CarrierHabits>;
  readonly receiptTlvs?: boolean;
  readonly idNotation?: IdNotation;
  readonly behaviour?: Partial<Behaviour>;
  /** Told of each message taken, before it is answered. */
  readonly onSubmit?: (submitted: Submitted) => void;
  /** Overrides of the session's timers, for tests. */
  readonly limits?: Partial<SessionLimits>;
}

export interface Simulator {
  readonly port: number;
  readonly counters: Readonly<Counters>;
  /** Receipts and replies that have not left yet. */
  readonly waiting: number;
  /** What is not named stays as it is. */
  setBehaviour(behaviour: Partial<Behaviour>): void;
  behaviour(): Behaviour;
  /** The last thousand texts received, oldest first. */
  inbox(): ReceivedText[];
  /** A phone answers: `to` is the sender it answers to. */
  reply(from: string, to: string, text: string): void;
  /** Unbinds, then closes what has not answered. */
  stop(): Promise<void>;
}

const tickMs = 20;
/** Nothing waits for its time or an answer: only enquire_link is due some time. */
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
    limits: { ...sessionLimits, window: options.window ?? sessionLimits.window, ...options.limits },
    habits: {
      ...usualHabits,
      receiptTlvs: options.receiptTlvs ?? false,
      idNotation: options.idNotation ?? 'text',
      ...options.habits,
    },
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

/** How long peers may take to answer the goodbye. */
const stopMs = 500;
