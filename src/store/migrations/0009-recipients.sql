-- Recipients that accounts store: contacts, phonebooks, files, slots.

create table contacts (
  bucket      smallint not null,
  account_id  integer not null,
  msisdn      bigint not null,
  first_name  text not null default '',
  last_name   text not null default '',
  -- param1 to param5
  params      text[] not null default '{}',
  created_at  timestamptz not null,
  updated_at  timestamptz not null,
  primary key (bucket, account_id, msisdn)
);
comment on table contacts is 'Contacts of an account (Octopush REST), one for each number.';

-- Not in a bucket: a number belongs to no account.
create table erasures (
  id            bigint generated always as identity primary key,
  -- HMAC-SHA-256 under the installation's secret key
  number_hash   bytea not null,
  -- null when the erasure is complete
  msisdn        bigint,
  actor         text not null,
  reason        text not null,
  requested_at  timestamptz not null,
  completed_at  timestamptz,
  -- cancelled messages, and rows by table: erased, in use, kept; null: the first round has not ended
  result        jsonb,
  check ((completed_at is null) = (msisdn is not null))
);
comment on table erasures is 'Numbers that were erased on request, as keyed hashes: the proof of the erasure.';
create index erasures_by_number on erasures (number_hash);
create index erasures_open on erasures (id) where completed_at is null;

create table contact_groups (
  bucket      smallint not null,
  account_id  integer not null,
  id          bigint generated always as identity,
  kind        text not null check (kind in ('list', 'tag')),
  name        text not null,
  created_at  timestamptz not null,
  primary key (bucket, account_id, id),
  unique (bucket, account_id, kind, name)
);
comment on table contact_groups is 'Contact lists and tags.';

create table contact_members (
  bucket      smallint not null,
  account_id  integer not null,
  group_id    bigint not null,
  msisdn      bigint not null,
  primary key (bucket, account_id, group_id, msisdn)
);
comment on table contact_members is 'Contacts of each contact list and tag.';
create index contact_members_by_contact on contact_members (bucket, account_id, msisdn);

create table phonebooks (
  bucket      smallint not null,
  account_id  integer not null,
  key         text not null,
  name        text not null,
  created_at  timestamptz not null,
  primary key (bucket, account_id, key)
);
comment on table phonebooks is 'Phonebooks of an account (OVH).';

create table phonebook_contacts (
  bucket       smallint not null,
  account_id   integer not null,
  phonebook_key     text not null,
  id           bigint generated always as identity,
  group_name   text not null,
  name         text not null,
  surname      text not null,
  -- E.164 with a plus
  home_mobile  text,
  home_phone   text,
  work_mobile  text,
  work_phone   text,
  primary key (bucket, account_id, phonebook_key, id)
);
comment on table phonebook_contacts is
  'Contacts of a phonebook, with several numbers each. Separate from contacts, which have one number and are found by it.';

create table phonebook_imports (
  bucket       smallint not null,
  account_id   integer not null,
  id           bigint generated always as identity,
  phonebook_key     text not null,
  contacts     integer not null,
  at           timestamptz not null,
  primary key (bucket, account_id, id)
);
comment on table phonebook_imports is 'Finished imports of phonebooks. Their ids are ids of OVH tasks.';

create table contents (
  bucket      smallint not null,
  id          uuid not null,
  -- false while it is written, and after the last reference to it was removed
  is_kept     boolean not null default false,
  since       timestamptz not null,
  account_id  integer,
  -- in bytes; grows while it is written
  size        bigint not null default 0,
  -- without a reference: deleted as soon as nobody reads it
  is_left     boolean not null default false,
  -- number of readers, and the time from which they no longer count because a reader may have died
  readers     integer not null default 0,
  read_until  timestamptz,
  primary key (bucket, id)
);
comment on table contents is 'Contents of files, counted for each account and for the platform.';
create index contents_left on contents (bucket, since) where not is_kept;
create index contents_by_account on contents (bucket, account_id);

create table content_pieces (
  bucket      smallint not null,
  content_id  uuid not null,
  number      integer not null,
  bytes       bytea not null,
  primary key (bucket, content_id, number)
);
comment on table content_pieces is 'Bytes of a file in pieces, so that every process can serve it and none needs the whole file in memory.';
-- Compression costs more than it saves: a file is read whole and once.
alter table content_pieces alter column bytes set storage external;

create table documents (
  bucket      smallint not null,
  account_id  integer not null,
  id          uuid not null,
  -- personal: made and listed by the customer; attached: part of another object
  kind        text not null check (kind in ('personal', 'attached')),
  name        text not null,
  -- [{key, value}]
  tags        jsonb not null default '[]',
  -- in the addresses for writing and reading, which need no other credential
  put_token   text not null,
  get_token   text not null,
  max_bytes   bigint,
  -- null: nothing was written
  content_id  uuid,
  size        bigint not null default 0,
  written_at  timestamptz,
  created_at  timestamptz not null,
  -- null: never
  expires_at  timestamptz,
  primary key (bucket, id)
);
comment on table documents is 'Files of customers: uploaded lists, documents for senders, exports.';
create index documents_by_account on documents (bucket, account_id, created_at);
create index documents_expiring on documents (bucket, expires_at) where expires_at is not null;

create table recipient_slots (
  bucket        smallint not null,
  account_id    integer not null,
  -- 0: of the account itself
  user_id       integer not null,
  slot          smallint not null,
  description   text not null,
  -- the source of the list; null: an uploaded document
  url           text,
  -- loaded again from its source before each campaign
  is_updated    boolean not null,
  content_id    uuid not null,
  -- content before the last cleaning
  former_id     uuid,
  records       integer not null,
  loaded_at     timestamptz not null,
  primary key (bucket, account_id, user_id, slot)
);
comment on table recipient_slots is 'Lists of recipients that an account or a user stores in numbered slots (OVH).';
