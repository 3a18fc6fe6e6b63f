-- As 0091: cleanings, look-ups and exports belong to the process that works on them.

alter table slot_cleanings add column owner bigint;
-- when it is (to be) worked on
alter table slot_cleanings rename column busy_until to due_at;
update slot_cleanings set due_at = created_at where status in ('todo', 'doing');
create index slot_cleanings_owned on slot_cleanings (bucket, owner) where owner is not null;

alter table number_lookups add column owner bigint;
update number_lookups set due_at = ordered_at where status = 'waiting';
create index number_lookups_owned on number_lookups (bucket, owner) where owner is not null;

alter table history_exports add column owner bigint;
update history_exports set due_at = ordered_at;
create index history_exports_owned on history_exports (bucket, owner) where owner is not null;
