// A seeded day in the life of an installation: real processes on a durable database, a carrier that misbehaves, endpoints
// that fail, and a platform that is killed again and again. At the end nothing accepted may be lost, nothing charged
// twice, and nothing sent twice that was not in doubt. For test/soak.test.ts and scripts/soak.ts.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type MessageStatus, messageStatus } from '../../src/domain/base/message.ts';
import { silentLog } from '../../src/lib/observability/log.ts';
import { createSeal } from '../../src/lib/security/sealing.ts';
import { createAccount } from '../../src/operations/operator/accounts/create-account.ts';
import { seededRandom } from '../../src/simulator/behaviour.ts';
import { openDatabase } from '../../src/store/database/database.ts';
import { migrate } from '../../src/store/database/migrate.ts';
import { readPidFile } from '../../src/store/embedded/cluster.ts';
import { startEmbedded } from '../../src/store/embedded/embedded.ts';
import { replaceRates } from '../../src/store/money/rates.ts';
import { insertConnector, insertRoute } from '../../src/store/platform/carriers.ts';
import { type CarrierLog, unjustifiedRepetitions } from './carrier-log.ts';
import { type Keys, mobile, sendLegacy, sendRest } from './clients.ts';
import { Customer } from './customer.ts';
import { violations } from './invariants.ts';
import { type Serving, serve } from './serving.ts';
import { registerChild, registerFolder } from './started.ts';
import { until } from './until.ts';

/** kill: SIGKILL to the platform. postgres: SIGKILL to the database server. term: SIGTERM to the platform. */
export type Incident = 'kill' | 'postgres' | 'term';

export interface DayOptions {
  readonly seed: number;
  /** In this order, spread over the traffic. */
  readonly incidents: readonly Incident[];
  /** Messages asked for between two incidents, before the first and after the last. */
  readonly messagesBetween: number;
  readonly tell?: (line: string) => void;
}

export interface DayReport {
  readonly messages: number;
  readonly accepted: number;
  /** Requests without an answer, and their result. */
  readonly withoutAnswer: number;
  readonly repetitions: number;
  readonly pushes: number;
  readonly tookMs: number;
}

const priceMicros = 50_000n;
const creditMicros = 1_000_000_000_000n;
const window = 50;
const binds = 2;
const concurrency = 8;
const accountCount = 3;

/** Endings and how messages with them end; weights by repetition. */
const endings = [
  '00',
  '11',
  '25',
  '37',
  '48',
  '59',
  '63',
  '77',
  '84',
  '90',
  '91',
  '92',
  '93',
  '95',
  '96',
  '97',
];
const finalStatusOf: Readonly<Record<string, MessageStatus>> = {
  '90': 'undelivered',
  '91': 'rejected',
  '92': 'expired',
  // Never a receipt: it stays with its carrier reference.
  '93': 'accepted',
};

const told: Partial<Record<MessageStatus, readonly string[]>> = {
  delivered: ['DELIVERED'],
  undelivered: ['NOT_DELIVERED'],
  expired: ['NOT_DELIVERED'],
  rejected: ['BAD_DESTINATION', 'INVALID_DESTINATION_ADDRESS'],
};

interface SoakRequest {
  readonly numbers: readonly string[];
  readonly account: number;
  readonly dialect: 'legacy' | 'rest';
  /** With one, the request is repeated until it is answered. */
  readonly requestId: string | null;
  readonly segments: number;
  fate: 'open' | 'accepted' | 'no-answer' | 'never-sent';
}

export async function liveDay(options: DayOptions): Promise<DayReport> {
  const dataDir = mkdtempSync(join(tmpdir(), 'chappe-day-'));
  chmodSync(dataDir, 0o755);
  const unregister = registerFolder(dataDir);
  const day = new Day(options, dataDir);
  try {
    await day.begin();
    await day.live();
    await day.settleDown();
    return await day.reckon();
  } finally {
    await day.end();
    rmSync(dataDir, { recursive: true, force: true });
    unregister();
  }
}

class Day {
  readonly #options: DayOptions;
  readonly #dataDir: string;
  readonly #random: () => number;
  readonly #startedMs = performance.now();
  readonly #requests: SoakRequest[] = [];
  readonly #accounts: (Keys & { readonly id: number; readonly path: string })[] = [];
  #messages = 0;
  #target = 0;
  #customer!: Customer;
  #carrier!: SeparateCarrier;
  #serving: Serving | null = null;
  #database!: ReturnType<typeof openDatabase>;
  #stopDatabase: () => Promise<void> = async () => {};
  #isEndpointWell = false;

  constructor(options: DayOptions, dataDir: string) {
    this.#options = options;
    this.#dataDir = dataDir;
    this.#random = seededRandom(options.seed);
  }

  #tell(line: string): void {
    this.#options.tell?.(`${((performance.now() - this.#startedMs) / 1000).toFixed(1)} s  ${line}`);
  }

  async begin(): Promise<void> {
    const embedded = await startEmbedded({ dataDir: this.#dataDir, log: () => {} });
    this.#stopDatabase = () => embedded.stop();
    this.#database = openDatabase(embedded.connection, silentLog, 3);
    await migrate(this.#database);
    const { query } = this.#database;
    const [row] = await query('select current_setting($1) as fsync', ['fsync']);
    assert.deepEqual(row, { fsync: 'on' });
    await replaceRates(query, [{ country: 'FR', tier: 'premium', priceMicros }]);

    // A separate random source: the order of callbacks does not depend on the seed.
    const whim = seededRandom(this.#options.seed + 1);
    this.#customer = await Customer.open();
    this.#customer.manner = () => {
      if (this.#isEndpointWell) return 200;
      const chance = whim();
      return chance < 0.03 ? 500 : chance < 0.04 ? 'hang-up' : 200;
    };
    const folder = join(this.#dataDir, 'carrier.log');
    this.#carrier = await SeparateCarrier.start(folder, this.#options.seed);
    await this.#openAccounts();
    await this.#startPlatform();
  }

  async #openAccounts(): Promise<void> {
    const clock = { now: () => Date.now() };
    const link = {
      host: '127.0.0.1',
      port: this.#carrier.port,
      systemId: 'day',
      password: 'day',
      systemType: '',
      tls: false,
      window,
      tps: 0,
      binds,
      // Not settings of the command line: a test does not wait a minute for an answer that never comes.
      responseMs: 1_500,
      reconnectFirstMs: 200,
      reconnectMaxMs: 1_000,
      throttlePauseMs: 50,
    };
    const connectorId = await insertConnector(
      this.#database.query,
      { name: 'carrier', options: link },
      clock.now(),
    );
    const everything = {
      country: null,
      tier: null,
      sender: null,
      position: 100,
      weight: 1,
      costMicros: null,
    };
    await insertRoute(this.#database.query, { connectorId, ...everything }, clock.now());
    for (let i = 0; i < accountCount; i++) {
      const path = `/account-${i}`;
      const order = { email: `day${i}@example.com`, name: `day ${i}`, creditMicros };
      const created = await createAccount(
        { database: this.#database, clock, seal: createSeal('unused: the day speaks Octopush') },
        { ...order, callbackUrl: this.#customer.url(path) },
      );
      assert.ok(created);
      const { userLogin: login, apiKey } = created.octopush;
      this.#accounts.push({ id: created.account.id, login, apiKey, path });
    }
  }

  async #startPlatform(): Promise<void> {
    this.#serving = await serve({
      CHAPPE_DATA_DIR: this.#dataDir,
      CHAPPE_DEMO: 'false',
      CHAPPE_CALLBACK_TIMEOUT: '2',
      CHAPPE_HTTPS_PORT: '0',
      CHAPPE_SMTP_PORT: '0',
      CHAPPE_SMPP_PORT: '0',
      CHAPPE_SMPPS_PORT: '0',
    });
    this.#tell(`ready, process ${this.#serving.pid}`);
  }

  /** Traffic and, one after the other, the incidents. */
  async live(): Promise<void> {
    for (const incident of [...this.#options.incidents, null]) {
      this.#target += this.#options.messagesBetween;
      // The seed chooses the position in the traffic, not the state of the platform at that moment.
      const strikesAt = this.#target - Math.floor(this.#random() * this.#options.messagesBetween * 0.5);
      const traffic = Promise.all(Array.from({ length: concurrency }, () => this.#work()));
      if (incident !== null) {
        await until('the traffic has come so far', () => this.#messages >= strikesAt);
        await this.#strike(incident);
      }
      await traffic;
    }
    this.#tell(`${this.#messages} messages asked for`);
  }

  async #strike(incident: Incident): Promise<void> {
    const serving = this.#serving!;
    this.#tell(`${incident} after ${this.#messages} messages, ${this.#carrier.log.numbers.length} segments`);
    if (incident === 'postgres') {
      const pid = readPidFile(join(this.#dataDir, 'postgres'))!.pid;
      process.kill(pid, 'SIGKILL');
      await until('the database is back', () => this.#isDatabaseBack(pid));
      this.#tell(`the database is back, ${this.#carrier.log.numbers.length} segments`);
      return;
    }
    this.#serving = null;
    if (incident === 'kill') await serving.end('SIGKILL');
    else {
      const askedMs = performance.now();
      const status = await serving.end('SIGTERM');
      assert.equal(status, 0, `told to stop, it ended with ${status}: ${serving.stderr()}`);
      assert.ok(performance.now() - askedMs < 10_000, 'it took longer than ten seconds to stop');
    }
    await this.#carrier.log.mark(incident);
    await this.#startPlatform();
  }

  async #isDatabaseBack(oldPid: number): Promise<boolean> {
    const file = readPidFile(join(this.#dataDir, 'postgres'));
    if (file === null || file.pid === oldPid || file.status !== 'ready') return false;
    return this.#database.query('select 1').then(
      () => true,
      () => false,
    );
  }

  /** One customer's program: asks, until enough has been asked for. */
  async #work(): Promise<void> {
    while (this.#messages < this.#target) {
      const request = this.#request();
      this.#requests.push(request);
      this.#messages += request.numbers.length;
      while (request.fate === 'open') await this.#ask(request);
    }
  }

  #request(): SoakRequest {
    const random = this.#random;
    const index = this.#requests.length;
    const size = random() < 0.08 ? 2 + Math.floor(random() * 60) : 1;
    const numbers = Array.from({ length: size }, (_, i) =>
      mobile(this.#messages + i, endings[Math.floor(random() * endings.length)]),
    );
    return {
      numbers,
      account: Math.floor(random() * accountCount),
      dialect: random() < 0.5 ? 'legacy' : 'rest',
      requestId: random() < 0.5 ? `request-${index}` : null,
      segments: random() < 0.05 ? 2 : 1,
      fate: 'open',
    };
  }

  async #ask(request: SoakRequest): Promise<void> {
    const url = this.#serving?.url;
    if (url === undefined) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return;
    }
    const send = request.dialect === 'legacy' ? sendLegacy : sendRest;
    try {
      const answer = await send(url, this.#accounts[request.account]!, {
        to: request.numbers,
        text: request.segments === 1 ? 'A day like any other' : 'A day like any other. '.repeat(9),
        ...(request.requestId === null ? {} : { requestId: request.requestId }),
      });
      if (answer.isAccepted || answer.code === '120' || answer.code === '182') request.fate = 'accepted';
      else if (answer.code !== '125' && answer.status !== 500) assert.fail(`refused: ${answer.body}`);
      else this.#withoutAnswer(request);
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
      const cause = (error as { cause?: { code?: string } }).cause?.code;
      if (cause !== 'ECONNREFUSED') this.#withoutAnswer(request);
      else if (request.requestId === null && this.#serving?.url !== url) request.fate = 'never-sent';
      else await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  #withoutAnswer(request: SoakRequest): void {
    if (request.requestId === null) request.fate = 'no-answer';
  }

  /** All faults end, and every accepted message becomes final. */
  async settleDown(): Promise<void> {
    this.#isEndpointWell = true;
    this.#carrier.behaveWell();
    let seen: string[] = [];
    await until(
      'the platform is quiet',
      async () => {
        // Postponed work is due now: other tests check delays, with a clock that can be moved.
        await this.#database.query(
          'update callbacks set due_at = now() where process_id is null and due_at > now()',
        );
        // In this order: with the last receipt comes a last callback.
        const areReceiptsIn = await this.#receiptsAreIn();
        seen = await violations(this.#database.query, { isQuiet: true });
        return areReceiptsIn && seen.length === 0;
      },
      { tell: () => [...seen, this.#serving?.stderr().slice(-2000)] },
    );
    this.#tell('quiet');
  }

  /** The carrier repeats receipts without a response: all messages except those without a receipt become final. */
  async #receiptsAreIn(): Promise<boolean> {
    const [row] = await this.#database.query<{ n: number }>(
      'select count(*) as n from messages where status = 0 and msisdn % 100 <> 93',
    );
    return row!.n === 0;
  }

  async reckon(): Promise<DayReport> {
    const stored = await this.#readMessages();
    this.#checkRequests(stored);
    this.#checkEnds(stored);
    await this.#checkMoney(stored);
    const carrierLog = this.#carrier.log;
    const { repetitions, unjustified } = unjustifiedRepetitions(carrierLog, this.#segmentsByNumber(), {
      window,
      binds,
    });
    const marks = JSON.stringify([carrierLog.dropEvery, carrierLog.silentEvery, carrierLog.marks]);
    assert.deepEqual(unjustified, [], `sent twice without having been in doubt: ${marks}`);
    const kills = this.#options.incidents.filter((incident) => incident === 'kill').length;
    const lines = carrierLog.incidentLines();
    assert.ok(repetitions <= 2000 * kills + window * lines, `${repetitions} repetitions`);
    assert.equal(await this.#serving!.end('SIGTERM'), 0);
    this.#serving = null;
    return {
      messages: stored.size,
      accepted: this.#requests.filter(({ fate }) => fate === 'accepted').length,
      withoutAnswer: this.#requests.filter(({ fate }) => fate === 'no-answer').length,
      repetitions,
      pushes: this.#customer.pushes.length,
      tookMs: Math.round(performance.now() - this.#startedMs),
    };
  }

  async #readMessages(): Promise<Map<string, { status: MessageStatus; accountId: number }>> {
    const rows = await this.#database.query<{ msisdn: number; status: number; accountId: number }>(
      'select msisdn, status, account_id as "accountId" from messages',
    );
    const stored = new Map(
      rows.map(({ msisdn, status, accountId }) => [
        String(msisdn),
        { status: messageStatus(status), accountId },
      ]),
    );
    assert.equal(stored.size, rows.length, 'a number has one message');
    return stored;
  }

  /** Answered submissions exist whole, others whole or not at all; and no other exists. */
  #checkRequests(stored: ReadonlyMap<string, unknown>): void {
    let expected = 0;
    for (const { numbers, fate, requestId } of this.#requests) {
      const found = numbers.filter((number) => stored.has(number)).length;
      expected += found;
      if (fate === 'accepted') assert.equal(found, numbers.length, `accepted and lost (${requestId})`);
      else if (fate === 'never-sent') assert.equal(found, 0, 'never asked for');
      else
        assert.ok(found === 0 || found === numbers.length, `half a campaign: ${found} of ${numbers.length}`);
    }
    assert.equal(stored.size, expected, 'nobody asked for the others');
  }

  #checkEnds(stored: ReadonlyMap<string, { status: MessageStatus; accountId: number }>): void {
    const pushed = new Map<string, { status: string; path: string }[]>();
    for (const { number, status, path } of this.#customer.taken) {
      const earlier = pushed.get(number);
      if (earlier === undefined) pushed.set(number, [{ status, path }]);
      else earlier.push({ status, path });
    }
    for (const [number, { status, accountId }] of stored) {
      assert.equal(status, finalStatusOf[number.slice(-2)] ?? 'delivered', `message to …${number.slice(-2)}`);
      const words = told[status];
      const pushes = pushed.get(number) ?? [];
      if (words === undefined) assert.deepEqual(pushes, []);
      else assert.ok(pushes.length > 0, `the end of a message to …${number.slice(-2)} was not told`);
      const { path } = this.#accounts.find(({ id }) => id === accountId)!;
      for (const push of pushes) {
        assert.ok(words?.includes(push.status), `${status} was told as ${push.status}`);
        assert.equal(push.path, path, 'told to another account');
      }
    }
    for (const number of pushed.keys()) assert.ok(stored.has(number), 'a push about nobody');
  }

  /** Computed from the prices and final statuses, without the ledger. */
  async #checkMoney(
    stored: ReadonlyMap<string, { status: MessageStatus; accountId: number }>,
  ): Promise<void> {
    const segments = this.#segmentsByNumber();
    const spent = new Map(this.#accounts.map(({ id }) => [id, 0n]));
    for (const [number, { status, accountId }] of stored)
      if (status !== 'rejected')
        spent.set(accountId, spent.get(accountId)! + priceMicros * BigInt(segments.get(number)!));
    const rows = await this.#database.query<{ id: number; balance: string; held: string }>(
      'select account_id as id, balance_micros::text as balance, held_micros::text as held from balances',
    );
    for (const { id, balance, held } of rows) {
      assert.equal(BigInt(balance), creditMicros - spent.get(id)!, 'each message is paid for once');
      assert.equal(held, '0');
    }
  }

  #segmentsByNumber(): Map<string, number> {
    const segments = new Map<string, number>();
    for (const request of this.#requests)
      for (const number of request.numbers) segments.set(number, request.segments);
    return segments;
  }

  async end(): Promise<void> {
    await this.#serving?.end('SIGKILL');
    await this.#carrier?.stop();
    await this.#customer?.close();
    await this.#database?.close();
    await this.#stopDatabase();
  }
}

const simulator = fileURLToPath(new URL('../../src/simulator/run.ts', import.meta.url));

/** The simulated carrier in a separate process that survives the platform, with a log of accepted segments. */
class SeparateCarrier {
  readonly port: number;
  readonly log: CarrierLogFile;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, port: number, log: CarrierLogFile) {
    this.#child = child;
    this.port = port;
    this.log = log;
  }

  static async start(logFile: string, seed: number): Promise<SeparateCarrier> {
    const args = ['--port', '0', '--control', '--log', logFile, '--seed', String(seed), '--latency', '5'];
    const child = spawn(process.execPath, [simulator, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
    registerChild(child);
    const lines = createInterface({ input: child.stdout! });
    const [line] = (await once(lines, 'line')) as [string];
    const random = seededRandom(seed + 2);
    const dropEvery = 250 + Math.floor(random() * 200);
    const silentEvery = 150 + Math.floor(random() * 100);
    const carrier = new SeparateCarrier(
      child,
      (JSON.parse(line) as { port: number }).port,
      new CarrierLogFile(logFile, dropEvery, silentEvery),
    );
    carrier.#order({
      drop: { every: dropEvery },
      silent: { every: silentEvery },
      throttlePerSecond: 600,
    });
    return carrier;
  }

  #order(behaviour: object): void {
    this.#child.stdin!.write(`${JSON.stringify({ behaviour })}\n`);
  }

  behaveWell(): void {
    this.#order({ drop: 0, silent: 0, throttlePerSecond: 0, latencyMs: 0 });
  }

  async stop(): Promise<void> {
    const closed = once(this.#child, 'close');
    this.#child.kill('SIGTERM');
    await closed;
  }
}

/** One line for each segment taken, in order; drops and silences strike every so many lines. */
class CarrierLogFile implements CarrierLog {
  readonly dropEvery: number;
  readonly silentEvery: number;
  readonly marks: { readonly line: number; readonly incident: Incident }[] = [];
  readonly #file: string;

  constructor(file: string, dropEvery: number, silentEvery: number) {
    this.#file = file;
    this.dropEvery = dropEvery;
    this.silentEvery = silentEvery;
  }

  get numbers(): string[] {
    const lines = readFileSync(this.#file, 'latin1').split('\n');
    return lines.slice(0, -1).map((line) => line.split(' ')[1]!);
  }

  incidentLines(): number {
    const count = this.numbers.length;
    return Math.floor(count / this.dropEvery) + Math.floor(count / this.silentEvery);
  }

  /** Records that the platform ended here. Its last messages can still arrive: waits until no more come. */
  async mark(incident: Incident): Promise<void> {
    let before = -1;
    let since = performance.now();
    const line = await until('the carrier has read what had been sent', () => {
      const now = this.numbers.length;
      if (now !== before) {
        before = now;
        since = performance.now();
      }
      return performance.now() - since > 100 ? { now } : null;
    });
    this.marks.push({ line: line.now, incident });
  }
}
