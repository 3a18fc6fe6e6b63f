// Slots of recipient lists: their descriptions, sources and contents. Used by the recipient slots service and by cleanings.
// The bytes of the lists are in file-contents.ts.
import type { RecipientSlot, SlotKey } from '#domain/recipients/recipient-slot.ts';
import { accountParams } from '#store/database/account-key.ts';
import { boolean, instant, int2, int4, nullable, text, uuid } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { statement } from '#store/database/statement.ts';

export interface StoredSlot extends RecipientSlot {
  readonly contentId: string;
}

export interface NewSlot {
  readonly description: string;
  readonly url: string | null;
  readonly isUpdated: boolean;
  readonly contentId: string;
  readonly records: number;
}

type UserKey = Omit<SlotKey, 'slot'>;

const userParams = { ...accountParams, userId: int4 };
const slotParams = { ...userParams, slot: int2 };
/** The slots of the account itself are those of user 0. */
const valuesOf = ({ bucket, accountId, userId }: UserKey) => ({ bucket, accountId, userId: userId ?? 0 });
const valuesOfSlot = (key: SlotKey) => ({ ...valuesOf(key), slot: key.slot });

type UserMentions = Readonly<Record<keyof typeof userParams, string>>;
const isOfUser = (p: UserMentions) =>
  `bucket = ${p.bucket} and account_id = ${p.accountId} and user_id = ${p.userId}`;
const isSlot = (p: UserMentions & { readonly slot: string }) => `${isOfUser(p)} and slot = ${p.slot}`;

const slotRow = {
  slot: int2,
  description: text,
  url: nullable(text),
  isUpdated: boolean,
  records: int4,
  loadedAtMs: instant,
  contentId: uuid,
};
const columns = `slot, description, url, is_updated as "isUpdated", records, loaded_at as "loadedAtMs",
  content_id as "contentId"`;

/** Marks a content for deletion. */
const leave = (now: string) => `update contents c set is_kept = false, is_left = true, since = ${now}`;

const list = statement('list_slots', {
  params: userParams,
  row: { slot: int2 },
  text: (p) => `select slot from recipient_slots where ${isOfUser(p)} order by slot`,
});

/** The numbers of the filled slots, ascending. */
export async function listSlots(query: Query, user: UserKey): Promise<number[]> {
  return (await list.run(query, valuesOf(user))).map(({ slot }) => slot);
}

const read = statement('read_slot', {
  params: slotParams,
  row: slotRow,
  text: (p) => `select ${columns} from recipient_slots where ${isSlot(p)}`,
});

export function readSlot(query: Query, key: SlotKey): Promise<StoredSlot | null> {
  return read.find(query, valuesOfSlot(key));
}

const lock = statement('lock_slot', {
  params: { name: text },
  text: (p) => `select from pg_advisory_xact_lock(hashtextextended(${p.name}, 0))`,
});

const leaveContents = statement('leave_slot_contents', {
  params: { ...slotParams, now: instant },
  text: (p) => `
${leave(p.now)}
from recipient_slots s
where s.bucket = ${p.bucket} and s.account_id = ${p.accountId} and s.user_id = ${p.userId} and s.slot = ${p.slot}
  and c.bucket = ${p.bucket} and c.id in (s.content_id, s.former_id)`,
});

const fill = statement('fill_slot', {
  params: {
    ...slotParams,
    contentId: uuid,
    description: text,
    url: nullable(text),
    isUpdated: boolean,
    records: int4,
    now: instant,
  },
  row: slotRow,
  text: (p) => `
with keep as (
  update contents c set is_kept = true where c.bucket = ${p.bucket} and c.id = ${p.contentId}
)
insert into recipient_slots (bucket, account_id, user_id, slot, content_id, description, url, is_updated, records,
  loaded_at)
values (${p.bucket}, ${p.accountId}, ${p.userId}, ${p.slot}, ${p.contentId}, ${p.description}, ${p.url},
  ${p.isUpdated}, ${p.records}, ${p.now})
on conflict (bucket, account_id, user_id, slot) do update set content_id = excluded.content_id, former_id = null,
  description = excluded.description, url = excluded.url, is_updated = excluded.is_updated,
  records = excluded.records, loaded_at = excluded.loaded_at
returning ${columns}`,
});

/**
 * Fills a slot and replaces its list: the previous content is left, the new one is kept. In a transaction: of two that fill
 * an empty slot concurrently the second waits and sees the list of the first.
 */
export async function fillSlot(
  query: Query,
  key: SlotKey,
  slot: NewSlot,
  nowMs: number,
): Promise<StoredSlot> {
  const values = valuesOfSlot(key);
  await lock.run(query, { name: `slot ${Object.values(values).join(' ')}` });
  await leaveContents.run(query, { ...values, now: nowMs });
  return (await fill.find(query, { ...values, ...slot, now: nowMs }))!;
}

const listParams = { ...slotParams, contentId: uuid, knownId: uuid, records: int4, now: instant };

type ListMentions = Readonly<Record<keyof typeof listParams, string>>;
const replaceList = (p: ListMentions, formerId: string, left: string) => `
with before as (
  select content_id, former_id from recipient_slots where ${isSlot(p)} and content_id = ${p.knownId} for update
), leave as (
  ${leave(p.now)} from before b where c.bucket = ${p.bucket} and c.id in (${left})
), keep as (
  update contents c set is_kept = true from before where c.bucket = ${p.bucket} and c.id = ${p.contentId}
)
update recipient_slots set content_id = ${p.contentId}, former_id = ${formerId}, records = ${p.records},
  loaded_at = ${p.now}
where ${isSlot(p)} and exists (select 1 from before)
returning slot`;

const updateList = statement('update_slot_list', {
  params: listParams,
  row: { slot: int2 },
  text: (p) => replaceList(p, 'null', 'b.content_id, b.former_id'),
});

export interface SlotContent {
  readonly id: string;
  readonly records: number;
}

/** Replaces the list of a slot if it is still the known one; otherwise false. */
export async function updateSlotList(
  query: Query,
  key: SlotKey,
  knownId: string,
  { id, records }: SlotContent,
  nowMs: number,
): Promise<boolean> {
  const values = { ...valuesOfSlot(key), contentId: id, knownId, records, now: nowMs };
  return (await updateList.find(query, values)) !== null;
}

const saveCleaned = statement('replace_cleaned_slot', {
  params: listParams,
  row: { slot: int2 },
  text: (p) => replaceList(p, 'content_id', 'b.former_id'),
});

/**
 * The same for a cleaned list: the list before the cleaning is kept as the former one, and the previous former list is left.
 */
export async function replaceCleaned(
  query: Query,
  key: SlotKey,
  knownId: string,
  { id, records }: SlotContent,
  nowMs: number,
): Promise<boolean> {
  const values = { ...valuesOfSlot(key), contentId: id, knownId, records, now: nowMs };
  return (await saveCleaned.find(query, values)) !== null;
}

const edit = statement('edit_slot', {
  params: { ...slotParams, description: nullable(text), isUpdated: nullable(boolean) },
  text: (p) => `
update recipient_slots set description = coalesce(${p.description}, description),
  is_updated = coalesce(${p.isUpdated}, is_updated)
where ${isSlot(p)}`,
});

/** Null keeps the value. */
export async function editSlot(
  query: Query,
  key: SlotKey,
  description: string | null,
  isUpdated: boolean | null,
): Promise<void> {
  await edit.run(query, { ...valuesOfSlot(key), description, isUpdated });
}

const empty = statement('empty_slot', {
  params: { ...slotParams, now: instant },
  row: { isEmptied: boolean },
  text: (p) => `
with deleted as (
  delete from recipient_slots where ${isSlot(p)} returning content_id, former_id
), leave as (
  ${leave(p.now)} from deleted d where c.bucket = ${p.bucket} and c.id in (d.content_id, d.former_id)
)
select true as "isEmptied" from deleted`,
});

/** False if the slot was empty. */
export async function emptySlot(query: Query, key: SlotKey, nowMs: number): Promise<boolean> {
  return (await empty.find(query, { ...valuesOfSlot(key), now: nowMs })) !== null;
}

const emptyAll = statement('empty_user_slots', {
  params: { ...userParams, now: instant },
  text: (p) => `
with deleted as (
  delete from recipient_slots where ${isOfUser(p)} returning content_id, former_id
)
${leave(p.now)} from deleted d where c.bucket = ${p.bucket} and c.id in (d.content_id, d.former_id)`,
});

/** Empties all slots of a user that is deleted. */
export async function emptyUserSlots(query: Query, user: UserKey, nowMs: number): Promise<void> {
  await emptyAll.run(query, { ...valuesOf(user), now: nowMs });
}
