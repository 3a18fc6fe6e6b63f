-- Lists of recipients that an account, or one of its users, keeps in numbered slots.

create table recipient_slots (
  bucket        smallint not null,
  account_id    integer not null,
  -- 0: the account's own
  user_id       integer not null,
  slot          smallint not null,
  description   text not null,
  -- where it came from; null: an uploaded document
  url           text,
  -- fetched again before each send
  is_updated    boolean not null,
  content_id    uuid not null,
  -- what it was before it was cleaned
  former_id     uuid,
  records       integer not null,
  loaded_at     timestamptz not null,
  primary key (bucket, account_id, user_id, slot)
);
