// The operator's pool of numbers that can be answered.
import type { ReplyNumber } from '#domain/reply-numbers.ts';
import type { Query } from './database.ts';

/** In one order for everybody: an account is given its number by its place. */
export function listReplyNumbers(query: Query): Promise<ReplyNumber[]> {
  return query<ReplyNumber>('select number, kind, countries from numbers order by number');
}

/** False when the number is in the pool already. */
export async function insertReplyNumber(query: Query, number: ReplyNumber, nowMs: number): Promise<boolean> {
  const rows = await query(
    `insert into numbers (number, kind, countries, created_at)
     values ($1, $2, $3, to_timestamp($4::float8 / 1000)) on conflict do nothing returning 1`,
    [number.number, number.kind, number.countries, nowMs],
  );
  return rows.length > 0;
}

/** False when it is not in the pool. */
export async function removeReplyNumber(query: Query, number: string): Promise<boolean> {
  const rows = await query('delete from numbers where number = $1 returning 1', [number]);
  return rows.length > 0;
}
