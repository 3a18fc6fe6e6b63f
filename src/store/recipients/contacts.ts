// The address book: contacts, and the lists and tags they belong to. Used by the contacts service and by campaigns to contact
// lists. Never reads a row of another account.
import type { AccountKey } from '#domain/account/account.ts';
import type { Contact, ContactChange, ContactGroup, GroupKind } from '#domain/recipients/contact.ts';
import { accountParams, valuesOf } from '#store/database/account-key.ts';
import { instant, int4, int8, list, text, word } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { of, rows, statement } from '#store/database/statement.ts';

const param = (i: number) => of<Contact, string>(text, (contact) => contact.params[i] ?? '');

const saveParams = {
  ...accountParams,
  contacts: rows<Contact>({
    msisdn: of(int8, (contact) => contact.msisdn),
    first_name: of(text, (contact) => contact.firstName),
    last_name: of(text, (contact) => contact.lastName),
    p1: param(0),
    p2: param(1),
    p3: param(2),
    p4: param(3),
    p5: param(4),
  }),
  now: instant,
};

const insert = statement('insert_contacts', {
  params: saveParams,
  text: (p) => `
insert into contacts (bucket, account_id, msisdn, first_name, last_name, params, created_at, updated_at)
select ${p.bucket}, ${p.accountId}, u.msisdn, u.first_name, u.last_name, array[u.p1, u.p2, u.p3, u.p4, u.p5], ${p.now},
  ${p.now}
from ${p.contacts.as('u')}
on conflict (bucket, account_id, msisdn) do nothing`,
});

const upsert = statement('upsert_contacts', {
  params: saveParams,
  text: (p) => `
insert into contacts (bucket, account_id, msisdn, first_name, last_name, params, created_at, updated_at)
select ${p.bucket}, ${p.accountId}, u.msisdn, u.first_name, u.last_name, array[u.p1, u.p2, u.p3, u.p4, u.p5], ${p.now},
  ${p.now}
from ${p.contacts.as('u')}
on conflict (bucket, account_id, msisdn) do update
set first_name = excluded.first_name, last_name = excluded.last_name, params = excluded.params,
  updated_at = excluded.updated_at`,
});

const contactRow = { msisdn: int8, firstName: text, lastName: text, params: list(text) };
const contactColumns = `c.msisdn, c.first_name as "firstName", c.last_name as "lastName", c.params`;

const lock = statement('lock_contacts', {
  params: { ...accountParams, numbers: rows<number>({ msisdn: of(int8, (msisdn) => msisdn) }) },
  row: contactRow,
  // "offset 0" keeps it at one look-up of each contact, as in read_members.
  text: (p) => `
select ${contactColumns} from ${p.numbers.as('u')}
cross join lateral (
  select * from contacts c
  where c.bucket = ${p.bucket} and c.account_id = ${p.accountId} and c.msisdn = u.msisdn for update offset 0
) c`,
});

/**
 * Stores contacts, each number once and in ascending order. Existing contacts keep the fields that are null, and every
 * field unless `overwrites`. In a transaction.
 */
export async function saveContacts(
  query: Query,
  account: AccountKey,
  changes: readonly ContactChange[],
  overwrites: boolean,
  nowMs: number,
): Promise<void> {
  const values = { ...valuesOf(account), now: nowMs };
  const isWhole = ({ firstName, lastName, params }: ContactChange) =>
    firstName !== null && lastName !== null && params.every((param) => param !== null);
  const contacts = changes.map(asNew);
  if (overwrites && changes.every(isWhole)) {
    await upsert.run(query, { ...values, contacts });
    return;
  }
  // New contacts first: then every row exists, and is locked until its merged fields are written.
  await insert.run(query, { ...values, contacts });
  if (!overwrites) return;
  const numbers = changes.map(({ msisdn }) => msisdn);
  const stored = await lock.run(query, { ...valuesOf(account), numbers });
  const before = new Map(stored.map((contact) => [contact.msisdn, contact]));
  const merged = changes.map((change) => mergeInto(before.get(change.msisdn) ?? asNew(change), change));
  await upsert.run(query, { ...values, contacts: merged });
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

const groupParams = { ...accountParams, kind: word<GroupKind>(), name: text };

const insertGroupRow = statement('insert_contact_group', {
  params: { ...groupParams, now: instant },
  row: { id: int8 },
  text: (p) => `
insert into contact_groups (bucket, account_id, kind, name, created_at)
values (${p.bucket}, ${p.accountId}, ${p.kind}, ${p.name}, ${p.now}) on conflict do nothing returning id`,
});

/** False if the account has a group of this name. */
export async function insertGroup(
  query: Query,
  account: AccountKey,
  { kind, name }: ContactGroup,
  nowMs: number,
): Promise<boolean> {
  return (await insertGroupRow.find(query, { ...valuesOf(account), kind, name, now: nowMs })) !== null;
}

const lockGroupRow = (strength: 'share' | 'update') =>
  statement(`lock_contact_group_for_${strength}`, {
    params: groupParams,
    row: { id: int8 },
    text: (p) => `
select id from contact_groups
where bucket = ${p.bucket} and account_id = ${p.accountId} and kind = ${p.kind} and name = ${p.name} for ${strength}`,
  });

const groupLocks = { share: lockGroupRow('share'), update: lockGroupRow('update') };

/**
 * The id of a group, or null. The row is locked until the end of the transaction, so that the group is not deleted while
 * members are added; a deletion takes the lock for update.
 */
export async function lockGroup(
  query: Query,
  account: AccountKey,
  { kind, name }: ContactGroup,
  strength: 'share' | 'update' = 'share',
): Promise<number | null> {
  return (await groupLocks[strength].find(query, { ...valuesOf(account), kind, name }))?.id ?? null;
}

const insertMembers = statement('insert_contact_members', {
  params: {
    ...accountParams,
    groupId: int8,
    numbers: rows<number>({ msisdn: of(int8, (msisdn) => msisdn) }),
  },
  text: (p) => `
insert into contact_members (bucket, account_id, group_id, msisdn)
select ${p.bucket}, ${p.accountId}, ${p.groupId}, u.msisdn from ${p.numbers.as('u')} on conflict do nothing`,
});

export async function addMembers(
  query: Query,
  account: AccountKey,
  groupId: number,
  numbers: readonly number[],
): Promise<void> {
  await insertMembers.run(query, { ...valuesOf(account), groupId, numbers });
}

const deleteMembers = statement('delete_contact_members', {
  params: { ...accountParams, groupId: int8, numbers: list(int8) },
  text: (p) => `
delete from contact_members
where bucket = ${p.bucket} and account_id = ${p.accountId} and group_id = ${p.groupId} and msisdn = any(${p.numbers})`,
});

export async function removeMembers(
  query: Query,
  account: AccountKey,
  groupId: number,
  numbers: readonly number[],
): Promise<void> {
  await deleteMembers.run(query, { ...valuesOf(account), groupId, numbers });
}

const deleteMembersOfKind = statement('delete_contact_members_of_kind', {
  params: { ...accountParams, kind: word<GroupKind>(), numbers: list(int8) },
  // Index contact_members_by_contact.
  text: (p) => `
delete from contact_members
where bucket = ${p.bucket} and account_id = ${p.accountId} and msisdn = any(${p.numbers}) and group_id in (
  select id from contact_groups
  where bucket = ${p.bucket} and account_id = ${p.accountId} and kind = ${p.kind})`,
});

/** Removes contacts from every group of this kind. */
export async function removeFromAll(
  query: Query,
  account: AccountKey,
  kind: GroupKind,
  numbers: readonly number[],
): Promise<void> {
  await deleteMembersOfKind.run(query, { ...valuesOf(account), kind, numbers });
}

const deleteMemberships = statement('delete_contact_memberships', {
  params: { ...accountParams, numbers: list(int8) },
  // Index contact_members_by_contact.
  text: (p) => `
delete from contact_members
where bucket = ${p.bucket} and account_id = ${p.accountId} and msisdn = any(${p.numbers})`,
});

const deleteRows = statement('delete_contacts', {
  params: { ...accountParams, numbers: list(int8) },
  text: (p) => `
delete from contacts where bucket = ${p.bucket} and account_id = ${p.accountId} and msisdn = any(${p.numbers})`,
});

/** Deletes contacts and removes them from every group. */
export async function deleteContacts(
  query: Query,
  account: AccountKey,
  numbers: readonly number[],
): Promise<void> {
  await deleteMemberships.run(query, { ...valuesOf(account), numbers });
  await deleteRows.run(query, { ...valuesOf(account), numbers });
}

const deleteAllMembers = statement('empty_contact_group', {
  params: { ...accountParams, groupId: int8 },
  row: { msisdn: int8 },
  text: (p) => `
delete from contact_members
where bucket = ${p.bucket} and account_id = ${p.accountId} and group_id = ${p.groupId} returning msisdn`,
});

/** Removes every member of the group; with `deletesContacts` deletes their contacts as well. */
export async function emptyGroup(
  query: Query,
  account: AccountKey,
  groupId: number,
  deletesContacts: boolean,
): Promise<void> {
  const removed = await deleteAllMembers.run(query, { ...valuesOf(account), groupId });
  if (!deletesContacts || removed.length === 0) return;
  await deleteContacts(
    query,
    account,
    removed.map(({ msisdn }) => msisdn),
  );
}

const deleteGroupRow = statement('delete_contact_group', {
  params: { ...accountParams, groupId: int8 },
  text: (p) => `
delete from contact_groups where bucket = ${p.bucket} and account_id = ${p.accountId} and id = ${p.groupId}`,
});

export async function deleteGroup(query: Query, account: AccountKey, groupId: number): Promise<void> {
  await deleteGroupRow.run(query, { ...valuesOf(account), groupId });
}

const readPage = statement('read_members', {
  params: { ...groupParams, after: int8, limit: int4 },
  row: contactRow,
  // The limit and "offset 0" keep it at one look-up of a contact for each member, whatever the statistics say: joined
  // freely, a table without any was read once for each member (10,000 members: more than 20 s).
  text: (p) => `
select ${contactColumns}
from (
  select m.msisdn from contact_members m
  where m.bucket = ${p.bucket} and m.account_id = ${p.accountId} and m.msisdn > ${p.after} and m.group_id = (
    select g.id from contact_groups g
    where g.bucket = ${p.bucket} and g.account_id = ${p.accountId} and g.kind = ${p.kind} and g.name = ${p.name})
  order by m.msisdn limit ${p.limit}
) m
cross join lateral (
  select * from contacts c
  where c.bucket = ${p.bucket} and c.account_id = ${p.accountId} and c.msisdn = m.msisdn
  offset 0
) c
order by m.msisdn`,
});

/** Members of a group in ascending order of their numbers, from the first above `after`. */
export function readMembers(
  query: Query,
  account: AccountKey,
  { kind, name }: ContactGroup,
  after: number,
  limit: number,
): Promise<Contact[]> {
  return readPage.run(query, { ...valuesOf(account), kind, name, after, limit });
}

const listAll = statement('list_contact_groups', {
  params: { ...accountParams, limit: int4 },
  row: { kind: word<GroupKind>(), name: text },
  text: (p) => `
select kind, name from contact_groups
where bucket = ${p.bucket} and account_id = ${p.accountId} order by kind, name limit ${p.limit}`,
});

/** Lists and tags of an account by name, at most a thousand. */
export function listGroups(query: Query, account: AccountKey): Promise<ContactGroup[]> {
  return listAll.run(query, { ...valuesOf(account), limit: 1000 });
}
