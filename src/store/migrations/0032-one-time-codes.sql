-- One-time codes sent to telephones. Neither a code nor the token that names its request is stored, only hashes.

create table one_time_codes (
  bucket         smallint not null,
  account_id     integer not null,
  id             bigint generated always as identity,
  token_sha256   bytea not null,
  msisdn         bigint not null,
  -- scrypt; a code has little chance in it
  code_hash      bytea not null,
  salt           bytea not null,
  attempts_left  smallint not null,
  -- the address that must ask for the validation; null: any
  recipient_ip   text,
  expires_at     timestamptz not null,
  used_at        timestamptz,
  created_at     timestamptz not null,
  primary key (bucket, account_id, id)
) with (fillfactor = 70);
create unique index one_time_codes_by_token on one_time_codes (bucket, account_id, token_sha256);
create index one_time_codes_by_phone on one_time_codes (bucket, account_id, msisdn, id);
create index one_time_codes_by_expiry on one_time_codes (bucket, account_id, expires_at);
