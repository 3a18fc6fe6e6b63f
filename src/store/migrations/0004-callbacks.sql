-- What we owe customers. A row holds the messages of one account that came to their end in one transaction;
-- it is deleted when every one of them was pushed, or given up after a day.

create table callbacks (
  bucket       smallint not null,
  id           bigint generated always as identity,
  account_id   integer not null,
  kind         text not null check (kind in ('receipt', 'reply', 'opt-out')),
  dialect      smallint not null,
  -- of a receipt: the messages; of a reply or an opt-out: null
  message_ids  bigint[],
  reply_id     bigint,
  due_at       timestamptz not null,
  attempts     smallint not null default 0,
  -- the process that pushes it; null: to be claimed
  owner        bigint,
  created_at   timestamptz not null,
  primary key (bucket, id)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000);
create index callbacks_waiting on callbacks (bucket, due_at) where owner is null;
create index callbacks_owned on callbacks (bucket, owner) where owner is not null;

-- The delivery log: one row for each round of pushing a callback row.
create table callback_attempts (
  bucket       smallint not null,
  account_id   integer not null,
  id           bigint generated always as identity,
  callback_id  bigint not null,
  attempt      smallint not null,
  at           timestamptz not null,
  done_ids     bigint[] not null,
  failed_ids   bigint[] not null,
  -- of the last failure: HTTP status or what went wrong
  http_status  smallint,
  error        text,
  gave_up      boolean not null default false,
  primary key (bucket, account_id, id)
);
