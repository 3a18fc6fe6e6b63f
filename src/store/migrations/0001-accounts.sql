-- Who owns credit, and what opens their doors. Small tables that everybody reads: no bucket in their keys.

create table accounts (
  id            integer generated always as identity primary key,
  -- the shard key of everything hot that belongs to the account (docs/decisions/0005-storage.md)
  bucket        smallint not null default 0,
  email         text not null,
  name          text not null default '',
  service_name  text not null unique,
  status        text not null default 'active' check (status in ('active', 'not-validated', 'blocked')),
  settings      jsonb not null default '{}',
  -- asked for each batch of receipts: is a callback owed?
  wants_receipts boolean not null generated always as ((settings #>> '{callbacks,receiptUrl}') is not null) stored,
  created_at    timestamptz not null
);
create unique index accounts_by_email on accounts (lower(email));

create table credentials (
  id            integer generated always as identity primary key,
  account_id    integer not null references accounts (id),
  -- the family of dialects it opens: octopush, ovh, smpp, http2sms
  dialect       text not null,
  identifier    text not null,
  secret_sha256 bytea not null,
  created_at    timestamptz not null,
  revoked_at    timestamptz
);
create index credentials_by_identifier on credentials (dialect, lower(identifier));

create table platform_settings (
  key    text primary key,
  value  jsonb not null
);
