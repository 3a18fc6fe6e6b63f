// The configured connectors, with the binds that belong to this process, and the routes. Used by the role `dispatch`, which
// calls `refresh` when the tables change. Without any carrier, the simulated carrier is used where it is allowed.

import { connectorKinds } from '#connectors/kinds.ts';
import type { Log } from '#domain/base/log-events.ts';
import type { CapturedExchange, Connector, ConnectorEvents } from '#domain/delivery/connector.ts';
import type { LookupConnector } from '#domain/delivery/lookup.ts';
import type { Route } from '#domain/routing/choose.ts';
import { CostTable, noCosts } from '#domain/routing/costs.ts';
import { CountryHealth } from '#domain/routing/country-health.ts';
import type { Seal } from '#lib/security/sealing.ts';
import type { Clock } from '#lib/time/clock.ts';
import { simulatedLookup } from '#simulator/lookup.ts';
import { type Simulator, startSimulator } from '#simulator/simulator.ts';
import type { Database } from '#store/database/database.ts';
import { listCosts } from '#store/platform/carrier-costs.ts';
import {
  type ConnectorRow,
  findLearnt,
  hadNoConnector,
  listConnectors,
  listRoutes,
  saveExchanges,
  saveLearnt,
} from '#store/platform/carriers.ts';
import {
  claimBinds,
  releaseBinds,
  saveBoundConnectors,
  saveConnectorHealth,
} from '#store/platform/processes.ts';
import type { Config } from './config/settings.ts';
import { openOptions } from './link-secrets.ts';
import { PausableConnector } from './pausable-connector.ts';
import type { Runtime } from './runtime.ts';

/** The simulated carrier's connector; identity columns begin at 1. */
export const simulatorId = 0;

export interface ConnectorSetOptions {
  readonly database: Database;
  readonly processId: number;
  readonly events: ConnectorEvents;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  readonly seal: Seal;
  /** Address of this platform for carriers, without a slash at the end. */
  readonly baseUrl: string;
  /** See mayBeSimulated. */
  readonly mayBeSimulated: boolean;
}

interface Opened {
  readonly connector: PausableConnector;
  /** Leases of the link: binds, or the one of polling. 0: none. */
  readonly binds: number;
  /** Whether a process without a lease cannot send. */
  readonly needsLease: boolean;
  /** The configuration of the open connector. A changed one needs another connector. */
  readonly fingerprint: string;
  readonly owned: Set<number>;
  /** The number of binds that this process should have. */
  share: number;
  /** The dispatching processes when binds were claimed last. */
  sharedWith: string;
  /** The newest one that is stored. */
  savedExchange: CapturedExchange | null;
}

/** A configured link with its secrets, disabled ones included. */
export interface KnownLink {
  readonly id: number;
  readonly name: string;
  readonly kind: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly learnt: object;
}

const stopGraceMs = 4_000;
/** A process that does not dispatch reads the routes after this time, when it needs them. */
const routesMs = 10_000;
/** Rounds of `refresh` until carriers and routes are read although nothing was announced: 32 seconds. */
const unannouncedRounds = 8;

export class ConnectorSet {
  readonly connectors = new Map<number, Connector>();
  /** Filled by the dispatcher of this process. */
  readonly countryHealth = new CountryHealth();
  readonly #options: ConnectorSetOptions;
  readonly #opened = new Map<number, Opened>();
  /** The last save of habits. */
  #saving: Promise<void> = Promise.resolve();
  #routes: readonly Route[] = [];
  #costs = noCosts;
  #routesAtMs = Number.NEGATIVE_INFINITY;
  #isResending = false;
  /** Of the links when the costs were read: the table can be long. */
  #costsVersions = '';
  #simulator: Simulator | null = null;
  #hasNoBinds = false;
  /** The live processes of the last reading; null: read again. */
  #readFor: string | null = null;
  #skippedRounds = 0;
  #isSimulated = false;
  #savedBound = '';
  #savedHealth = '';
  #waiting: (() => void)[] = [];

  constructor(options: ConnectorSetOptions) {
    this.#options = options;
  }

  get routes(): readonly Route[] {
    return this.#routes;
  }

  /** Whether a route sends messages again after a receipt of failure, or did since the start of this process. */
  get isResending(): boolean {
    return this.#isResending;
  }

  /** For the decision whether a message is sent again; null: no route does. Also in a process that does not dispatch. */
  async readResending(): Promise<{ readonly routes: readonly Route[]; readonly costs: CostTable } | null> {
    const { database, clock } = this.#options;
    if (this.#readFor === null && clock.now() - this.#routesAtMs > routesMs)
      await this.#readRoutes(await listConnectors(database.query));
    return this.#isResending ? { routes: this.#routes, costs: this.#costs } : null;
  }

  async #readRoutes(rows: readonly ConnectorRow[]): Promise<void> {
    const { database, clock } = this.#options;
    const routes = await listRoutes(database.query);
    await this.#readCosts(rows);
    this.#routes = routes;
    this.#routesAtMs = clock.now();
    // Messages of a rule that was removed are still under way.
    this.#isResending ||= routes.some(({ resendOn = [] }) => resendOn.length > 0);
  }

  get costs(): CostTable {
    return this.#costs;
  }

  /** Null also while it only waits for its last receipts: an operator added the first carrier. */
  get simulator(): Simulator | null {
    return this.#isSimulated ? this.#simulator : null;
  }

  /** Stores the connectors with a bind of this process, if they have changed, for other processes. */
  async saveBound(): Promise<void> {
    const { database, processId } = this.#options;
    const bound = [...this.connectors].flatMap(([id, { isUp }]) => (isUp ? [id] : []));
    if (String(bound) === this.#savedBound) return;
    await saveBoundConnectors(database.query, processId, bound);
    this.#savedBound = String(bound);
  }

  /** Stores the health of the links of this process for the operator, if it has changed. */
  async saveHealth(): Promise<void> {
    const { database, processId, clock } = this.#options;
    const health = Object.fromEntries(
      [...this.#opened].map(([id, { connector }]) => [
        String(id),
        { ...connector.health(), troubledCountries: this.countryHealth.listTroubled(id, clock.now()) },
      ]),
    );
    const text = JSON.stringify(health);
    if (text === this.#savedHealth) return;
    await saveConnectorHealth(database.query, processId, health, clock.now());
    this.#savedHealth = text;
  }

  /** Stores the last exchanges of the links of this process for the operator, of those that have new ones. */
  async saveExchanges(): Promise<void> {
    const { database, processId, clock } = this.#options;
    for (const [connectorId, opened] of this.#opened) {
      const exchanges = opened.connector.exchanges();
      const newest = exchanges[0];
      if (newest === undefined || newest === opened.savedExchange) continue;
      await saveExchanges(database.query, { connectorId, processId }, exchanges, clock.now());
      opened.savedExchange = newest;
    }
  }

  get isAnyAvailable(): boolean {
    return [...this.connectors].some(([id, { isUp }]) => isUp && this.isInUse(id));
  }

  /** The simulated carrier stays open for its receipts when the first carrier was added, and no route leads to it. */
  isInUse(id: number): boolean {
    return id !== simulatorId || this.#isSimulated;
  }

  /** Also in a process that does not dispatch: carriers report to it by HTTP. */
  async listLinks(): Promise<KnownLink[]> {
    const { database, seal, log } = this.#options;
    const rows = await listConnectors(database.query);
    return rows.map(({ id, name, kind, learnt, ...row }) => ({
      ...{ id, name, kind, learnt },
      options: openOptions({ id, ...row }, seal, log),
    }));
  }

  /** Resolves when a carrier is reachable. */
  whenReachable(): Promise<void> {
    if (this.isReachable) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #reportReachable(): void {
    if (!this.isReachable) return;
    for (const resolve of this.#waiting) resolve();
    this.#waiting = [];
  }

  /** True when a carrier is reachable: over a bind of this process, or because other processes hold every bind. */
  get isReachable(): boolean {
    return this.isAnyAvailable || this.#hasNoBinds;
  }

  /** Carriers or routes have changed: the next refresh reads them. */
  forget(): void {
    this.#readFor = null;
  }

  /**
   * Reads carriers and routes, opens new connectors, closes removed or changed ones, and starts this process's share of
   * the binds. `liveProcesses` are the processes that dispatch, including this one. In most rounds it only claims missing
   * binds, if these are the same and no change was announced since.
   */
  async refresh(liveProcesses: readonly number[]): Promise<void> {
    const readFor = String(liveProcesses);
    if (this.#readFor === readFor && ++this.#skippedRounds < unannouncedRounds) {
      await this.#claimMissing(liveProcesses);
      return;
    }
    this.#skippedRounds = 0;
    // Before the reading: a change that is announced during it is read in the next round.
    this.#readFor = readFor;
    try {
      await this.#read(liveProcesses);
    } catch (error) {
      this.forget();
      throw error;
    }
  }

  /**
   * Claims binds that this process lacks. Another one that stops, or that has more than its share, releases its own a little
   * later; while all have one, as the only lease of polling has, this finds none.
   */
  async #claimMissing(liveProcesses: readonly number[]): Promise<void> {
    const lacking = [...this.#opened].filter(
      ([id, { binds, owned, share }]) => id !== simulatorId && binds > 0 && owned.size < share,
    );
    for (const [id, opened] of lacking) await this.#shareBinds(id, opened, liveProcesses);
    if (lacking.length > 0) this.#noteBinds(liveProcesses);
  }

  async #read(liveProcesses: readonly number[]): Promise<void> {
    const { database } = this.#options;
    const rows = await listConnectors(database.query);
    const enabled = rows.filter((row) => row.enabled);
    for (const [id, opened] of this.#opened) {
      if (id === simulatorId) continue;
      const row = enabled.find((candidate) => candidate.id === id);
      if (row === undefined || fingerprintOf(row) !== opened.fingerprint) await this.#close(id, opened);
    }
    for (const row of enabled) {
      const { connector } = this.#opened.get(row.id) ?? this.#open(row);
      if (connector.pause(row.paused)) this.#onChange(row.id);
    }
    await this.#readRoutes(rows);
    // Not after the last carrier was removed: real messages would be reported as delivered.
    const isSimulated =
      this.#options.mayBeSimulated && rows.length === 0 && (await hadNoConnector(database.query));
    this.#isSimulated = isSimulated;
    if (isSimulated) await this.#simulate();
    if (isSimulated)
      this.#routes = [
        { connectorId: simulatorId, country: null, tier: null, sender: null, position: 1, weight: 1 },
      ];
    for (const [id, opened] of this.#opened)
      if (id !== simulatorId) await this.#shareBinds(id, opened, liveProcesses);
    this.#noteBinds(liveProcesses);
  }

  #noteBinds(liveProcesses: readonly number[]): void {
    const opened = [...this.#opened.values()];
    this.#hasNoBinds =
      liveProcesses.length > 1 &&
      opened.length > 0 &&
      opened.every(({ needsLease, owned }) => needsLease && owned.size === 0);
    this.#reportReachable();
  }

  async #readCosts(rows: readonly ConnectorRow[]): Promise<void> {
    const versions = String(rows.map(({ id, costsVersion }) => `${id}:${costsVersion}`));
    if (versions === this.#costsVersions) return;
    // The versions were read before the costs: costs that change in between are read again.
    this.#costs = new CostTable(await listCosts(this.#options.database.query));
    this.#costsVersions = versions;
  }

  #open(row: ConnectorRow): Opened {
    const { events, clock, log, random, seal, baseUrl } = this.#options;
    const { id, name, learnt } = row;
    const kind = connectorKinds.get(row.kind)!;
    const link = kind.open(
      { id, name, options: openOptions(row, seal, log), learnt },
      {
        ...events,
        onChange: (connectorId) => this.#onChange(connectorId),
        onLearnt: (connectorId, profile) => this.#saveLearnt(connectorId, profile),
      },
      { clock, log, random, baseUrl },
    );
    const connector = new PausableConnector(link);
    const needsLease = kind.capabilities.leases === 'binds';
    const opened = {
      connector,
      binds: kind.leasesOf?.(row.options) ?? (needsLease ? Number(row.options['binds'] ?? 1) : 0),
      needsLease,
      fingerprint: fingerprintOf(row),
      owned: new Set<number>(),
      share: 0,
      sharedWith: '',
      savedExchange: null,
    };
    this.#opened.set(row.id, opened);
    this.connectors.set(row.id, connector);
    return opened;
  }

  /**
   * The next start of the link begins with these habits. Unsaved habits are learnt again. One save after the other: a pool
   * would store the older one last.
   */
  #saveLearnt(id: number, profile: object): void {
    if (id === simulatorId) return;
    const { database, log } = this.#options;
    this.#saving = this.#saving
      .then(() => saveLearnt(database.query, id, profile))
      .catch((error: Error) =>
        log.warn('connector.learnt_save_failed', { connector: id, err: error.message }),
      );
  }

  #onChange(id: number): void {
    this.#options.events.onChange(id);
    this.#reportReachable();
  }

  async #close(id: number, { connector }: Opened): Promise<void> {
    this.#opened.delete(id);
    this.countryHealth.forget(id);
    await connector.stop(stopGraceMs);
    this.connectors.delete(id);
    this.#onChange(id);
  }

  async #shareBinds(id: number, opened: Opened, liveProcesses: readonly number[]): Promise<void> {
    const { database, processId } = this.#options;
    const processes = Math.max(1, liveProcesses.length);
    if (!opened.needsLease) opened.connector.share?.(processes);
    if (opened.binds === 0) return;
    const share = Math.ceil(opened.binds / processes);
    opened.share = share;
    // Only an ended process loses binds, and a new one makes the share smaller.
    if (opened.owned.size === share && opened.sharedWith === String(liveProcesses)) return;
    const owned = await claimBinds(database.query, id, opened.binds, processId, liveProcesses, share);
    const surplus = owned.slice(share);
    const added = owned.slice(0, share).filter((index) => !opened.owned.has(index));
    if (added.length > 0) {
      // After the claim: the process that had them has stored its place since the link was opened here.
      await this.#saving;
      const learnt = (await findLearnt(database.query, id)) ?? {};
      for (const index of added) {
        opened.owned.add(index);
        opened.connector.startLease(index, learnt);
      }
    }
    for (const index of [...opened.owned])
      if (!owned.slice(0, share).includes(index)) {
        opened.owned.delete(index);
        await opened.connector.stopLease?.(index, stopGraceMs);
      }
    // The next owner reads what this process has learnt.
    if (surplus.length > 0) await this.#saving;
    if (surplus.length > 0) await releaseBinds(database.query, id, processId, surplus);
    opened.sharedWith = String(liveProcesses);
  }

  async #simulate(): Promise<void> {
    if (this.#simulator !== null) return;
    const { clock, log } = this.#options;
    this.#simulator = await startSimulator({ host: '127.0.0.1', port: 0, clock, log });
    const opened = this.#open({
      id: simulatorId,
      name: 'simulator',
      kind: 'smpp',
      enabled: true,
      paused: false,
      learnt: {},
      costsVersion: 0,
      sealedSecrets: null,
      options: {
        host: '127.0.0.1',
        port: this.#simulator.port,
        systemId: 'chappe',
        password: 'chappe',
        systemType: '',
        tls: false,
        window: 500,
        tps: 0,
        binds: 1,
      },
    });
    opened.owned.add(0);
    opened.connector.startLease(0, {});
  }

  /** Stops connectors, with their pending responses, then the simulated carrier. */
  async stop(): Promise<void> {
    await Promise.all([...this.#opened.values()].map(({ connector }) => connector.stop(stopGraceMs)));
    await this.#saving;
    for (const id of this.#opened.keys())
      if (id !== simulatorId)
        await releaseBinds(this.#options.database.query, id, this.#options.processId, [
          ...this.#opened.get(id)!.owned,
        ]);
    await this.#simulator?.stop();
  }
}

/**
 * Whether the simulated carrier may replace missing ones. On the operator's own PostgreSQL only if the operator asks for it:
 * there it would report real messages as delivered until the first carrier is added.
 */
export function mayBeSimulated(
  { simulatedCarrier }: Pick<Config, 'simulatedCarrier'>,
  { isEmbedded }: Pick<Runtime, 'isEmbedded'>,
): boolean {
  return simulatedCarrier ?? isEmbedded;
}

/** No connector kind looks numbers up yet: the simulated carrier does while there is no carrier. Null if there is none. */
export async function findLookupConnector(
  config: Pick<Config, 'simulatedCarrier'>,
  runtime: Pick<Runtime, 'isEmbedded' | 'database'>,
): Promise<LookupConnector | null> {
  if (!mayBeSimulated(config, runtime)) return null;
  return (await listConnectors(runtime.database.query)).length === 0 ? simulatedLookup : null;
}

/** True while the simulated carrier serves the installation: no carrier was ever configured. */
export async function isSimulated(
  config: Pick<Config, 'simulatedCarrier'>,
  runtime: Pick<Runtime, 'isEmbedded' | 'database'>,
): Promise<boolean> {
  return mayBeSimulated(config, runtime) && hadNoConnector(runtime.database.query);
}

function fingerprintOf(row: ConnectorRow): string {
  return JSON.stringify([row.name, row.options, row.sealedSecrets?.toString('base64')]);
}
