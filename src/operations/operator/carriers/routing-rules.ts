// Routing rules and the costs of carriers, for the operator. Part of the carriers service (service.ts), for `chappe route`,
// `chappe carrier costs` and the console. Refuses, as OperatorRefusal: an unknown carrier, account or route, a value that is not
// valid, a rule that equals another, two choices at one position, a file of costs with mistakes.
import type { Encoding, Purpose, Tier } from '#domain/base/campaign.ts';
import { OperatorRefusal } from '#domain/base/operator-refusal.ts';
import type { ConnectorHealth } from '#domain/delivery/connector-health.ts';
import { parseEuro } from '#domain/money/micros.ts';
import { PriceBoard } from '#domain/money/price-changes.ts';
import { isSameRoute, type RouteChoice, routeChoices } from '#domain/routing/choose.ts';
import { type CarrierCost, CostTable, parseCostTable } from '#domain/routing/costs.ts';
import { type ExplainedRoute, explainRoutes, type LinkState } from '#domain/routing/explain.ts';
import {
  longestResendWithinS,
  mostResends,
  type ResendRule,
  resendStatuses,
  usualResend,
  wrongResendEntry,
} from '#domain/routing/resend.ts';
import { readRouteHours } from '#domain/routing/route-hours.ts';
import { prefixOf, readMsisdn } from '#gsm/msisdn.ts';
import { measure } from '#gsm/segments.ts';
import type { OperatorAccess } from '#operations/access/access.ts';
import { authorize } from '#operations/access/authorize.ts';
import type { Context } from '#pipeline/context.ts';
import { findAccount, listAccountsById } from '#store/accounts/accounts.ts';
import type { Query } from '#store/database/database.ts';
import { listPriceChanges } from '#store/money/rates.ts';
import { deleteCosts, listCosts, upsertCosts } from '#store/platform/carrier-costs.ts';
import {
  insertRoute,
  listConnectors,
  listRoutes,
  type RouteRow,
  removeRoute,
  setChoiceOfPosition,
  updateRoute,
} from '#store/platform/carriers.ts';

interface RouteQuestion {
  readonly number: string;
  readonly tier: string;
  readonly sender: string | null;
  /** Service name. Null or absent: any account, at the prices of the rate card. */
  readonly account?: string | null;
  /** Null or absent: one segment of GSM characters. */
  readonly text?: string | null;
  /** Null or absent: transactional. */
  readonly purpose?: string | null;
  readonly tag?: string | null;
}

/** What the processes reported about a link in the last minute. */
export interface LinkSummary {
  readonly carrier: string;
  readonly state: LinkState;
  readonly accepted: number;
  readonly refused: number;
  readonly throttled: number;
  readonly inDoubt: number;
  /** The slowest process; null: no answers. */
  readonly p95Ms: number | null;
}

export interface RouteAnswer {
  readonly country: string;
  /** Price of a segment for the customer; null: the country has none in this tier. */
  readonly priceMicros: bigint | null;
  readonly segments: number;
  /** In the order of their evaluation. */
  readonly routes: readonly ExplainedRoute<ListedRoute>[];
  /** Of the carriers of these routes. */
  readonly links: readonly LinkSummary[];
}

/** A routing rule as an operator writes it. Absent conditions match everything. */
export interface NewRoute {
  readonly carrier: string;
  readonly country: string | null;
  /** Digits with which the number begins, with or without `+`. */
  readonly prefix?: string | null;
  readonly tier: string | null;
  readonly sender: string | null;
  /** Service name. */
  readonly account?: string | null;
  readonly encoding?: string | null;
  readonly purpose?: string | null;
  /** Of the submission, exactly. */
  readonly tag?: string | null;
  /** `mon-fri 08:00-20:00 Europe/Paris`. */
  readonly hours?: string | null;
  readonly position: number;
  /** Null or absent: that of the position. */
  readonly choice?: string | null;
  readonly weight: number;
  /** In euro; null: unknown. */
  readonly cost: string | null;
  readonly allowsLoss?: boolean;
  readonly newSender?: string | null;
  /** `undelivered`, or `undelivered:004` for one code of the carrier. Absent or empty: nothing is sent again. */
  readonly resendOn?: readonly string[];
  readonly resendLimit?: number;
  /** Seconds. */
  readonly resendWithinS?: number;
  /** Seconds until another carrier is tried while this one takes no message; null or absent: after its fourth refusal. */
  readonly patienceS?: number | null;
}

export interface ListedRoute extends RouteRow {
  readonly carrier: string;
  /** Service name of the account of the condition. */
  readonly account: string | null;
}

export interface RoutingRules {
  /** The way of a message, by the routes, the costs and the states of the links now. */
  explain(access: OperatorAccess, question: RouteQuestion): Promise<RouteAnswer>;
  /** In the order of their evaluation. */
  listRoutes(access: OperatorAccess): Promise<ListedRoute[]>;
  /** Returns its id. */
  addRoute(access: OperatorAccess, route: NewRoute): Promise<number>;
  /** Replaces the conditions, the order and the cost of a route. */
  changeRoute(access: OperatorAccess, id: number, route: Omit<NewRoute, 'carrier'>): Promise<void>;
  removeRoute(access: OperatorAccess, id: string): Promise<void>;
  /** Past and future prices too. */
  listCosts(access: OperatorAccess, carrier: string): Promise<readonly CarrierCost[]>;
  /** Adds the prices of a CSV file to those of the carrier. Returns their number. */
  importCosts(access: OperatorAccess, carrier: string, csv: string): Promise<number>;
  removeCosts(access: OperatorAccess, carrier: string): Promise<void>;
}

/** Runs a change with its entry of the audit trail and its notice. */
type MakeChange = <T>(
  access: OperatorAccess,
  action: string,
  target: string,
  work: (query: Query, nowMs: number) => Promise<{ readonly result: T; readonly after?: object }>,
) => Promise<T>;

interface KnownLink {
  readonly name: string;
  readonly state: LinkState;
  readonly health: readonly ConnectorHealth[];
}

interface RoutingNeeds extends Pick<Context, 'database' | 'clock'> {
  readonly change: MakeChange;
  /** States of all links by id; the simulated carrier while it serves the installation. */
  readonly readLinks: () => Promise<ReadonlyMap<number, KnownLink>>;
}

const tiers: readonly Tier[] = ['premium', 'low_cost', 'world'];
const purposes: readonly Purpose[] = ['marketing', 'transactional'];
const encodings: readonly Encoding[] = ['gsm7', 'ucs2'];
const maxPosition = 100_000;
const maxWeight = 1_000_000;

/** The only route while the simulated carrier serves the installation. */
const simulatedRoute: RouteRow = {
  ...{ id: 0, connectorId: 0, country: null, prefix: null, tier: null, sender: null, accountId: null },
  ...{ encoding: null, position: 1, choice: 'weight', weight: 1, costMicros: null },
  ...{ allowsLoss: true, newSender: null, resendOn: [], ...usualResend },
  ...{ purpose: null, tag: null, hours: null, patienceS: null },
};

export function createRoutingRules({ database, clock, change, readLinks }: RoutingNeeds): RoutingRules {
  async function requireCarrier(query: Query, name: string): Promise<number> {
    const carrier = (await listConnectors(query)).find((row) => row.name === name);
    if (carrier === undefined)
      throw new OperatorRefusal(`there is no carrier ${name}; see chappe carrier list`);
    return carrier.id;
  }

  async function requireAccount(query: Query, name: string) {
    const account = await findAccount(query, name);
    if (account === null) throw new OperatorRefusal(`there is no account ${name}; see chappe account list`);
    return account;
  }

  /** With the names of carriers and accounts. */
  async function listNamed(routes: readonly RouteRow[], names: ReadonlyMap<number, string>) {
    const ids = routes.flatMap(({ accountId }) => accountId ?? []);
    const accounts = await listAccountsById(database.query, [...new Set(ids)]);
    return routes.map((route) => ({
      ...route,
      carrier: names.get(route.connectorId) ?? '?',
      account: route.accountId === null ? null : (accounts.get(route.accountId)?.serviceName ?? '?'),
    }));
  }

  /** The route to store at its position, among the others. Refuses one that would never count. */
  async function prepare(
    query: Query,
    route: PreparedRoute,
    others: readonly RouteRow[],
  ): Promise<Omit<RouteRow, 'id'>> {
    const { account, choice: wanted, ...rest } = route;
    const accountId = account === null ? null : (await requireAccount(query, account)).id;
    const companion = others.find(({ position }) => position === rest.position);
    const choice = wanted ?? companion?.choice ?? 'weight';
    const prepared = { ...rest, accountId, choice };
    const same = others.find((other) => isSameRoute(other, prepared));
    if (same !== undefined)
      throw new OperatorRefusal(
        `route ${same.id} has the same conditions, carrier and position; change it, or give another position`,
      );
    return prepared;
  }

  return {
    async explain(access, { number, tier, sender, account = null, text = null, purpose = null, tag = null }) {
      authorize(access, 'routes.read');
      const found = readMsisdn(number, null);
      if (!found.ok)
        throw new OperatorRefusal(`"${number}" is not a number that takes SMS; write it as +33601020304`);
      const { query } = database;
      const read = readTier(tier);
      const accountId = account === null ? 0 : (await requireAccount(query, account)).id;
      const nowMs = clock.now();
      const price = await priceOf(query, { accountId, country: found.country, tier: read }, nowMs);
      const { encoding, segments } = measure(text ?? 'x');
      const links = await readLinks();
      const stored = links.has(simulatedRoute.connectorId) ? [simulatedRoute] : await listRoutes(query);
      const names = new Map([...links].map(([id, { name }]) => [id, name]));
      const message = {
        ...{ country: found.country, msisdn: found.msisdn, tier: read, accountId, encoding, segments },
        sender: sender === '' ? null : sender,
        purpose: readOneOf('purpose', purpose, purposes) ?? 'transactional',
        tag,
        costMicros: (price ?? 0n) * BigInt(segments),
      };
      const routes = explainRoutes(await listNamed(stored, names), message, {
        costs: new CostTable(await listCosts(query)),
        nowMs,
        stateOf: (id) => links.get(id)?.state ?? 'disabled',
        isTroubled: (id) =>
          links
            .get(id)
            ?.health.some(({ troubledCountries = [] }) => troubledCountries.includes(found.country)) === true,
      });
      const used = [...links].filter(([id]) => stored.some(({ connectorId }) => connectorId === id));
      return {
        ...{ country: found.country, priceMicros: price, segments, routes },
        links: used.map(([, link]) => summaryOf(link)),
      };
    },

    async listRoutes(access) {
      authorize(access, 'routes.read');
      const names = new Map((await listConnectors(database.query)).map(({ id, name }) => [id, name]));
      return listNamed(await listRoutes(database.query), names);
    },

    async addRoute(access, { carrier: name, ...written }) {
      authorize(access, 'routes.write');
      const read = readRoute(written);
      return change(access, 'route.added', name, async (query, nowMs) => {
        const connectorId = await requireCarrier(query, name);
        const routes = await listRoutes(query);
        const route = await prepare(query, { ...read, connectorId }, routes);
        const other = routes.find(
          ({ position, choice }) => position === route.position && choice !== route.choice,
        );
        if (other !== undefined)
          throw new OperatorRefusal(
            `the routes at position ${route.position} have the choice ${other.choice}; leave --choice out, or give another --position`,
          );
        const id = await insertRoute(query, route, nowMs);
        return { result: id, after: { route: id, ...shownOf(route) } };
      });
    },

    async changeRoute(access, id, written) {
      authorize(access, 'routes.write');
      const read = readRoute(written);
      return change(access, 'route.changed', `route ${id}`, async (query, nowMs) => {
        const routes = await listRoutes(query);
        const before = routes.find((route) => route.id === id);
        if (before === undefined) throw new OperatorRefusal(`there is no route ${id}; see chappe route list`);
        const others = routes.filter((route) => route !== before);
        const { connectorId } = before;
        const { connectorId: _, ...route } = await prepare(query, { ...read, connectorId }, others);
        await updateRoute(query, { ...route, id }, nowMs);
        await setChoiceOfPosition(query, route.position, route.choice);
        return { result: undefined, after: shownOf(route) };
      });
    },

    async removeRoute(access, written) {
      authorize(access, 'routes.write');
      return change(access, 'route.removed', `route ${written}`, async (query) => {
        if (!(await removeRoute(query, Number(written) || 0)))
          throw new OperatorRefusal(`there is no route ${written}; see chappe route list`);
        return { result: undefined };
      });
    },

    async listCosts(access, name) {
      authorize(access, 'routes.read');
      const id = await requireCarrier(database.query, name);
      return (await listCosts(database.query)).filter(({ connectorId }) => connectorId === id);
    },

    async importCosts(access, name, csv) {
      authorize(access, 'routes.write');
      const parsed = parseCostTable(csv, clock.now());
      if ('errors' in parsed) throw new OperatorRefusal(...parsed.errors);
      return change(access, 'carrier.costs_imported', name, async (query) => {
        const id = await requireCarrier(query, name);
        await upsertCosts(query, id, parsed.costs);
        return { result: parsed.costs.length, after: { prices: parsed.costs.length } };
      });
    },

    async removeCosts(access, name) {
      authorize(access, 'routes.write');
      return change(access, 'carrier.costs_removed', name, async (query) => {
        await deleteCosts(query, await requireCarrier(query, name));
        return { result: undefined };
      });
    },
  };
}

function summaryOf({ name, state, health }: KnownLink): LinkSummary {
  const sum = (count: 'accepted' | 'refused' | 'throttled' | 'inDoubt') =>
    health.reduce((total, { lastMinute }) => total + lastMinute[count], 0);
  const slowest = Math.max(...health.map(({ lastMinute }) => lastMinute.p95Ms ?? -1));
  return {
    ...{ carrier: name, state, accepted: sum('accepted'), refused: sum('refused') },
    ...{ throttled: sum('throttled'), inDoubt: sum('inDoubt'), p95Ms: slowest < 0 ? null : slowest },
  };
}

/** Price of a segment; null: none. */
async function priceOf(
  query: Query,
  { accountId, country, tier }: { readonly accountId: number; readonly country: string; readonly tier: Tier },
  nowMs: number,
): Promise<bigint | null> {
  const own = accountId === 0 ? [] : await listPriceChanges(query, accountId);
  const board = new PriceBoard([...(await listPriceChanges(query, null)), ...own]);
  return board.at(accountId === 0 ? null : accountId, nowMs).find(country, tier);
}

type PreparedRoute = Omit<RouteRow, 'id' | 'accountId' | 'choice'> & {
  readonly account: string | null;
  readonly choice: RouteChoice | null;
};

function readRoute(route: Omit<NewRoute, 'carrier'>): Omit<PreparedRoute, 'connectorId'> {
  const { position, weight, cost, allowsLoss = false, account = null, sender } = route;
  const country = readCountry(route.country);
  const costMicros = cost === null ? null : parseEuro(cost);
  if (cost !== null && (costMicros === null || costMicros < 0n))
    throw new OperatorRefusal(`"${cost}" must be an amount in euro such as 0.04`);
  requireWhole('position', position, maxPosition);
  requireWhole('weight', weight, maxWeight);
  return {
    country,
    prefix: readPrefix(route.prefix ?? null, country),
    tier: route.tier === null ? null : readTier(route.tier),
    sender,
    account,
    encoding: readOneOf('encoding', route.encoding ?? null, encodings),
    position,
    choice: readOneOf('choice', route.choice ?? null, routeChoices),
    weight,
    costMicros,
    allowsLoss,
    newSender: readSender(route.newSender ?? null),
    ...readResend(route),
    purpose: readOneOf('purpose', route.purpose ?? null, purposes),
    tag: route.tag ?? null,
    hours: readHours(route.hours ?? null),
    patienceS: readPatience(route.patienceS ?? null),
  };
}

function readHours(written: string | null): string | null {
  if (written === null) return null;
  const read = readRouteHours(written);
  if ('mistake' in read)
    throw new OperatorRefusal(
      `"${written}" are no hours: ${read.mistake}; write mon-fri 08:00-20:00 Europe/Paris`,
    );
  return read.hours;
}

const longestPatienceS = 3_600;

function readPatience(patienceS: number | null): number | null {
  if (patienceS !== null) requireWhole('patience', patienceS, longestPatienceS);
  return patienceS;
}

function readResend(route: Partial<ResendRule>): ResendRule {
  const { resendOn = [] } = route;
  const { resendLimit, resendWithinS } = { ...usualResend, ...withoutAbsent(route) };
  const wrong = wrongResendEntry(resendOn);
  if (wrong !== null)
    throw new OperatorRefusal(
      `"${wrong}" is no failure to send again after; write ${resendStatuses.join(', ')}, or one with a code of the carrier such as undelivered:004`,
    );
  requireWhole('resend limit', resendLimit, mostResends);
  requireWhole('resend time', resendWithinS, longestResendWithinS);
  return { resendOn: [...new Set(resendOn)], resendLimit, resendWithinS };
}

function withoutAbsent<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;
}

function requireWhole(what: string, value: number, most: number): void {
  if (!Number.isInteger(value) || value < 1 || value > most)
    throw new OperatorRefusal(
      `the ${what} of a route must be a whole number from 1 to ${most}, not ${value}`,
    );
}

function readCountry(written: string | null): string | null {
  const country = written?.toUpperCase() ?? null;
  if (country !== null && !/^[A-Z]{2}$/.test(country))
    throw new OperatorRefusal(`"${written}" is not a country; write two letters such as FR`);
  return country;
}

function readPrefix(written: string | null, country: string | null): string | null {
  if (written === null) return null;
  const prefix = written.replace(/[\s.-]/g, '').replace(/^\+|^00/, '');
  if (!/^[1-9]\d{0,14}$/.test(prefix))
    throw new OperatorRefusal(`"${written}" is not a prefix of numbers; write digits such as +33612`);
  const dialling = country === null ? null : String(prefixOf(country) ?? '');
  if (dialling !== null && !prefix.startsWith(dialling) && !dialling.startsWith(prefix))
    throw new OperatorRefusal(
      `the prefix +${prefix} is not of ${country}, whose numbers begin with +${dialling}`,
    );
  return prefix;
}

function readTier(tier: string): Tier {
  if (!(tiers as readonly string[]).includes(tier))
    throw new OperatorRefusal(`"${tier}" is not a tier: ${tiers.join(', ')}`);
  return tier as Tier;
}

function readOneOf<T extends string>(what: string, value: string | null, values: readonly T[]): T | null {
  if (value !== null && !(values as readonly string[]).includes(value))
    throw new OperatorRefusal(`the ${what} "${value}" must be ${values.join(', ')}`);
  return value as T | null;
}

/** A name of at most 11 characters with a letter, or a number. */
function readSender(written: string | null): string | null {
  if (written === null) return null;
  const number = written.replace(/^\+/, '');
  if (/^\d{3,15}$/.test(number)) return number;
  if (!/^(?=.*[A-Za-z])[A-Za-z0-9 ._-]{1,11}$/.test(written))
    throw new OperatorRefusal(
      `"${written}" is not a sender; write a number, or a name of at most 11 letters, digits, spaces, dots and hyphens`,
    );
  return written;
}

/** For the audit trail. */
function shownOf({
  country,
  tier,
  position,
  weight,
  prefix,
  choice,
  ...route
}: Omit<RouteRow, 'id' | 'connectorId'>) {
  const { resendOn, resendLimit, resendWithinS, purpose, tag, hours, patienceS } = route;
  const resend = resendOn.length > 0 && { resendOn, resendLimit, resendWithinS };
  const others = Object.entries({ purpose, tag, hours, patienceS }).filter(([, value]) => value !== null);
  return {
    country,
    tier,
    position,
    weight,
    ...(prefix !== null && { prefix }),
    choice,
    ...resend,
    ...Object.fromEntries(others),
  };
}
