-- Proofs of an account or of a telephone. Secrets are hashed; only the secret of an application is sealed, because a
-- signature is checked by computing it again (docs/decisions/0013-sealed-application-secrets.md).

create table credentials (
  id            integer generated always as identity primary key,
  account_id    integer not null references accounts (id),
  -- the family of dialects that accepts it: octopush, ovh, smpp, http2sms
  dialect       text not null,
  identifier    text not null,
  -- with a salt: scrypt, because a password for a bind has 8 characters
  secret_sha256 bytea not null,
  salt          bytea,
  created_at    timestamptz not null,
  revoked_at    timestamptz
);
comment on table credentials is 'Keys of accounts: a login and the hash of a key.';
create index credentials_by_identifier on credentials (dialect, lower(identifier));

create table applications (
  id             integer generated always as identity primary key,
  account_id     integer not null references accounts (id),
  key            text not null unique,
  sealed_secret  bytea not null,
  name           text not null,
  description    text not null default '',
  created_at     timestamptz not null,
  deleted_at     timestamptz
);
comment on table applications is 'OVH applications, which sign requests.';
create index applications_by_account on applications (account_id);

create table consumer_keys (
  id              integer generated always as identity primary key,
  application_id  integer not null references applications (id),
  -- the customer who validated it; null before that
  account_id      integer references accounts (id),
  key_sha256      bytea not null unique,
  -- of the token in the address of the validation page
  validation_sha256 bytea unique,
  -- [{method, path}]
  rules           jsonb not null,
  -- CIDR blocks that may use it; empty: every address
  allowed_ips     text[] not null default '{}',
  redirection     text,
  status          text not null check (status in ('pending', 'validated', 'refused', 'ended')),
  created_at      timestamptz not null,
  expires_at      timestamptz,
  last_use_at     timestamptz
);
comment on table consumer_keys is 'OVH consumer keys: each gives an application the rights that a customer granted.';
create index consumer_keys_by_account on consumer_keys (account_id);
-- Keys that were never validated are found by their application and deleted.
create index consumer_keys_by_application on consumer_keys (application_id);

create table sign_in_attempts (
  -- of an address or an e-mail
  subject_sha256  bytea primary key,
  attempts        integer not null,
  -- time of the first attempt that is counted
  since           timestamptz not null,
  -- no password is checked before this instant; null: at once
  blocked_until   timestamptz
);
comment on table sign_in_attempts is 'Recent attempts to sign in, by address and by e-mail, so that keys cannot be guessed.';
create index sign_in_attempts_by_time on sign_in_attempts (since);

create table one_time_codes (
  bucket         smallint not null,
  account_id     integer not null,
  id             bigint generated always as identity,
  -- of the token that names the request
  token_sha256   bytea not null,
  msisdn         bigint not null,
  -- scrypt: a code has little entropy
  code_hash      bytea not null,
  salt           bytea not null,
  attempts_left  smallint not null,
  -- the only address that may validate the code; null: every address
  recipient_ip   text,
  expires_at     timestamptz not null,
  used_at        timestamptz,
  created_at     timestamptz not null,
  -- restores leading zeros that a JSON number loses; null: rows of before this column
  code_length    smallint,
  primary key (bucket, account_id, id)
) with (fillfactor = 70);
comment on table one_time_codes is 'One-time codes that were sent to telephones. Neither the code nor its token is stored.';
create unique index one_time_codes_by_token on one_time_codes (bucket, account_id, token_sha256);
create index one_time_codes_by_phone on one_time_codes (bucket, account_id, msisdn, id);
create index one_time_codes_by_expiry on one_time_codes (bucket, account_id, expires_at);
