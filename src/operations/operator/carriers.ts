// Carriers and routes of the installation, for the operator. Used by `chappe carrier` and `chappe route`.
// A notice (`carriers`) reports changes: running processes bind, unbind and route again. Secrets are sealed, never listed.
// Refuses, as OperatorRefusal: a taken name, an unknown carrier or route, a value that is not valid.
import type { Tier } from '#domain/base/campaign.ts';
import { OperatorRefusal } from '#domain/base/operator-refusal.ts';
import { parseEuro } from '#domain/money/micros.ts';
import type { Seal } from '#lib/security/sealing.ts';
import type { OperatorAccess } from '#operations/access/access.ts';
import { auditChange } from '#operations/access/audit-change.ts';
import { authorize } from '#operations/access/authorize.ts';
import type { Context } from '#pipeline/context.ts';
import type { Query } from '#store/database/database.ts';
import { notify } from '#store/database/notices.ts';
import {
  insertConnector,
  insertRoute,
  type LinkOptions,
  listConnectors,
  listRoutes,
  type RouteRow,
  removeConnector,
  removeRoute,
  replaceConnectorOptions,
  setConnectorEnabled,
} from '#store/platform/carriers.ts';

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
  readonly options: LinkOptions;
}

/** A routing rule as an operator writes it. */
export interface NewRoute {
  readonly carrier: string;
  readonly country: string | null;
  readonly tier: string | null;
  readonly sender: string | null;
  readonly position: number;
  readonly weight: number;
  /** In euro; null: unknown. */
  readonly cost: string | null;
}

export interface ListedRoute extends RouteRow {
  readonly carrier: string;
}

export interface Carriers {
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
  /** In the order of their evaluation. */
  listRoutes(access: OperatorAccess): Promise<ListedRoute[]>;
  /** Returns its id. */
  addRoute(access: OperatorAccess, route: NewRoute): Promise<number>;
  removeRoute(access: OperatorAccess, id: string): Promise<void>;
}

const tiers: readonly Tier[] = ['premium', 'low_cost', 'world'];
/** After the routing rules of operators, which have position 50. */
const lastPosition = 100;

/** Options that name the carrier. The audit trail shows their values; others can contain texts with credentials. */
const identifying = ['host', 'port', 'systemId', 'preset', 'baseUrl'];

/** A carrier has its name in the addresses that it calls. */
const nameForm = /^[A-Za-z0-9][\w.-]{0,39}$/;

interface Needs extends Pick<Context, 'database' | 'clock'> {
  readonly seal: Seal;
}

/** Values of the options that the audit trail shows. */
function auditedOf(options: LinkOptions): LinkOptions {
  return Object.fromEntries(Object.entries(options).filter(([name]) => identifying.includes(name)));
}

/** Names of the options that differ, sorted. */
function changedNames(before: LinkOptions, after: LinkOptions): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name])).sort();
}

export function createCarriers({ database, clock, seal }: Needs): Carriers {
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

  const closeSecrets = (secrets: LinkOptions) =>
    Object.keys(secrets).length === 0 ? null : seal.close(JSON.stringify(secrets));

  return {
    async list(access) {
      authorize(access, 'carriers.read');
      return (await listConnectors(database.query)).map(({ id, name, kind, enabled, options }) => {
        const { password: _hidden, ...shown } = options;
        return { id, name, kind, enabled, options: shown };
      });
    },

    async show(access, name) {
      authorize(access, 'carriers.write');
      const carrier = (await listConnectors(database.query)).find((row) => row.name === name);
      if (carrier === undefined) throw unknownCarrier(name);
      const { id, kind, enabled, options, sealedSecrets } = carrier;
      const { password: _hidden, ...shown } = options;
      return { id, name, kind, enabled, options: shown, secrets: openSecrets(sealedSecrets, name) };
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
        const connectorId = await insertConnector(query, { name, kind, options, sealedSecrets }, nowMs);
        const everything = { country: null, tier: null, sender: null, weight: 1, costMicros: null };
        if (addsRoute)
          await insertRoute(query, { ...everything, connectorId, position: lastPosition }, nowMs);
        return { result: connectorId, after: { kind, ...auditedOf(options), hasRoute: addsRoute } };
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

    async listRoutes(access) {
      authorize(access, 'routes.read');
      const names = new Map((await listConnectors(database.query)).map(({ id, name }) => [id, name]));
      return (await listRoutes(database.query)).map((route) => ({
        ...route,
        carrier: names.get(route.connectorId) ?? '?',
      }));
    },

    async addRoute(access, { carrier: name, cost, tier, ...written }) {
      authorize(access, 'routes.write');
      const country = written.country?.toUpperCase() ?? null;
      if (country !== null && !/^[A-Z]{2}$/.test(country))
        throw new OperatorRefusal(`"${written.country}" is not a country; write two letters such as FR`);
      if (tier !== null && !(tiers as readonly string[]).includes(tier))
        throw new OperatorRefusal(`"${tier}" is not a tier: ${tiers.join(', ')}`);
      const costMicros = cost === null ? null : parseEuro(cost);
      if (cost !== null && costMicros === null)
        throw new OperatorRefusal(`"${cost}" must be an amount in euro such as 0.04`);
      return change(access, 'route.added', name, async (query, nowMs) => {
        const carrier = (await listConnectors(query)).find((row) => row.name === name);
        if (carrier === undefined) throw unknownCarrier(name);
        const route = { ...written, country, tier: tier as Tier | null, costMicros };
        const id = await insertRoute(query, { ...route, connectorId: carrier.id }, nowMs);
        return { result: id, after: { route: id, country, tier, position: written.position } };
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
  };
}

function unknownCarrier(name: string): OperatorRefusal {
  return new OperatorRefusal(`there is no carrier ${name}; see chappe carrier list`);
}
