// A whole platform in this process, for journeys: its processes on a cloned database, the simulated carrier, a customer that
// records callbacks, a clock moved by hand. It closes at the end of its scope, and fails there if a resource
// leaks, the ledger is inconsistent, or an accepted message is lost.
import assert from 'node:assert/strict';
import { after } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import type { AccountSettings } from '../../src/domain/account/account.ts';
import { type MessageStatus, messageStatus } from '../../src/domain/base/message.ts';
import { createLogOn, type LogWriter, silentLog } from '../../src/lib/observability/log.ts';
import { createSeal } from '../../src/lib/security/sealing.ts';
import { allRoles, type Role } from '../../src/main/config/roles.ts';
import { type Config, settings } from '../../src/main/config/settings.ts';
import { startProcess } from '../../src/main/main.ts';
import type { RunningProcess } from '../../src/main/running-process.ts';
import type { Runtime } from '../../src/main/runtime.ts';
import {
  type BindKeys,
  createAccount,
  type OvhKeys,
  type UserKeys,
} from '../../src/operations/operator/accounts/create-account.ts';
import { readAccount, updateSettings } from '../../src/store/accounts/accounts.ts';
import { insertSender, type NewSender } from '../../src/store/accounts/senders.ts';
import { type Database, openDatabase } from '../../src/store/database/database.ts';
import { createIds } from '../../src/store/database/ids.ts';
import { notify } from '../../src/store/database/notices.ts';
import { replaceRates } from '../../src/store/money/rates.ts';
import { insertConnector, insertRoute } from '../../src/store/platform/carriers.ts';
import { type CarrierOptions, TestCarrier } from './carrier.ts';
import type { Keys } from './clients.ts';
import { Customer } from './customer.ts';
import { DatabaseWire } from './database-wire.ts';
import { freePort } from './free-port.ts';
import { violations } from './invariants.ts';
import { MovableClock } from './movable-clock.ts';
import { deleteAccountRows, isBusy, readFingerprint } from './platform-reuse.ts';
import { openTestDatabase, type TestDatabase } from './postgres.ts';
import { until } from './until.ts';

/** A Wednesday, ten in the morning in Paris: marketing may leave. */
export const workingHours = Date.UTC(2026, 10, 18, 9);

/** Price of a segment to a French mobile in the premium tier. */
export const priceMicros = 50_000n;

/** Of all platforms of this process: a cache never takes a new account for an old one. */
let accounts = 0;

/** Every account has it. */
const usualSender: NewSender = {
  name: 'Chappe',
  type: 'alpha',
  referer: 'custom',
  status: 'enabled',
  description: '',
  reason: 'tests',
  code: null,
  codeTries: 0,
};

/** Shared by all processes of a platform, like CHAPPE_SECRET_KEY. */
const testSeal = createSeal('a secret of the tests');

const intervals = { reclaimEveryMs: 300, expiryEveryMs: 500 };

/** Settings of the link that tests like short; the connector reads them from its row like all others. */
const swiftLink = { reconnectFirstMs: 100, reconnectMaxMs: 400, answerMs: 2_000, responseMs: 5_000 };

export interface PlatformOptions {
  /** One platform for each entry; one with every role when left out. */
  readonly processes?: readonly (readonly Role[])[];
  readonly nowMs?: number;
  readonly carrier?: CarrierOptions;
  readonly link?: Readonly<Record<string, unknown>>;
  readonly config?: Partial<Config>;
  /** Each process with listeners has an SMPP listener, with TLS too. */
  readonly withSmpp?: boolean;
  /** The platforms reach the database over a wire that can be cut. */
  readonly overWire?: boolean;
}

export interface AccountOptions {
  readonly email?: string;
  readonly creditMicros?: bigint;
  /** Where receipts are pushed; null for an account without callbacks. */
  readonly callbackPath?: string | null;
  readonly settings?: Partial<AccountSettings>;
  readonly signingKey?: string;
  /** The account it is a sub-account of. */
  readonly parent?: TestAccount;
}

export interface TestAccount extends Keys {
  readonly id: number;
  readonly serviceName: string;
  readonly ovh: OvhKeys;
  /** Its first user, for http2sms and mail. */
  readonly user: UserKeys;
  readonly smpp: BindKeys;
  readonly path: string;
}

export interface TestProcess {
  readonly running: RunningProcess;
  readonly runtime: Runtime;
  /** Why it wanted to end at once; empty while it is well. */
  readonly fatal: string[];
  readonly isStopped: boolean;
  stop(): Promise<void>;
}

/**
 * With options that leave no trace in time (config, carrier, link), the platform that a test has left clean serves the next
 * test that asks for the same.
 */
export async function openPlatform(options: PlatformOptions = {}): Promise<TestPlatform> {
  const reused = await takeIdle(options);
  if (reused) return reused;
  const resourcesBefore = openSockets();
  const clock = new MovableClock(options.nowMs ?? workingHours);
  const testDatabase = await openTestDatabase();
  const platform = new TestPlatform(testDatabase, clock, options, resourcesBefore);
  try {
    await platform.open();
    return platform;
  } catch (error) {
    await platform.end().catch(() => {});
    throw error;
  }
}

/** The platform that the last test left clean. One at most: others would disturb the search for leaks. */
let idle: { readonly key: string; readonly platform: TestPlatform } | null = null;
/** Tests begin and end in this time on the clock of the platform they share. */
const reusedForMs = 20 * 60_000;
const quietWithinMs = 500;

function reuseKey({ processes, overWire, ...rest }: PlatformOptions): string | null {
  return processes === undefined && !overWire ? JSON.stringify(rest) : null;
}

/** Ends an idle platform of another kind: its sockets would look like leaks. */
async function takeIdle(options: PlatformOptions): Promise<TestPlatform | null> {
  const left = idle;
  idle = null;
  if (left === null) return null;
  if (left.key === reuseKey(options)) return left.platform;
  await left.platform.end();
  return null;
}

/** Number of open platforms of this process, and of all. A hook of a file opens one in addition to those of tests. */
let live = 0;
let opened = 0;

/** True after the last test: hooks of files may still leave a platform. */
let isOver = false;

after(async () => {
  isOver = true;
  await idle?.platform.end();
});

export class TestPlatform implements AsyncDisposable {
  readonly clock: MovableClock;
  readonly carrier: TestCarrier;
  readonly processes: TestProcess[] = [];
  /** Warnings and errors of every process, as JSON lines. */
  readonly logLines: string[] = [];
  readonly testDatabase: TestDatabase;
  /** Connections of the test, in addition to those of the platform. */
  readonly database: Database;
  /** Reasons to end that a test provokes on purpose. */
  readonly expectedFatal: RegExp[] = [];
  readonly #options: PlatformOptions;
  readonly #resourcesBefore: Readonly<Record<string, number>>;
  #customer: Customer | null = null;
  #wire: DatabaseWire | null = null;
  #hasDispatcher = false;
  #fingerprint = '';
  /** Then a search for leaks would find the sockets of tests, of the runner and of other platforms. */
  #isReused = false;
  readonly #number = ++opened;
  readonly #wasAlone = live++ === 0;

  constructor(
    testDatabase: TestDatabase,
    clock: MovableClock,
    options: PlatformOptions,
    resourcesBefore: Readonly<Record<string, number>>,
  ) {
    this.testDatabase = testDatabase;
    this.clock = clock;
    this.#options = options;
    this.#resourcesBefore = resourcesBefore;
    this.carrier = new TestCarrier(clock, options.carrier ?? {});
    this.database = openDatabase(testDatabase.connection, silentLog, 4);
  }

  async open(): Promise<void> {
    this.#customer = await Customer.open();
    if (this.#options.overWire) this.#wire = await DatabaseWire.open(this.testDatabase.connection);
    await this.carrier.up();
    const { query } = this.database;
    await replaceRates(query, [
      { country: 'FR', tier: 'premium', priceMicros },
      { country: 'FR', tier: 'low_cost', priceMicros: 39_000n },
    ]);
    const link = {
      host: '127.0.0.1',
      port: this.carrier.port,
      systemId: 'house',
      password: 'house',
      systemType: '',
      tls: false,
      window: 500,
      tps: 0,
      binds: 1,
      ...swiftLink,
      ...this.#options.link,
    };
    const connectorId = await insertConnector(query, { name: 'carrier', options: link }, this.clock.now());
    const everything = {
      country: null,
      tier: null,
      sender: null,
      position: 100,
      weight: 1,
      costMicros: null,
    };
    await insertRoute(query, { connectorId, ...everything }, this.clock.now());
    for (const roles of this.#options.processes ?? [allRoles]) await this.start(roles);
    if (reuseKey(this.#options) !== null) this.#fingerprint = await readFingerprint(query);
  }

  /** Starts another process of the platform; for the others it is a separate process. */
  async start(roles: readonly Role[] = allRoles): Promise<TestProcess> {
    const connection = { ...this.testDatabase.connection, ...this.#wire?.address };
    const database = openDatabase(connection, this.#log(), 3);
    const runtime: Runtime = {
      database,
      clock: this.clock,
      ids: createIds(database, () => this.clock.now()),
      log: this.#log(),
      seal: testSeal,
      isEmbedded: false,
      version: 'test',
      ensureRunning: async () => {},
      stop: () => database.close(),
    };
    const fatal: string[] = [];
    const config: Config = {
      ...defaultConfig(),
      simulatedCarrier: true,
      httpsPort: 0,
      smtpPort: 0,
      smppPort: this.#options.withSmpp ? await freePort() : 0,
      smppsPort: 0,
      operationsPort: 0,
      ...this.#options.config,
      httpPort: roles.includes('listeners') ? await freePort() : 0,
      roles,
    };
    let stopped: Promise<void> | undefined;
    try {
      const running = await startProcess(config, runtime, (reason) => fatal.push(reason), { intervals });
      // The first takes every bind; others get their share when they have been seen.
      if (roles.includes('dispatch') && !this.#hasDispatcher && this.carrier.isUp) await running.whenBound();
      this.#hasDispatcher ||= roles.includes('dispatch');
      const process: TestProcess = {
        running,
        runtime,
        fatal,
        get isStopped() {
          return stopped !== undefined;
        },
        stop() {
          stopped ??= running.stop().then(() => runtime.stop());
          return stopped;
        },
      };
      this.processes.push(process);
      return process;
    } catch (error) {
      await runtime.stop();
      throw error;
    }
  }

  #log(): LogWriter {
    const write = (line: string) => {
      this.logLines.push(line);
    };
    return createLogOn('warn', { write });
  }

  get customer(): Customer {
    return this.#customer!;
  }

  get wire(): DatabaseWire {
    return this.#wire!;
  }

  /** The HTTP address of the first process with listeners. */
  get url(): string {
    for (const { running } of this.processes) if (running.httpUrl !== null) return running.httpUrl;
    throw new Error('this house has no door');
  }

  get query(): Database['query'] {
    return this.database.query;
  }

  async anAccount(options: AccountOptions = {}): Promise<TestAccount> {
    const name = `account-${++accounts}`;
    const path = options.callbackPath === undefined ? `/${name}` : options.callbackPath;
    const email = options.email ?? `${name}@example.com`;
    const created = await createAccount(
      { database: this.database, clock: this.clock, seal: testSeal },
      {
        email,
        name,
        creditMicros: options.creditMicros ?? 1_000_000_000n,
        callbackUrl: path === null ? null : this.customer.url(path),
        ...(options.parent && { parent: (await readAccount(this.query, options.parent.id))! }),
      },
    );
    assert.ok(created, `there is an account ${email} already`);
    const { account, octopush, ovh, user, smpp } = created;
    await insertSender(this.query, account, usualSender, this.clock.now());
    const { signingKey } = options;
    const callbacks = { ...account.settings.callbacks, ...(signingKey === undefined ? {} : { signingKey }) };
    if (options.settings !== undefined || signingKey !== undefined) {
      await updateSettings(this.query, account.id, { ...options.settings, callbacks });
      await notify(this.query, 'accounts');
    }
    return {
      id: account.id,
      serviceName: account.serviceName,
      login: octopush.userLogin,
      apiKey: octopush.apiKey,
      ovh,
      user,
      smpp,
      path: path ?? '',
    };
  }

  /** Moves the clock and wakes the loops that depend on it. */
  async advance(ms: number): Promise<void> {
    this.clock.advance(ms);
    await notify(this.query, 'chunks');
    await notify(this.query, 'callbacks');
  }

  /** Available and held credit. */
  async credit(account: TestAccount): Promise<{ availableMicros: bigint; heldMicros: bigint }> {
    const [row] = await this.query<{ balance: number; held: number }>(
      'select balance_micros as balance, held_micros as held from balances where account_id = $1',
      [account.id],
    );
    return { availableMicros: BigInt(row!.balance - row!.held), heldMicros: BigInt(row!.held) };
  }

  async statusOf(number: string): Promise<MessageStatus | null> {
    const rows = await this.query<{ status: number }>('select status from messages where msisdn = $1', [
      Number(number),
    ]);
    assert.ok(rows.length <= 1, `${rows.length} messages to ${number}`);
    return rows.length === 0 ? null : messageStatus(rows[0]!.status);
  }

  async count(
    table: 'messages' | 'campaigns' | 'chunks' | 'callbacks' | 'ledger_entries' | 'idempotency_keys',
  ) {
    const [row] = await this.query<{ n: number }>(`select count(*) as n from ${table}`);
    return row!.n;
  }

  /** Waits until every accepted message is final, settled and reported. */
  async quiet(): Promise<void> {
    let seen: string[] = [];
    await until(
      'every accepted message is final and reported',
      async () => {
        seen = await violations(this.query, { isQuiet: true });
        return seen.length === 0;
      },
      { tell: () => seen },
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const key = reuseKey(this.#options);
    if (key === null || idle !== null || isOver || !(await this.#isClean().catch(() => false)))
      return this.end();
    await deleteAccountRows(this.database);
    this.#isReused = true;
    this.carrier.forget();
    this.customer.pushes.length = 0;
    this.customer.answerAll();
    this.logLines.length = 0;
    idle = { key, platform: this };
  }

  /** No work is left, the settings are those of the start, the ledger is consistent. */
  async #isClean(): Promise<boolean> {
    const [process, ...others] = this.processes;
    const isUnchanged =
      others.length === 0 &&
      process !== undefined &&
      !process.isStopped &&
      process.fatal.length === 0 &&
      this.expectedFatal.length === 0 &&
      this.carrier.isUntouched &&
      this.carrier.isUp &&
      this.carrier.waiting === 0 &&
      this.customer.isUntouched &&
      this.clock.isUntouched &&
      this.clock.now() < (this.#options.nowMs ?? workingHours) + reusedForMs;
    if (!isUnchanged) return false;
    const endsAtMs = Date.now() + quietWithinMs;
    while (await isBusy(this.query, this.clock.now())) {
      if (Date.now() > endsAtMs) return false;
      await setTimeout(20);
    }
    if ((await readFingerprint(this.query)) !== this.#fingerprint) return false;
    return (await violations(this.query)).length === 0;
  }

  /** Stops all processes; fails if a resource leaks, the ledger is inconsistent, or an accepted message is lost. */
  async end(): Promise<void> {
    const problems: string[] = [];
    const attempt = async (what: string, work: () => Promise<unknown>) => {
      try {
        await work();
      } catch (error) {
        problems.push(`${what}: ${(error as Error).stack}`);
      }
    };
    for (const process of this.processes.toReversed()) {
      await attempt('stopping a process', () => process.stop());
      problems.push(
        ...process.fatal.filter((reason) => !this.expectedFatal.some((known) => known.test(reason))),
      );
    }
    await attempt('stopping the carrier', () => this.carrier.down());
    await attempt('closing the customer', async () => this.#customer?.close());
    await attempt('closing the wire', async () => this.#wire?.[Symbol.asyncDispose]());
    await attempt('the books', async () => problems.push(...(await violations(this.query))));
    await attempt('connections left open', () => this.#connectionsGone());
    await attempt('closing the database', () => this.database.close());
    await attempt('dropping the database', () => this.testDatabase.drop());
    live--;
    const isAlone = this.#wasAlone && this.#number === opened;
    if (isAlone && !this.#isReused) await attempt('sockets left open', () => this.#socketsGone());
    if (problems.length > 0)
      throw new Error(
        `the platform is not left in order:\n${[...problems, ...this.logLines.slice(-20)].join('\n')}`,
      );
  }

  /** Of the platforms: the test's own pool is still there, and names itself by nothing else. */
  async #connectionsGone(): Promise<void> {
    await this.database.transaction(async (query) => {
      const count = async () => {
        const [row] = await query<{ n: number }>(
          `select count(*) as n from pg_stat_activity where datname = current_database() and application_name like 'chappe%'`,
        );
        return row!.n;
      };
      // The pool of the test holds at most four, this one included.
      await until('the platforms have closed their connections', async () => (await count()) <= 4);
    });
  }

  async #socketsGone(): Promise<void> {
    const isAsBefore = () => {
      const now = openSockets();
      return Object.entries(now).every(([kind, count]) => count <= (this.#resourcesBefore[kind] ?? 0));
    };
    await until('every socket is closed', isAsBefore, { tell: openSockets });
  }
}

function openSockets(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo())
    if (/^(TCPSocketWrap|TCPServerWrap|PipeWrap|PipeServerWrap)$/.test(kind))
      counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

/** As of an installation that sets nothing; knows no environment. */
function defaultConfig(): Config {
  const entries = Object.entries(settings).map(([key, setting]) => [key, setting.read(undefined)]);
  return Object.fromEntries(entries) as Config;
}
