// The address book of an account: contacts, lists and tags. Each method is one transaction.
// Numbers that cannot be read are counted, never stored. Never charges or sends anything.

import type { Account } from '#domain/account/account.ts';
import type { ContactChange, ContactGroup } from '#domain/recipients/contact.ts';
import { readMsisdn } from '#gsm/msisdn.ts';
import { type Guarded, guard } from '#operations/access/guard.ts';
import type { Context } from '#pipeline/context.ts';
import type { Query } from '#store/database/database.ts';
import {
  addMembers,
  deleteContacts,
  deleteGroup,
  emptyGroup,
  insertGroup,
  lockGroup,
  removeFromAll,
  removeMembers,
  saveContacts,
} from '#store/recipients/contacts.ts';
import { findOptOuts } from '#store/recipients/opt-outs.ts';

type Needs = Pick<Context, 'database' | 'clock'>;

/** A contact as received, with its number not yet read; null is an absent field. */
export interface WrittenContact extends Omit<ContactChange, 'msisdn'> {
  readonly number: string;
}

interface ContactsOrder {
  readonly contacts: readonly WrittenContact[];
  /** Adds the contacts to these groups, which are created if necessary. */
  readonly join: readonly ContactGroup[];
  /** Removes the contacts from these groups. An unknown group is ignored. */
  readonly leave: readonly ContactGroup[];
  /** Removes the contacts from every group of these kinds, before the additions. */
  readonly leaveAll?: readonly ContactGroup['kind'][];
  readonly overwrites: boolean;
  /** Leaves out numbers with an opt-out. */
  readonly skipsOptedOut: boolean;
}

interface KeptContacts {
  readonly kept: number;
  /** Numbers that cannot be read or cannot receive SMS. */
  readonly invalid: number;
  readonly optedOut: number;
}

interface ContactMethods {
  keep(account: Account, order: ContactsOrder): Promise<KeptContacts>;
  /** False for an unknown group; likewise below. */
  drop(account: Account, numbers: readonly string[], group: ContactGroup | null): Promise<boolean>;
  /** False if it exists. */
  createGroup(account: Account, group: ContactGroup): Promise<boolean>;
  clearGroup(account: Account, group: ContactGroup, deletesContacts: boolean): Promise<boolean>;
  dropGroup(account: Account, group: ContactGroup): Promise<boolean>;
}

export type Contacts = Guarded<ContactMethods>;

export function createContacts(context: Needs): Contacts {
  return guard<ContactMethods>(
    {
      keep: (account, order) => keepContacts(context, account, order),
      drop: (account, numbers, group) => dropContacts(context, account, numbers, group),
      createGroup: (account, group) => createGroup(context, account, group),
      clearGroup: (account, group, deletesContacts) => clearGroup(context, account, group, deletesContacts),
      dropGroup: (account, group) => dropGroup(context, account, group),
    },
    {
      keep: 'contacts.write',
      drop: 'contacts.write',
      createGroup: 'contacts.write',
      clearGroup: 'contacts.write',
      dropGroup: 'contacts.write',
    },
  );
}

async function keepContacts(context: Needs, account: Account, order: ContactsOrder): Promise<KeptContacts> {
  const { database, clock } = context;
  const byNumber = new Map<number, ContactChange>();
  let invalid = 0;
  for (const { number, ...names } of order.contacts) {
    const read = readMsisdn(number, account.settings.defaultCountry);
    if (read.ok) byNumber.set(read.msisdn, { msisdn: read.msisdn, ...names });
    else invalid++;
  }
  const optedOut = order.skipsOptedOut
    ? await findOptOuts(database.query, account, [...byNumber.keys()])
    : new Set<number>();
  for (const msisdn of optedOut) byNumber.delete(msisdn);
  // All processes use one order, so that two requests with the same contacts cannot wait for each other.
  const contacts = [...byNumber.values()].sort((a, b) => a.msisdn - b.msisdn);
  const msisdns = contacts.map(({ msisdn }) => msisdn);
  const nowMs = clock.now();
  await database.transaction(async (query) => {
    await saveContacts(query, account, contacts, order.overwrites, nowMs);
    for (const kind of order.leaveAll ?? []) await removeFromAll(query, account, kind, msisdns);
    for (const group of inOrder(order.join))
      await addMembers(query, account, await groupToJoin(query, account, group, nowMs), msisdns);
    for (const group of order.leave) {
      const groupId = await lockGroup(query, account, group);
      if (groupId !== null) await removeMembers(query, account, groupId, msisdns);
    }
  });
  return { kept: contacts.length, invalid, optedOut: optedOut.size };
}

function inOrder(groups: readonly ContactGroup[]): ContactGroup[] {
  const byName = new Map(groups.map((group) => [`${group.kind} ${group.name}`, group]));
  return [...byName.keys()].sort().map((key) => byName.get(key)!);
}

async function groupToJoin(
  query: Query,
  account: Account,
  group: ContactGroup,
  nowMs: number,
): Promise<number> {
  for (;;) {
    const groupId = await lockGroup(query, account, group);
    if (groupId !== null) return groupId;
    // Deleted again between the two statements: it is created again.
    await insertGroup(query, account, group, nowMs);
  }
}

/**
 * Removes contacts from the address book or, if a group is named, only from that group. False for an unknown group.
 * Unknown and unreadable numbers are ignored.
 */
async function dropContacts(
  context: Needs,
  account: Account,
  writtenNumbers: readonly string[],
  group: ContactGroup | null,
): Promise<boolean> {
  const msisdns = writtenNumbers.flatMap((number) => {
    const read = readMsisdn(number, account.settings.defaultCountry);
    return read.ok ? [read.msisdn] : [];
  });
  return context.database.transaction(async (query) => {
    if (group === null) {
      await deleteContacts(query, account, msisdns);
      return true;
    }
    const groupId = await lockGroup(query, account, group);
    if (groupId === null) return false;
    await removeMembers(query, account, groupId, msisdns);
    return true;
  });
}

/** False if the name is taken. */
function createGroup(context: Needs, account: Account, group: ContactGroup): Promise<boolean> {
  return insertGroup(context.database.query, account, group, context.clock.now());
}

/** False for an unknown name. */
function clearGroup(
  context: Needs,
  account: Account,
  group: ContactGroup,
  deletesContacts: boolean,
): Promise<boolean> {
  return context.database.transaction(async (query) => {
    const groupId = await lockGroup(query, account, group);
    if (groupId === null) return false;
    await emptyGroup(query, account, groupId, deletesContacts);
    return true;
  });
}

/** Its contacts stay in the address book. False for an unknown name. */
function dropGroup(context: Needs, account: Account, group: ContactGroup): Promise<boolean> {
  return context.database.transaction(async (query) => {
    const groupId = await lockGroup(query, account, group, 'update');
    if (groupId === null) return false;
    await emptyGroup(query, account, groupId, false);
    await deleteGroup(query, account, groupId);
    return true;
  });
}
