// How many rows of one bucket wait for a decision of the operator. Used by the operator's overview. Each count reads an index of
// open rows: decided ones have left it.
import { int2, int8 } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { statement } from '#store/database/statement.ts';

export interface OpenDecisions {
  readonly campaigns: number;
  readonly senders: number;
  readonly templates: number;
  readonly orders: number;
}

const count = statement('count_open_decisions', {
  params: { bucket: int2 },
  row: { campaigns: int8, senders: int8, templates: int8, orders: int8 },
  text: (p) => `
select
  (select count(*) from campaign_reviews r where r.bucket = ${p.bucket} and r.state = 'held') as campaigns,
  (select count(*) from senders s where s.bucket = ${p.bucket} and s.status = 'waiting') as senders,
  (select count(*) from message_templates t where t.bucket = ${p.bucket} and t.status = 'waiting') as templates,
  (select count(*) from orders o where o.bucket = ${p.bucket} and o.status = 'open') as orders`,
});

export async function countOpenDecisions(query: Query, bucket: number): Promise<OpenDecisions> {
  return (await count.find(query, { bucket }))!;
}
