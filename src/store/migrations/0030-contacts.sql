-- The address book of an account: contacts, and the lists and tags they belong to.

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

create table contact_members (
  bucket      smallint not null,
  account_id  integer not null,
  group_id    bigint not null,
  msisdn      bigint not null,
  primary key (bucket, account_id, group_id, msisdn)
);
create index contact_members_by_contact on contact_members (bucket, account_id, msisdn);
