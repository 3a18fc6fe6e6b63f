// Carriers and routes of the installation, for the operator. Used by `chappe carrier`, `chappe route` and the console.
// A notice (`carriers`) reports changes: running processes bind, unbind and route again. Secrets are sealed, never listed.
// Refuses, as OperatorRefusal: a taken name, an unknown carrier or route, a value that is not valid.
import { OperatorRefusal } from '#domain/base/operator-refusal.ts';
import type { CapturedExchange } from '#domain/delivery/connector.ts';
import type { ConnectorHealth } from '#domain/delivery/connector-health.ts';
import type { ConnectorOption, LinkTest } from '#domain/delivery/connector-kind.ts';
import type { LinkState } from '#domain/routing/explain.ts';
import type { Seal } from '#lib/security/sealing.ts';
import type { OperatorAccess } from '#operations/access/access.ts';
import { auditChange } from '#operations/access/audit-change.ts';
import { authorize } from '#operations/access/authorize.ts';
import type { Context } from '#pipeline/context.ts';
import type { Query } from '#store/database/database.ts';
import { notify } from '#store/database/notices.ts';
import {
  type ConnectorRow,
  hadNoConnector,
  insertConnector,
  insertRoute,
  type LinkOptions,
  listConnectors,
  listExchanges,
  removeConnector,
  replaceConnectorOptions,
  setConnectorEnabled,
  setConnectorPaused,
} from '#store/platform/carriers.ts';
import { listProcessDetails, type ProcessDetails } from '#store/platform/processes.ts';
import { blockDemo } from './block-demo.ts';
import { createRoutingRules, type RoutingRules } from './routing-rules.ts';

interface NewCarrier {
  readonly kind: string;
  readonly name: string;
  /** Read by the table of the kind, which refuses mistakes. */
  readonly options: LinkOptions;
  /** Options that are sealed. */
  readonly secrets?: LinkOptions;
  /** Adds a routing rule for all messages over it, after the existing rules. */
  readonly addsRoute: boolean;
}

interface ChangedLink {
  /** All options, as the table of the kind reads them, without the secret ones. */
  readonly options: LinkOptions;
  readonly secrets: LinkOptions;
}

export interface ListedCarrier {
  readonly id: number;
  readonly name: string;
  readonly kind: 'smpp' | 'http';
  readonly enabled: boolean;
  /** Stays connected for receipts and replies, and gets no message. */
  readonly paused: boolean;
  readonly options: LinkOptions;
}

/** What one process reports about a link. */
export interface LinkHealth extends ConnectorHealth {
  readonly process: { readonly id: number; readonly host: string; readonly pid: number };
  readonly reportedAtMs: number;
}

export interface CarrierState extends ListedCarrier {
  readonly description: string;
  readonly state: LinkState;
  readonly health: readonly LinkHealth[];
}

/** The connector kinds, which the caller has: their options, and attempts to connect. */
export interface CarrierLinks {
  readonly kinds: readonly string[];
  optionsOf(kind: string): readonly ConnectorOption[];
  /** Null: an unknown kind. */
  read(
    kind: string,
    texts: Readonly<Record<string, string>>,
    stored?: LinkOptions,
  ): Promise<{
    readonly options: LinkOptions;
    readonly secrets: LinkOptions;
    readonly mistakes: readonly string[];
  } | null>;
  describe(kind: string, options: LinkOptions): string;
  callbackUrls(
    name: string,
    secrets: LinkOptions,
  ): { readonly receipt: string; readonly reply: string } | null;
  test(kind: string, options: LinkOptions): Promise<LinkTest>;
}

interface ProcessExchange extends CapturedExchange {
  readonly process: number;
}

export interface Carriers extends RoutingRules {
  list(access: OperatorAccess): Promise<ListedCarrier[]>;
  /** With its secrets, for the addresses that contain one. */
  show(access: OperatorAccess, name: string): Promise<ListedCarrier & { readonly secrets: LinkOptions }>;
  /** Returns its id. */
  add(access: OperatorAccess, carrier: NewCarrier): Promise<number>;
  /** Replaces all options of the link. Running processes open it again; its routes and its waiting messages stay. */
  setOptions(access: OperatorAccess, name: string, link: ChangedLink): Promise<void>;
  /** Removes its routing rules too. Messages that wait for it take another route, or wait. */
  remove(access: OperatorAccess, name: string): Promise<void>;
  setEnabled(access: OperatorAccess, name: string, isEnabled: boolean): Promise<void>;
  /** A paused link stays connected. Messages that wait for it take another route, or wait. */
  setPaused(access: OperatorAccess, name: string, isPaused: boolean): Promise<void>;
  /** Pauses the link, waits at most `waitMs` for the answers to its messages, then disables it. Returns the messages left. */
  drain(access: OperatorAccess, name: string, waitMs: number): Promise<number>;
  /** All links with their health in each process; the simulated carrier while it serves the installation. */
  listStates(access: OperatorAccess): Promise<CarrierState[]>;
  /** Connects once: over the stored link, with these options instead of its own. `name` null: over a new link of the kind. */
  test(access: OperatorAccess, link: TestedLink): Promise<LinkTest>;
  /**
   * The last exchanges with an HTTP carrier in all processes, newest first, at most ten seconds old. Null: the kind captures
   * none.
   */
  listExchanges(access: OperatorAccess, name: string): Promise<readonly ProcessExchange[] | null>;
}

/** After the routing rules of operators, which have position 50. */
const lastPosition = 100;

/** Options that name the carrier. The audit trail shows their values; others can contain texts with credentials. */
const identifying = ['host', 'port', 'systemId', 'preset', 'baseUrl'];

/** A carrier has its name in the addresses that it calls. */
const nameForm = /^[A-Za-z0-9][\w.-]{0,39}$/;

interface TestedLink {
  readonly kind: string;
  readonly name: string | null;
  /** As an operator writes them, by flag. */
  readonly texts: Readonly<Record<string, string>>;
}

export interface CarrierNeeds extends Pick<Context, 'database' | 'clock'> {
  readonly seal: Seal;
  readonly links: CarrierLinks;
}

const drainPollMs = 500;
const reportWaitMs = 5_000;
const simulator = {
  id: 0,
  name: 'simulator',
  kind: 'smpp',
  enabled: true,
  paused: false,
  options: {},
} as const;

/** Values of the options that the audit trail shows. */
function auditedOf(options: LinkOptions): LinkOptions {
  return Object.fromEntries(Object.entries(options).filter(([name]) => identifying.includes(name)));
}

/** Names of the options that differ, sorted. */
function changedNames(before: LinkOptions, after: LinkOptions): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name])).sort();
}

export function createCarriers({ database, clock, seal, links }: CarrierNeeds): Carriers {
  async function change<T>(
    access: OperatorAccess,
    action: string,
    target: string,
    work: (query: Query, nowMs: number) => Promise<{ readonly result: T; readonly after?: object }>,
  ): Promise<T> {
    return database.transaction(async (query) => {
      const nowMs = clock.now();
      const { result, after } = await work(query, nowMs);
      const facts = after === undefined ? null : { ...after };
      await auditChange(query, access, { action, target, after: facts }, nowMs);
      await notify(query, 'carriers');
      return result;
    });
  }

  function openSecrets(sealed: Buffer | null, name: string): LinkOptions {
    try {
      return sealed === null ? {} : (JSON.parse(seal.open(sealed)) as LinkOptions);
    } catch {
      throw new OperatorRefusal(
        `the secrets of carrier ${name} cannot be opened: CHAPPE_SECRET_KEY has changed; remove the carrier and add it again`,
      );
    }
  }

  /** The processes that dispatch now. */
  async function listDispatching(): Promise<ProcessDetails[]> {
    const processes = await listProcessDetails(database.query);
    return processes.filter(({ leaseRanOut, roles }) => !leaseRanOut && roles.includes('dispatch'));
  }

  function healthOf(id: number, processes: readonly ProcessDetails[]): LinkHealth[] {
    return processes.flatMap(({ id: process, host, pid, health, healthAtMs }) => {
      const found = health[String(id)];
      return found === undefined
        ? []
        : [{ ...found, process: { id: process, host, pid }, reportedAtMs: healthAtMs ?? 0 }];
    });
  }

  async function readStates(): Promise<CarrierState[]> {
    const processes = await listDispatching();
    const rows = (await listConnectors(database.query)).map(shownOf);
    const isSimulated = rows.length === 0 && processes.some(({ health }) => '0' in health);
    return (isSimulated ? [simulator] : rows).map((carrier) => {
      const health = healthOf(carrier.id, processes);
      return {
        ...carrier,
        description: carrier.id === simulator.id ? '' : links.describe(carrier.kind, carrier.options),
        state: stateOf(carrier, health, processes.length > 0),
        health,
      };
    });
  }

  const closeSecrets = (secrets: LinkOptions) =>
    Object.keys(secrets).length === 0 ? null : seal.close(JSON.stringify(secrets));

  const rules = createRoutingRules({
    database,
    clock,
    change,
    readLinks: async () => new Map((await readStates()).map((carrier) => [carrier.id, carrier])),
  });

  return {
    ...rules,

    async list(access) {
      authorize(access, 'carriers.read');
      return (await listConnectors(database.query)).map(shownOf);
    },

    async listStates(access) {
      authorize(access, 'carriers.read');
      return readStates();
    },

    async test(access, { kind, name, texts }) {
      authorize(access, 'carriers.write');
      const stored = name === null ? null : await requireCarrier(database.query, name);
      const before = stored && { ...stored.options, ...openSecrets(stored.sealedSecrets, stored.name) };
      const read = await links.read(stored?.kind ?? kind, texts, before ?? undefined);
      if (read === null)
        throw new OperatorRefusal(`the carrier kind "${kind}" must be ${links.kinds.join(', ')}`);
      if (read.mistakes.length > 0) throw new OperatorRefusal(...read.mistakes);
      return links.test(stored?.kind ?? kind, { ...read.options, ...read.secrets });
    },

    async listExchanges(access, name) {
      authorize(access, 'carriers.read');
      const { id, kind } = await requireCarrier(database.query, name);
      if (kind !== 'http') return null;
      const rows = await listExchanges(database.query, id);
      return rows
        .flatMap(({ processId, exchanges }) => exchanges.map((one) => ({ ...one, process: processId })))
        .sort((a, b) => b.atMs - a.atMs);
    },

    async setPaused(access, name, isPaused) {
      authorize(access, 'carriers.write');
      const action = isPaused ? 'carrier.paused' : 'carrier.resumed';
      return change(access, action, name, async (query) => {
        if (!(await setConnectorPaused(query, name, isPaused))) throw unknownCarrier(name);
        return { result: undefined };
      });
    },

    async drain(access, name, waitMs) {
      authorize(access, 'carriers.write');
      const { id } = await requireCarrier(database.query, name);
      await this.setPaused(access, name, true);
      const untilMs = clock.now() + waitMs;
      const pausedAtMs = clock.now();
      const readLeft = async () => {
        const health = healthOf(id, await listDispatching());
        // An unchanged report is not written again: an idle link has an old one.
        return health.reduce((sum, { inFlight }) => sum + inFlight, 0);
      };
      let left = await readLeft();
      // Two periods of the reports: a message that was handed over a moment ago is in the next one.
      while (clock.now() < untilMs && (left > 0 || clock.now() < pausedAtMs + reportWaitMs)) {
        await new Promise((resolve) => setTimeout(resolve, drainPollMs));
        left = await readLeft();
      }
      if (left > 0) return left;
      await change(access, 'carrier.disabled', name, async (query) => {
        await setConnectorEnabled(query, name, false);
        await setConnectorPaused(query, name, false);
        return { result: undefined, after: { drained: true } };
      });
      return 0;
    },

    async show(access, name) {
      authorize(access, 'carriers.write');
      const carrier = await requireCarrier(database.query, name);
      return { ...shownOf(carrier), secrets: openSecrets(carrier.sealedSecrets, name) };
    },

    async add(access, { kind, name, options, secrets = {}, addsRoute }) {
      authorize(access, 'carriers.write');
      if (kind !== 'smpp' && kind !== 'http')
        throw new OperatorRefusal(`carriers are reached over smpp or http, not "${kind}"`);
      if (kind === 'http' && !nameForm.test(name))
        throw new OperatorRefusal(
          `the name "${name}" is part of addresses; write letters, digits, dots, hyphens and underscores, at most 40`,
        );
      const sealedSecrets = closeSecrets(secrets);
      return change(access, 'carrier.added', name, async (query, nowMs) => {
        if ((await listConnectors(query)).some((carrier) => carrier.name === name))
          throw new OperatorRefusal(`there is a carrier ${name} already`);
        const blocked = (await hadNoConnector(query)) ? await blockDemo(query) : null;
        const connectorId = await insertConnector(query, { name, kind, options, sealedSecrets }, nowMs);
        const everything = { country: null, tier: null, sender: null, weight: 1 };
        if (addsRoute)
          await insertRoute(query, { ...everything, connectorId, position: lastPosition }, nowMs);
        return {
          result: connectorId,
          after: { kind, ...auditedOf(options), hasRoute: addsRoute, ...(blocked !== null && { blocked }) },
        };
      });
    },

    async setOptions(access, name, { options, secrets }) {
      authorize(access, 'carriers.write');
      return change(access, 'carrier.changed', name, async (query) => {
        const carrier = (await listConnectors(query)).find((row) => row.name === name);
        if (carrier === undefined) throw unknownCarrier(name);
        const stored = { ...carrier.options, ...openSecrets(carrier.sealedSecrets, name) };
        const changed = changedNames(stored, { ...options, ...secrets });
        const forgets = changed.some((option) => identifying.includes(option));
        await replaceConnectorOptions(query, carrier.id, {
          ...{ options, forgets },
          sealedSecrets: closeSecrets(secrets),
        });
        return { result: undefined, after: { changed, ...auditedOf(options) } };
      });
    },

    async remove(access, name) {
      authorize(access, 'carriers.write');
      return change(access, 'carrier.removed', name, async (query, nowMs) => {
        if (!(await removeConnector(query, name, nowMs))) throw unknownCarrier(name);
        return { result: undefined };
      });
    },

    async setEnabled(access, name, isEnabled) {
      authorize(access, 'carriers.write');
      const action = isEnabled ? 'carrier.enabled' : 'carrier.disabled';
      return change(access, action, name, async (query) => {
        if (!(await setConnectorEnabled(query, name, isEnabled))) throw unknownCarrier(name);
        return { result: undefined };
      });
    },
  };
}

function shownOf({ id, name, kind, enabled, paused, options }: ConnectorRow): ListedCarrier {
  const { password: _hidden, ...shown } = options;
  return { id, name, kind, enabled, paused, options: shown };
}

async function requireCarrier(query: Query, name: string): Promise<ConnectorRow> {
  const carrier = (await listConnectors(query)).find((row) => row.name === name);
  if (carrier === undefined) throw unknownCarrier(name);
  return carrier;
}

function stateOf(
  { enabled, paused }: ListedCarrier,
  health: readonly LinkHealth[],
  isDispatched: boolean,
): LinkState {
  if (!enabled) return 'disabled';
  if (paused) return 'paused';
  if (!isDispatched) return 'not-dispatched';
  return health.some(({ binds }) => binds.some(({ state }) => state === 'bound')) ? 'usable' : 'down';
}

function unknownCarrier(name: string): OperatorRefusal {
  return new OperatorRefusal(`there is no carrier ${name}; see chappe carrier list`);
}
