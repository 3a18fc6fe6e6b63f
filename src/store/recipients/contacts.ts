// The address book: contacts, and the lists and tags they belong to. All rows of an account lie in its bucket.
import type { Contact, ContactChange, ContactGroup } from '#domain/recipients/contact.ts';
import { numbers, type Query, type Statement, texts } from '#store/database/database.ts';

/** Whose address book. */
export interface Owner {
  readonly bucket: number;
  readonly id: number;
}

const saveStatement: Statement = {
  name: 'save_contacts',
  text: `
insert into contacts as c (bucket, account_id, msisdn, first_name, last_name, params, created_at, updated_at)
select $1, $2, u.msisdn, u.first_name, u.last_name, array[u.p1, u.p2, u.p3, u.p4, u.p5],
  to_timestamp($11::float8 / 1000), to_timestamp($11::float8 / 1000)
from unnest($3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[])
  as u(msisdn, first_name, last_name, p1, p2, p3, p4, p5)
on conflict (bucket, account_id, msisdn) do update
  set first_name = excluded.first_name, last_name = excluded.last_name, params = excluded.params,
    updated_at = excluded.updated_at
  where $12::boolean`,
};

const lockStatement: Statement = {
  name: 'lock_contacts',
  // The limit of "offset 0" keeps it at one look-up of each, as in read_members.
  text: `
select c.msisdn, c.first_name as "firstName", c.last_name as "lastName", c.params
from unnest($3::bigint[]) as u(msisdn)
cross join lateral (
  select * from contacts c where c.bucket = $1 and c.account_id = $2 and c.msisdn = u.msisdn for update offset 0
) c`,
};

/**
 * Stores contacts, each number once and in the order of the numbers; those that exist keep what is not named and, unless
 * `overwrites`, everything. To be called in a transaction.
 */
export async function saveContacts(
  query: Query,
  owner: Owner,
  changes: readonly ContactChange[],
  overwrites: boolean,
  nowMs: number,
): Promise<void> {
  const isWhole = ({ firstName, lastName, params }: ContactChange) =>
    firstName !== null && lastName !== null && params.every((param) => param !== null);
  if (!overwrites || changes.every(isWhole)) {
    await upsert(query, owner, changes.map(asNew), overwrites, nowMs);
    return;
  }
  // Those that are new first: after that every row is there, and locked until what it keeps is written again.
  await upsert(query, owner, changes.map(asNew), false, nowMs);
  const msisdns = numbers(changes.map(({ msisdn }) => msisdn));
  const rows = await query<Contact>(lockStatement, [owner.bucket, owner.id, msisdns]);
  const before = new Map(rows.map((row) => [row.msisdn, row]));
  const merged = changes.map((change) => mergeInto(before.get(change.msisdn) ?? asNew(change), change));
  await upsert(query, owner, merged, true, nowMs);
}

function asNew({ msisdn, firstName, lastName, params }: ContactChange): Contact {
  return {
    msisdn,
    firstName: firstName ?? '',
    lastName: lastName ?? '',
    params: params.map((param) => param ?? ''),
  };
}

function mergeInto(before: Contact, { msisdn, firstName, lastName, params }: ContactChange): Contact {
  return {
    msisdn,
    firstName: firstName ?? before.firstName,
    lastName: lastName ?? before.lastName,
    params: params.map((param, i) => param ?? before.params[i] ?? ''),
  };
}

async function upsert(
  query: Query,
  owner: Owner,
  contacts: readonly Contact[],
  overwrites: boolean,
  nowMs: number,
): Promise<void> {
  const param = (i: number) => texts(contacts.map((c) => c.params[i] ?? ''));
  await query(saveStatement, [
    owner.bucket,
    owner.id,
    numbers(contacts.map((c) => c.msisdn)),
    texts(contacts.map((c) => c.firstName)),
    texts(contacts.map((c) => c.lastName)),
    param(0),
    param(1),
    param(2),
    param(3),
    param(4),
    nowMs,
    overwrites,
  ]);
}

/** False when the account has a group of this name already. */
export async function insertGroup(
  query: Query,
  owner: Owner,
  group: ContactGroup,
  nowMs: number,
): Promise<boolean> {
  const rows = await query(
    `insert into contact_groups (bucket, account_id, kind, name, created_at)
     values ($1, $2, $3, $4, to_timestamp($5::float8 / 1000)) on conflict do nothing returning id`,
    [owner.bucket, owner.id, group.kind, group.name, nowMs],
  );
  return rows.length > 0;
}

/**
 * The id of a group, or null. Its row stays locked until the end of the transaction, so that it is not deleted beside
 * what is put into it; who means to delete it takes the lock for update.
 */
export async function lockGroup(
  query: Query,
  owner: Owner,
  group: ContactGroup,
  strength: 'share' | 'update' = 'share',
): Promise<number | null> {
  const [row] = await query<{ id: number }>(
    `select id from contact_groups
     where bucket = $1 and account_id = $2 and kind = $3 and name = $4 for ${strength}`,
    [owner.bucket, owner.id, group.kind, group.name],
  );
  return row?.id ?? null;
}

export async function addMembers(
  query: Query,
  owner: Owner,
  groupId: number,
  msisdns: readonly number[],
): Promise<void> {
  await query(
    `insert into contact_members (bucket, account_id, group_id, msisdn)
     select $1, $2, $3, u.msisdn from unnest($4::bigint[]) as u(msisdn) on conflict do nothing`,
    [owner.bucket, owner.id, groupId, numbers(msisdns)],
  );
}

export async function removeMembers(
  query: Query,
  owner: Owner,
  groupId: number,
  msisdns: readonly number[],
): Promise<void> {
  await query(
    `delete from contact_members
     where bucket = $1 and account_id = $2 and group_id = $3 and msisdn = any($4::bigint[])`,
    [owner.bucket, owner.id, groupId, numbers(msisdns)],
  );
}

/** They leave every group of this kind. */
export async function removeFromAll(
  query: Query,
  owner: Owner,
  kind: ContactGroup['kind'],
  msisdns: readonly number[],
): Promise<void> {
  await query(
    `delete from contact_members
     where bucket = $1 and account_id = $2 and msisdn = any($4::bigint[]) and group_id in (
       select id from contact_groups where bucket = $1 and account_id = $2 and kind = $3)`,
    [owner.bucket, owner.id, kind, numbers(msisdns)],
  );
}

/** Contacts go, and leave every group they were in. */
export async function deleteContacts(query: Query, owner: Owner, msisdns: readonly number[]): Promise<void> {
  const values = [owner.bucket, owner.id, numbers(msisdns)];
  const whose = 'where bucket = $1 and account_id = $2 and msisdn = any($3::bigint[])';
  await query(`delete from contact_members ${whose}`, values);
  await query(`delete from contacts ${whose}`, values);
}

/** Everybody leaves the group; with `deletesContacts` they leave the address book. */
export async function emptyGroup(
  query: Query,
  owner: Owner,
  groupId: number,
  deletesContacts: boolean,
): Promise<void> {
  const whose = 'bucket = $1 and account_id = $2';
  const left = await query<{ msisdn: number }>(
    `delete from contact_members where ${whose} and group_id = $3 returning msisdn`,
    [owner.bucket, owner.id, groupId],
  );
  if (!deletesContacts || left.length === 0) return;
  await deleteContacts(
    query,
    owner,
    left.map(({ msisdn }) => msisdn),
  );
}

export async function deleteGroup(query: Query, owner: Owner, groupId: number): Promise<void> {
  await query('delete from contact_groups where bucket = $1 and account_id = $2 and id = $3', [
    owner.bucket,
    owner.id,
    groupId,
  ]);
}

const pageStatement: Statement = {
  name: 'read_members',
  // The limit and "offset 0" keep it at one look-up of a contact for each member, whatever the statistics say: joined
  // freely, a table without any was read once for each member (10,000 members: more than 20 s).
  text: `
select c.msisdn, c.first_name as "firstName", c.last_name as "lastName", c.params
from (
  select m.bucket, m.account_id, m.msisdn from contact_members m
  where m.bucket = $1 and m.account_id = $2 and m.msisdn > $5 and m.group_id = (
    select id from contact_groups where bucket = $1 and account_id = $2 and kind = $3 and name = $4)
  order by m.msisdn limit $6
) m
cross join lateral (
  select * from contacts c
  where c.bucket = m.bucket and c.account_id = m.account_id and c.msisdn = m.msisdn
  offset 0
) c
order by m.msisdn`,
};

/** The members of a group in order of their numbers, from the first after `after` on. */
export async function readMembers(
  query: Query,
  owner: Owner,
  group: ContactGroup,
  after: number,
  limit: number,
): Promise<Contact[]> {
  return query<Contact>(pageStatement, [owner.bucket, owner.id, group.kind, group.name, after, limit]);
}
