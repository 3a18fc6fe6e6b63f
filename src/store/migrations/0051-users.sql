-- Users of an account: names with a password of their own (http2sms, mail), a share of its credit and callbacks of
-- their own. Nobody signs in as one.

create table users (
  bucket           smallint not null,
  account_id       integer not null,
  id               integer generated always as identity,
  login            text not null,
  -- scrypt: people choose them
  password_salt    bytea not null,
  password_hash    bytea not null,
  receipt_url      text,
  opt_out_url      text,
  -- addresses http2sms may be called from; empty: anywhere
  allowed_ips      text[] not null default '{}',
  -- a share of the account's credit: held for this user, taken from by each of his sends
  has_quota        boolean not null default false,
  quota_micros     bigint not null default 0 check (quota_micros >= 0),
  -- {bound, email, number, support}; null: nobody is told
  alert            jsonb,
  created_at       timestamptz not null,
  primary key (bucket, account_id, id)
);
create unique index users_by_login on users (bucket, account_id, lower(login));
