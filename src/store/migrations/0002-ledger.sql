-- Money. Amounts are whole micros of a euro; entries are never changed.
-- available = balance - held; balance = top-ups + adjustments - charges; held = holds - charges - releases.

create table balances (
  bucket          smallint not null,
  account_id      integer not null,
  balance_micros  bigint not null default 0,
  held_micros     bigint not null default 0 check (held_micros >= 0),
  primary key (bucket, account_id)
) with (fillfactor = 50);

-- One row for each account and transaction, whatever the number of messages it settles: the messages are named
-- in the row, so that every single one can be audited, at a tenth of the writes of a row each.
create table ledger_entries (
  bucket         smallint not null,
  account_id     integer not null,
  id             bigint generated always as identity,
  kind           text not null check (kind in ('top_up', 'adjustment', 'hold', 'charge', 'release')),
  amount_micros  bigint not null,
  -- what a hold reserves
  campaign_ids   bigint[],
  -- what a charge or a release settles
  message_ids    bigint[],
  note           text,
  at             timestamptz not null,
  primary key (bucket, account_id, id)
);

create table idempotency_keys (
  bucket       smallint not null,
  account_id   integer not null,
  -- keys of the legacy dialect and of mails share one space, those of REST have another
  scope        smallint not null,
  key          text not null,
  campaign_id  bigint not null,
  -- null: remembered for ever
  expires_at   timestamptz,
  primary key (bucket, account_id, scope, key)
);

-- Prices by destination and tier, per segment.
create table rates (
  country       text not null,
  tier          text not null check (tier in ('premium', 'low_cost', 'world')),
  price_micros  bigint not null check (price_micros >= 0),
  primary key (country, tier)
);
