// Carriers and routes of the installation, for the operator. Used by `chappe carrier` and `chappe route`.
// A notice (`carriers`) reports changes: running processes bind, unbind and route again. Passwords are stored, never listed.
// Refuses, as OperatorRefusal: a taken name, an unknown carrier or route, a value that is not valid.
import type { Tier } from '#domain/base/campaign.ts';
import { OperatorRefusal } from '#domain/base/operator-refusal.ts';
import { parseEuro } from '#domain/money/micros.ts';
import type { OperatorAccess } from '#operations/access/access.ts';
import { auditChange } from '#operations/access/audit-change.ts';
import { authorize } from '#operations/access/authorize.ts';
import type { Context } from '#pipeline/context.ts';
import type { Query } from '#store/database/database.ts';
import { notify } from '#store/database/notices.ts';
import {
  insertConnector,
  insertRoute,
  listConnectors,
  listRoutes,
  type RouteRow,
  removeConnector,
  removeRoute,
  type SmppLinkOptions,
  setConnectorEnabled,
} from '#store/platform/carriers.ts';

export interface NewCarrier {
  readonly kind: string;
  readonly name: string;
  readonly options: SmppLinkOptions;
  /** Adds a routing rule for all messages over it, after the existing rules. */
  readonly addsRoute: boolean;
}

export interface ListedCarrier extends Omit<SmppLinkOptions, 'password'> {
  readonly id: number;
  readonly name: string;
  readonly enabled: boolean;
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
  /** Returns its id. */
  add(access: OperatorAccess, carrier: NewCarrier): Promise<number>;
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

export function createCarriers({ database, clock }: Pick<Context, 'database' | 'clock'>): Carriers {
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

  return {
    async list(access) {
      authorize(access, 'carriers.read');
      return (await listConnectors(database.query)).map(({ id, name, enabled, options }) => {
        const { password: _hidden, ...shown } = options;
        return { id, name, enabled, ...shown };
      });
    },

    async add(access, { kind, name, options, addsRoute }) {
      authorize(access, 'carriers.write');
      if (kind !== 'smpp') throw new OperatorRefusal(`carriers are reached over smpp, not "${kind}"`);
      return change(access, 'carrier.added', name, async (query, nowMs) => {
        if ((await listConnectors(query)).some((carrier) => carrier.name === name))
          throw new OperatorRefusal(`there is a carrier ${name} already`);
        const connectorId = await insertConnector(query, name, options, nowMs);
        const everything = { country: null, tier: null, sender: null, weight: 1, costMicros: null };
        if (addsRoute)
          await insertRoute(query, { ...everything, connectorId, position: lastPosition }, nowMs);
        const { host, port, systemId } = options;
        return { result: connectorId, after: { host, port, systemId, hasRoute: addsRoute } };
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
