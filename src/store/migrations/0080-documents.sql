-- Files of customers: lists they upload, exports made for them. The bytes lie in pieces beside their name, so that any
-- process serves them and none holds a whole file.

create table contents (
  bucket      smallint not null,
  id          uuid not null,
  -- false while it is written, and when nobody refers to it any more: deleted some time after `since`
  is_kept     boolean not null default false,
  since       timestamptz not null,
  primary key (bucket, id)
);
create index contents_left on contents (bucket, since) where not is_kept;

create table content_pieces (
  bucket      smallint not null,
  content_id  uuid not null,
  number      integer not null,
  bytes       bytea not null,
  primary key (bucket, content_id, number)
);
-- Read whole and once: compressing costs more than it saves.
alter table content_pieces alter column bytes set storage external;

create table documents (
  bucket      smallint not null,
  account_id  integer not null,
  id          uuid not null,
  -- personal: its customer made it and finds it in his list; attached: it belongs to something else
  kind        text not null check (kind in ('personal', 'attached')),
  name        text not null,
  -- [{key, value}]
  tags        jsonb not null default '[]',
  -- in the addresses where it is written and read; whoever has one needs no other key
  put_token   text not null,
  get_token   text not null,
  max_bytes   bigint,
  -- null until something was written
  content_id  uuid,
  size        bigint not null default 0,
  written_at  timestamptz,
  created_at  timestamptz not null,
  -- null: never
  expires_at  timestamptz,
  primary key (bucket, id)
);
create index documents_by_account on documents (bucket, account_id, created_at);
create index documents_expiring on documents (bucket, expires_at) where expires_at is not null;
