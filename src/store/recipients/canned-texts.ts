// Texts with which members of an account answer replies. Used by the service of canned texts.
import type { AccountKey } from '#domain/account/account.ts';
import { accountParams, valuesOf } from '#store/database/account-key.ts';
import { instant, int4, text } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { type RowOf, statement } from '#store/database/statement.ts';

const row = { name: text, text, changedBy: text, changedAtMs: instant };

export type CannedText = RowOf<typeof row>;

const list = statement('list_canned_texts', {
  params: accountParams,
  row,
  text: (p) => `
select t.name, t.text, t.changed_by as "changedBy", t.changed_at as "changedAtMs" from canned_texts t
where t.bucket = ${p.bucket} and t.account_id = ${p.accountId} order by t.name`,
});

export function listCannedTexts(query: Query, account: AccountKey): Promise<CannedText[]> {
  return list.run(query, valuesOf(account));
}

const save = statement('save_canned_text', {
  params: { ...accountParams, name: text, text, changedBy: text, now: instant, limit: int4 },
  row: { name: text },
  text: (p) => `
insert into canned_texts (bucket, account_id, name, text, changed_by, changed_at)
select ${p.bucket}, ${p.accountId}, ${p.name}, ${p.text}, ${p.changedBy}, ${p.now}
where (select count(*) from canned_texts t where t.bucket = ${p.bucket} and t.account_id = ${p.accountId}
  and t.name <> ${p.name}) < ${p.limit}
on conflict (bucket, account_id, name) do update
set text = excluded.text, changed_by = excluded.changed_by, changed_at = excluded.changed_at
returning name`,
});

/** Replaces the text of this name. False if the account has `limit` others. */
export async function saveCannedText(
  query: Query,
  account: AccountKey,
  { changedAtMs: now, ...canned }: CannedText,
  limit: number,
): Promise<boolean> {
  return (await save.find(query, { ...valuesOf(account), ...canned, now, limit })) !== null;
}

const remove = statement('delete_canned_text', {
  params: { ...accountParams, name: text },
  row: { name: text },
  text: (p) => `
delete from canned_texts t where t.bucket = ${p.bucket} and t.account_id = ${p.accountId} and t.name = ${p.name}
returning t.name`,
});

/** False for an unknown name. */
export async function deleteCannedText(query: Query, account: AccountKey, name: string): Promise<boolean> {
  return (await remove.find(query, { ...valuesOf(account), name })) !== null;
}
