-- Work that nobody waits for belongs to the process that does it, as chunks and callbacks do: it is free again when that
-- process has ended, however long it takes. Times only say when there is something to do.
-- Every process is stopped while the schema changes: what one of them had in hand is free.

alter table batches add column owner bigint;
update batches set look_at = created_at where status in ('inserting', 'to_cancel', 'canceling');
create index batches_owned on batches (bucket, owner) where owner is not null;

alter table list_campaigns add column owner bigint;
-- when it is (to be) worked on; null: at once
alter table list_campaigns rename column busy_until to due_at;
update list_campaigns set due_at = null where status in ('computing', 'sending');
create index list_campaigns_owned on list_campaigns (bucket, owner) where owner is not null;
