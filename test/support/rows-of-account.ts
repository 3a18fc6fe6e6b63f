// A fingerprint of everything that is stored for one account. Used by the test of isolation: a call of another account
// leaves it unchanged. For tests only.
import type { Query } from '../../src/store/database/database.ts';

/** Hash of the rows of each table that belong to the account, by the table. */
export async function readRowsOf(query: Query, accountId: number): Promise<Readonly<Record<string, string>>> {
  const tables = await query<{ name: string }>(
    `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition and exists (
       select from pg_attribute a where a.attrelid = c.oid and a.attname = 'account_id' and not a.attisdropped)
     order by 1`,
  );
  const hashes: Record<string, string> = {};
  const sources = tables.map(({ name }) => [name, `select t.* from ${name} t where t.account_id = $1`]);
  // Tables with rows of accounts that do not name the account.
  sources.push(
    ['accounts', 'select t.* from accounts t where t.id = $1'],
    [
      'draft_parts',
      'select t.* from draft_parts t join drafts d on d.campaign_id = t.campaign_id where d.account_id = $1',
    ],
    [
      'content_pieces',
      'select t.* from content_pieces t join contents c on c.id = t.content_id where c.account_id = $1',
    ],
  );
  for (const [name, text] of sources) {
    const [row] = await query<{ hash: string | null }>(
      `select md5(string_agg(r::text, ',' order by r::text)) as hash from (${text}) r`,
      [accountId],
    );
    hashes[name!] = row!.hash ?? 'no rows';
  }
  return hashes;
}
