// Pages of an account's contacts, of its lists and tags, and of its opt-outs, for people. Used by the audience services.
import type { AccountKey } from '#domain/account/account.ts';
import { accountParams, valuesOf } from '#store/database/account-key.ts';
import { boolean, instant, int4, int8, list, nullable, text, word } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { type RowOf, statement } from '#store/database/statement.ts';

type GroupKind = 'list' | 'tag';

const contactRow = {
  msisdn: int8,
  firstName: text,
  lastName: text,
  params: list(text),
  lists: list(text),
  tags: list(text),
  isOptedOut: boolean,
  updatedAtMs: instant,
};

export type ListedContact = RowOf<typeof contactRow>;

const listContacts = statement('list_contacts', {
  params: {
    ...accountParams,
    after: int8,
    from: nullable(int8),
    until: nullable(int8),
    name: nullable(text),
    kind: nullable(word<GroupKind>()),
    group: nullable(text),
    limit: int4,
  },
  row: contactRow,
  text: (p) => `
select c.msisdn, c.first_name as "firstName", c.last_name as "lastName", c.params,
  array(select g.name from contact_members m join contact_groups g on g.bucket = ${p.bucket}
    and g.account_id = ${p.accountId} and g.id = m.group_id and g.kind = 'list'
    where m.bucket = ${p.bucket} and m.account_id = ${p.accountId} and m.msisdn = c.msisdn order by g.name) as lists,
  array(select g.name from contact_members m join contact_groups g on g.bucket = ${p.bucket}
    and g.account_id = ${p.accountId} and g.id = m.group_id and g.kind = 'tag'
    where m.bucket = ${p.bucket} and m.account_id = ${p.accountId} and m.msisdn = c.msisdn order by g.name) as tags,
  exists (select 1 from opt_outs o
    where o.bucket = ${p.bucket} and o.account_id = ${p.accountId} and o.msisdn = c.msisdn) as "isOptedOut",
  c.updated_at as "updatedAtMs"
from contacts c
where c.bucket = ${p.bucket} and c.account_id = ${p.accountId} and c.msisdn > ${p.after}
  and (${p.from} is null or c.msisdn >= ${p.from} and c.msisdn <= ${p.until})
  and (${p.name} is null or strpos(lower(c.first_name || ' ' || c.last_name), lower(${p.name})) > 0)
  and (${p.kind} is null or exists (
    select 1 from contact_groups g join contact_members m on m.bucket = ${p.bucket}
      and m.account_id = ${p.accountId} and m.group_id = g.id and m.msisdn = c.msisdn
    where g.bucket = ${p.bucket} and g.account_id = ${p.accountId} and g.kind = ${p.kind} and g.name = ${p.group}))
order by c.msisdn limit ${p.limit}`,
});

export interface ContactFilter {
  /** Bounds of the numbers, both included; null: all. */
  readonly range: { readonly from: number; readonly until: number } | null;
  /** Part of the name. */
  readonly name: string | null;
  readonly group: { readonly kind: GroupKind; readonly name: string } | null;
}

/** By number, from the first above `after`. */
export function listContactPage(
  query: Query,
  account: AccountKey,
  { range, name, group }: ContactFilter,
  page: { readonly after: number; readonly limit: number },
): Promise<ListedContact[]> {
  return listContacts.run(query, {
    ...valuesOf(account),
    from: range?.from ?? null,
    until: range?.until ?? null,
    name,
    kind: group?.kind ?? null,
    group: group?.name ?? null,
    ...page,
  });
}

const groupRow = { id: int8, kind: word<GroupKind>(), name: text, createdAtMs: instant };
export type ListedGroup = RowOf<typeof groupRow>;

const listGroups = statement('list_group_page', {
  params: { ...accountParams, beforeId: int8, limit: int4 },
  row: groupRow,
  text: (p) => `
select id, kind, name, created_at as "createdAtMs" from contact_groups
where bucket = ${p.bucket} and account_id = ${p.accountId} and id < ${p.beforeId} order by id desc limit ${p.limit}`,
});

/** Newest first. */
export function listGroupPage(
  query: Query,
  account: AccountKey,
  page: { readonly beforeId: number; readonly limit: number },
): Promise<ListedGroup[]> {
  return listGroups.run(query, { ...valuesOf(account), ...page });
}

const measure = statement('measure_contact_group', {
  params: { ...accountParams, kind: word<GroupKind>(), name: text },
  row: { id: int8, contacts: int8, sendable: int8 },
  text: (p) => `
select g.id, count(m.msisdn) as contacts, count(m.msisdn) filter (where o.msisdn is null) as sendable
from contact_groups g
left join contact_members m on m.bucket = ${p.bucket} and m.account_id = ${p.accountId} and m.group_id = g.id
left join opt_outs o on o.bucket = ${p.bucket} and o.account_id = ${p.accountId} and o.msisdn = m.msisdn
where g.bucket = ${p.bucket} and g.account_id = ${p.accountId} and g.kind = ${p.kind} and g.name = ${p.name}
group by g.id`,
});

/** Null if the account has no such group. */
export function measureGroup(
  query: Query,
  account: AccountKey,
  group: { readonly kind: GroupKind; readonly name: string },
): Promise<{ readonly contacts: number; readonly sendable: number } | null> {
  return measure.find(query, { ...valuesOf(account), ...group });
}

const optOutRow = {
  msisdn: int8,
  atMs: instant,
  by: nullable(text),
  reason: nullable(text),
  reply: nullable(text),
  campaignId: nullable(int8),
};
export type ListedOptOutCause = RowOf<typeof optOutRow>;

const listOptOuts = statement('list_opt_out_causes', {
  params: { ...accountParams, after: int8, msisdn: nullable(int8), limit: int4 },
  row: optOutRow,
  text: (p) => `
select o.msisdn, o.at as "atMs", o.actor as "by", o.reason, r.text as reply, r.campaign_id as "campaignId"
from opt_outs o
left join replies r on r.bucket = ${p.bucket} and r.account_id = ${p.accountId} and r.id = o.reply_id
where o.bucket = ${p.bucket} and o.account_id = ${p.accountId} and o.msisdn > ${p.after}
  and (${p.msisdn} is null or o.msisdn = ${p.msisdn})
order by o.msisdn limit ${p.limit}`,
});

/** By number, from the first above `after`, with the reply that said so. */
export function listOptOutPage(
  query: Query,
  account: AccountKey,
  page: { readonly after: number; readonly msisdn: number | null; readonly limit: number },
): Promise<ListedOptOutCause[]> {
  return listOptOuts.run(query, { ...valuesOf(account), ...page });
}
