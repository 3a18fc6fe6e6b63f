// Slots of recipients: what is in them, and where it came from. The lists themselves are in contents.ts.
import type { RecipientSlot, SlotKey } from '#domain/recipients/recipient-slot.ts';
import type { Query } from '#store/database/database.ts';

export interface StoredSlot extends RecipientSlot {
  readonly contentId: string;
}

const columns = `slot, description, url, is_updated as "isUpdated", records, loaded_at as "loadedAtMs",
  content_id as "contentId"`;

/** The account's own slots are those of user 0. */
function whoseOf({ bucket, accountId, userId }: Omit<SlotKey, 'slot'>): readonly number[] {
  return [bucket, accountId, userId ?? 0];
}

const whose = 'bucket = $1 and account_id = $2 and user_id = $3';

export async function listSlots(query: Query, owner: Omit<SlotKey, 'slot'>): Promise<number[]> {
  const rows = await query<{ slot: number }>(
    `select slot from recipient_slots where ${whose} order by slot`,
    whoseOf(owner),
  );
  return rows.map((row) => row.slot);
}

export async function readSlot(query: Query, key: SlotKey): Promise<StoredSlot | null> {
  const [row] = await query<StoredSlot>(
    `select ${columns} from recipient_slots where ${whose} and slot = $4`,
    [...whoseOf(key), key.slot],
  );
  return row ?? null;
}

export interface NewSlot {
  readonly description: string;
  readonly url: string | null;
  readonly isUpdated: boolean;
  readonly contentId: string;
  readonly records: number;
}

const leaves = (now: string) => `leave as (
  update contents c set is_kept = false, is_left = true, since = to_timestamp(${now}::float8 / 1000)
  from before b where c.bucket = $1 and c.id in (b.content_id, b.former_id)
), keep as (
  update contents c set is_kept = true from before where c.bucket = $1 and c.id = $5
)`;

/**
 * Fills a slot, whatever was in it; what it held is left, what it holds is kept. To be called in a transaction: of two who
 * fill an empty slot at once the second waits, and sees what the first one put there.
 */
export async function fillSlot(
  query: Query,
  key: SlotKey,
  { description, url, isUpdated, contentId, records }: NewSlot,
  nowMs: number,
): Promise<StoredSlot> {
  const name = `slot ${[...whoseOf(key), key.slot].join(' ')}`;
  await query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [name]);
  await query(
    `update contents c set is_kept = false, is_left = true, since = to_timestamp($5::float8 / 1000)
     from recipient_slots s
     where s.bucket = $1 and s.account_id = $2 and s.user_id = $3 and s.slot = $4
       and c.bucket = s.bucket and c.id in (s.content_id, s.former_id)`,
    [...whoseOf(key), key.slot, nowMs],
  );
  const [row] = await query<StoredSlot>(
    `with keep as (
       update contents c set is_kept = true where c.bucket = $1 and c.id = $5
     )
     insert into recipient_slots (bucket, account_id, user_id, slot, content_id, description, url, is_updated, records,
       loaded_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, to_timestamp($10::float8 / 1000))
     on conflict (bucket, account_id, user_id, slot) do update set content_id = excluded.content_id,
       former_id = null, description = excluded.description, url = excluded.url, is_updated = excluded.is_updated,
       records = excluded.records, loaded_at = excluded.loaded_at
     returning ${columns}`,
    [...whoseOf(key), key.slot, contentId, description, url, isUpdated, records, nowMs],
  );
  return row!;
}

/** The list of a slot is another now, as long as it is the one that is known; false when it is not. */
export async function updateSlotList(
  query: Query,
  key: SlotKey,
  knownId: string,
  list: { readonly id: string; readonly records: number },
  nowMs: number,
): Promise<boolean> {
  const rows = await query(
    `with before as (
       select content_id, former_id from recipient_slots where ${whose} and slot = $4 and content_id = $6 for update
     ), ${leaves('$8')}
     update recipient_slots set content_id = $5, former_id = null, records = $7,
       loaded_at = to_timestamp($8::float8 / 1000)
     where ${whose} and slot = $4 and exists (select from before)
     returning slot`,
    [...whoseOf(key), key.slot, list.id, knownId, list.records, nowMs],
  );
  return rows.length > 0;
}

/**
 * The same, for a list that was cleaned: the one it was is kept beside it, and the one that was kept so before is left.
 */
export async function replaceCleaned(
  query: Query,
  key: SlotKey,
  knownId: string,
  list: { readonly id: string; readonly records: number },
  nowMs: number,
): Promise<boolean> {
  const rows = await query(
    `with before as (
       select former_id from recipient_slots where ${whose} and slot = $4 and content_id = $6 for update
     ), leave as (
       update contents c set is_kept = false, is_left = true, since = to_timestamp($8::float8 / 1000)
       from before b where c.bucket = $1 and c.id = b.former_id
     ), keep as (
       update contents c set is_kept = true from before where c.bucket = $1 and c.id = $5
     )
     update recipient_slots set content_id = $5, former_id = content_id, records = $7,
       loaded_at = to_timestamp($8::float8 / 1000)
     where ${whose} and slot = $4 and exists (select from before)
     returning slot`,
    [...whoseOf(key), key.slot, list.id, knownId, list.records, nowMs],
  );
  return rows.length > 0;
}

/** What is null stays as it is. */
export async function editSlot(
  query: Query,
  key: SlotKey,
  description: string | null,
  isUpdated: boolean | null,
): Promise<void> {
  await query(
    `update recipient_slots set description = coalesce($5, description), is_updated = coalesce($6, is_updated)
     where ${whose} and slot = $4`,
    [...whoseOf(key), key.slot, description, isUpdated],
  );
}

/** False when there was nothing in it. */
export async function emptySlot(query: Query, key: SlotKey, nowMs: number): Promise<boolean> {
  const rows = await query(
    `with gone as (
       delete from recipient_slots where ${whose} and slot = $4 returning content_id, former_id
     ), leave as (
       update contents c set is_kept = false, is_left = true, since = to_timestamp($5::float8 / 1000)
       from gone g where c.bucket = $1 and c.id in (g.content_id, g.former_id)
     )
     select 1 from gone`,
    [...whoseOf(key), key.slot, nowMs],
  );
  return rows.length > 0;
}

/** All slots of a user who goes. */
export async function emptyUserSlots(
  query: Query,
  owner: Omit<SlotKey, 'slot'>,
  nowMs: number,
): Promise<void> {
  await query(
    `with gone as (
       delete from recipient_slots where ${whose} returning content_id, former_id
     )
     update contents c set is_kept = false, is_left = true, since = to_timestamp($4::float8 / 1000)
     from gone g where c.bucket = $1 and c.id in (g.content_id, g.former_id)`,
    [...whoseOf(owner), nowMs],
  );
}
