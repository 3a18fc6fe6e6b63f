// Prices that carriers charge for a segment. Used by the connector set and the operator's carriers service. A small table without a
// bucket; every dispatching process keeps it in memory.
import type { CarrierCost, CostOfCarrier } from '#domain/routing/costs.ts';
import { instant, instantOf, int4, micros, text } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { of, rows, statement } from '#store/database/statement.ts';

const listAll = statement('list_carrier_costs', {
  params: {},
  row: { connectorId: int4, country: text, prefix: text, validFromMs: instant, costMicros: micros },
  text: () => `
select connector_id as "connectorId", country, prefix, valid_from as "validFromMs", cost_micros as "costMicros"
from carrier_costs order by connector_id, country, prefix, valid_from`,
});

/** Past ones too. */
export function listCosts(query: Query): Promise<CostOfCarrier[]> {
  return listAll.run(query, {});
}

const upsert = statement('upsert_carrier_costs', {
  params: {
    connectorId: int4,
    costs: rows<CarrierCost>({
      country: of(text, (cost) => cost.country),
      prefix: of(text, (cost) => cost.prefix),
      valid_from: of(instant, (cost) => cost.validFromMs),
      cost_micros: of(micros, (cost) => cost.costMicros),
    }),
  },
  text: (p) => `
insert into carrier_costs (connector_id, country, prefix, valid_from, cost_micros)
select ${p.connectorId}, c.country, c.prefix, ${instantOf('c.valid_from')}, c.cost_micros from ${p.costs.as('c')}
on conflict (connector_id, country, prefix, valid_from) do update set cost_micros = excluded.cost_micros`,
});

const raiseVersion = statement('raise_costs_version', {
  params: { connectorId: int4 },
  text: (p) => `update connectors set costs_version = costs_version + 1 where id = ${p.connectorId}`,
});

/** Replaces prices of the same country, prefix and instant. Call it in a transaction. */
export async function upsertCosts(
  query: Query,
  connectorId: number,
  costs: readonly CarrierCost[],
): Promise<void> {
  await raiseVersion.run(query, { connectorId });
  await upsert.run(query, { connectorId, costs });
}

const deleteAll = statement('delete_carrier_costs', {
  params: { connectorId: int4 },
  text: (p) => `delete from carrier_costs where connector_id = ${p.connectorId}`,
});

/** Call it in a transaction. */
export async function deleteCosts(query: Query, connectorId: number): Promise<void> {
  await raiseVersion.run(query, { connectorId });
  await deleteAll.run(query, { connectorId });
}
