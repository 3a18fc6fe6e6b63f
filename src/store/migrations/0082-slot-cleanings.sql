-- Lists in slots that are being cleaned: of numbers that are there twice or cannot exist and, when that was paid, of those
-- that no network knows.

create table slot_cleanings (
  bucket        smallint not null,
  account_id    integer not null,
  id            bigint generated always as identity,
  user_id       integer not null,
  slot          smallint not null,
  -- what is cleaned; another list in the slot meanwhile ends it
  content_id    uuid not null,
  -- ids of the look-ups that were ordered for it; null: none were
  first_lookup  bigint,
  last_lookup   bigint,
  status        text not null check (status in ('todo', 'doing', 'done', 'error')),
  step          text not null,
  -- until then a process works on it, or it waits
  busy_until    timestamptz not null,
  created_at    timestamptz not null,
  primary key (bucket, account_id, id)
);
create unique index slot_cleanings_open on slot_cleanings (bucket, account_id, user_id, slot)
  where status in ('todo', 'doing');
create index slot_cleanings_due on slot_cleanings (bucket, busy_until) where status in ('todo', 'doing');
