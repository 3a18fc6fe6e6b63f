// Facts of the database for the operator: its version, its size, its clock, and its largest tables. Used by the operator's view
// of the installation. On Citus the sizes are those of the coordinator. These reads have no bucket.
import { instant, int8, text } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { type RowOf, statement } from '#store/database/statement.ts';

const factsRow = { version: text, sizeBytes: int8, nowMs: instant };

const readFacts = statement('read_database_facts', {
  params: {},
  row: factsRow,
  text: () => `
select split_part(current_setting('server_version'), ' ', 1) as version, pg_database_size(current_database()) as "sizeBytes",
  clock_timestamp() as "nowMs"`,
});

export type DatabaseFacts = RowOf<typeof factsRow>;

export async function readDatabaseFacts(query: Query): Promise<DatabaseFacts> {
  return (await readFacts.find(query, {}))!;
}

const tableRow = {
  table: text,
  sizeBytes: int8,
  /** As the planner estimates; -1: not known yet. */
  rows: int8,
  partitions: int8,
};

const listTables = statement('list_table_sizes', {
  params: {},
  row: tableRow,
  // A partition counts for its table.
  text: () => `
select coalesce(p.relname, c.relname)::text as table, sum(pg_total_relation_size(c.oid))::bigint as "sizeBytes",
  sum(greatest(c.reltuples, 0))::bigint as rows, count(i.inhrelid) as partitions
from pg_class c
join pg_namespace n on n.oid = c.relnamespace and n.nspname = current_schema()
left join pg_inherits i on i.inhrelid = c.oid
left join pg_class p on p.oid = i.inhparent
where c.relkind in ('r', 'p')
group by 1 order by 2 desc, 1`,
});

export type TableSize = RowOf<typeof tableRow>;

/** The largest first. Sizes have indexes and long values; rows are estimates. */
export function listTableSizes(query: Query): Promise<TableSize[]> {
  return listTables.run(query, {});
}
