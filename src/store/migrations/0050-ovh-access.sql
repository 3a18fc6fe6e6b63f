-- OVH's way in: applications, and the consumer keys that tie one of them to a customer.

create table applications (
  id             integer generated always as identity primary key,
  account_id     integer not null references accounts (id),
  key            text not null unique,
  -- sealed, not hashed: a signature is checked by making it again (docs/decisions/0013-sealed-application-secrets.md)
  sealed_secret  bytea not null,
  name           text not null,
  description    text not null default '',
  created_at     timestamptz not null,
  deleted_at     timestamptz
);
create index applications_by_account on applications (account_id);

create table consumer_keys (
  id              integer generated always as identity primary key,
  application_id  integer not null references applications (id),
  -- the customer who validated it; null until then
  account_id      integer references accounts (id),
  key_sha256      bytea not null unique,
  -- of the token in the address where it is validated
  validation_sha256 bytea unique,
  -- [{method, path}]
  rules           jsonb not null,
  -- CIDR blocks it may be used from; empty: from anywhere
  allowed_ips     text[] not null default '{}',
  redirection     text,
  status          text not null check (status in ('pending', 'validated', 'refused', 'ended')),
  created_at      timestamptz not null,
  expires_at      timestamptz,
  last_use_at     timestamptz
);
create index consumer_keys_by_account on consumer_keys (account_id);
