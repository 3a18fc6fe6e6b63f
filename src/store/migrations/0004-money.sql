-- Money. Amounts are whole micros of a euro. available = balance - held; balance = top-ups + adjustments - charges;
-- held = holds - charges - releases.

create table balances (
  bucket          smallint not null,
  account_id      integer not null,
  balance_micros  bigint not null default 0,
  held_micros     bigint not null default 0 check (held_micros >= 0),
  -- SHA-256 of the token of the open transfer; in this row because a campaign reads it anyway
  transfer_token  bytea,
  transfer_to     integer,
  transfer_until  timestamptz,
  primary key (bucket, account_id)
) with (fillfactor = 50);
comment on table balances is 'Sums of the ledger of each account, and its open transfer.';

create table ledger_entries (
  bucket         smallint not null,
  account_id     integer not null,
  id             bigint generated always as identity,
  kind           text not null check (kind in ('top_up', 'adjustment', 'hold', 'charge', 'release')),
  amount_micros  bigint not null,
  -- of a hold: the campaigns that it reserves credit for
  campaign_ids   bigint[],
  -- of a charge or a release: the messages that it settles
  message_ids    bigint[],
  note           text,
  at             timestamptz not null,
  -- of a charge: the carrier that took the messages (0: the simulated carrier), their country and their segments
  connector_id   integer,
  country        text,
  segments       integer,
  -- of a charge: the tier of the messages (store/database/codes.ts)
  tier           smallint,
  -- of a charge: price of the carrier for each of the segments, by the route at hand-over; null: the route had no cost
  segment_cost_micros bigint,
  primary key (bucket, account_id, id)
);
comment on table ledger_entries is
  'Immutable entries: one for each account and transaction, charges also by carrier, country and its price. An entry names its messages, so that each can be audited at a tenth of the writes of a row each.';
-- Reads the charges of a month. Entries are inserted in the order of time; a summary of 16 pages costs an insert next to
-- nothing.
create index ledger_entries_by_time on ledger_entries using brin (at) with (pages_per_range = 16);

create table ledger_carry_forward (
  bucket            smallint not null,
  account_id        integer not null,
  campaigns_micros  bigint not null default 0,
  messages_micros   bigint not null default 0,
  primary key (bucket, account_id)
) with (fillfactor = 50);
comment on table ledger_carry_forward is
  'Cost of the deleted campaigns and messages of an account. The audit of the ledger adds these sums (docs/decisions/0023-retention.md).';

create table rate_changes (
  id          bigint generated always as identity primary key,
  -- null: the rate card of all accounts; otherwise prices of this account, which precede the card
  account_id  integer references accounts (id),
  kind        text not null check (kind in ('shipped', 'set', 'import', 'restore')),
  valid_from  timestamptz not null,
  actor       text not null,
  created_at  timestamptz not null
);
comment on table rate_changes is
  'Changes of prices, insert only. The latest change whose valid_from has passed applies; among equal instants the last inserted.';

create table rate_prices (
  change_id     bigint not null references rate_changes (id),
  country       text not null,
  tier          text not null check (tier in ('premium', 'low_cost', 'world')),
  -- per segment; null: no price from then on, so that the card applies to the account again
  price_micros  bigint check (price_micros >= 0),
  primary key (change_id, country, tier)
);
comment on table rate_prices is 'Prices of a segment that a change of prices sets, by country and tier.';

create table lookup_prices (
  -- ISO 3166 alpha-2; * for countries without a row
  country       text primary key,
  price_micros  bigint not null check (price_micros >= 0)
);
comment on table lookup_prices is 'Price of a number look-up, by country.';

insert into lookup_prices values ('*', 10000);

create table lookups (
  bucket       smallint not null,
  account_id   integer not null,
  id           bigint generated always as identity,
  numbers      integer not null,
  cost_micros  bigint not null,
  at           timestamptz not null,
  primary key (bucket, account_id, id)
);
comment on table lookups is 'Number look-ups that were made at once and charged, without the numbers.';

create table orders (
  bucket              smallint not null,
  account_id          integer not null,
  id                  bigint generated always as identity (start with 1001),
  -- in the address of the order form: everybody who knows it can read the form
  token               text not null,
  -- in OVH credits
  quantity            integer not null check (quantity > 0),
  credit_micros       bigint not null check (credit_micros > 0),
  original_micros     bigint not null,
  discount_percent    float8 not null,
  without_tax_micros  bigint not null,
  vat_percent         float8 not null,
  tax_micros          bigint not null,
  -- made by an automatic top-up, not by a call of the customer
  is_automatic        boolean not null,
  status              text not null default 'open' check (status in ('open', 'paid', 'cancelled')),
  ordered_at          timestamptz not null,
  decided_at          timestamptz,
  -- the entry that added the credit
  entry_id            bigint,
  -- the credit was added before the payment
  is_on_account       boolean not null default false,
  primary key (bucket, id),
  check ((status = 'paid') = (entry_id is not null))
);
comment on table orders is 'Credit that customers order and pay elsewhere. The operator confirms the payment, which adds the credit once.';
create unique index orders_by_entry on orders (bucket, account_id, entry_id) where entry_id is not null;
create index orders_by_account on orders (bucket, account_id, id);
create index orders_by_token on orders (token);
create index orders_open on orders (id) where status = 'open';

create table invoice_series (
  -- the text in front of the numbers, with the year: INV-2026-
  series          text primary key,
  last_number     integer not null,
  last_issued_at  timestamptz not null
);
comment on table invoice_series is
  'The last number of each series of invoices and credit notes. The transaction that inserts a document holds the row until its commit, so that numbers have no gap and rise with time.';

create table invoices (
  id                  bigint generated always as identity primary key,
  account_id          integer not null,
  kind                text not null check (kind in ('invoice', 'credit_note')),
  number              text not null unique,
  -- in the zone of the issuer: 2026-11-30
  issued_on           text not null,
  issued_at           timestamptz not null,
  order_id            bigint not null,
  -- of a credit note: the invoice that it corrects, and the reason
  invoice_number      text references invoices (number),
  reason              text,
  -- of the order, in OVH credits
  quantity            integer not null,
  original_micros     bigint not null,
  discount_percent    float8 not null,
  without_tax_micros  bigint not null,
  vat_percent         float8 not null,
  tax_micros          bigint not null,
  -- sold by the invoice, or taken back by the credit note
  credit_micros       bigint not null,
  -- when the order was paid; null: on account
  paid_at             timestamptz,
  -- the parties as they were when it was issued
  issuer              jsonb not null,
  buyer               jsonb not null,
  check ((kind = 'credit_note') = (invoice_number is not null and reason is not null))
);
comment on table invoices is
  'Numbered invoices and credit notes of paid orders. A row is complete in itself and never changes. Without a bucket: the numbers are those of the installation.';
create index invoices_by_account on invoices (account_id, id);
create index invoices_by_order on invoices (order_id);
create trigger invoices_are_final before update or delete on invoices
  for each statement execute function refuse_to_rewrite();

create table automatic_top_ups (
  bucket            smallint not null,
  account_id        integer not null,
  id                bigint generated always as identity,
  available_micros  bigint not null,
  threshold_micros  bigint not null,
  order_id          bigint,
  raised_at         timestamptz not null,
  -- when the credit was above the threshold again, or the top-up was switched off
  cleared_at        timestamptz,
  primary key (bucket, account_id, id)
);
comment on table automatic_top_ups is 'Automatic purchases: one row each time the credit of an account falls to its threshold.';
create unique index automatic_top_ups_open on automatic_top_ups (bucket, account_id) where cleared_at is null;

create table credit_alerts (
  bucket            smallint not null,
  account_id        integer not null,
  id                bigint generated always as identity,
  available_micros  bigint not null,
  bound_micros      bigint not null,
  mail_to           text not null,
  raised_at         timestamptz not null,
  -- earliest time of the next attempt to mail it
  retry_at          timestamptz not null,
  mailed_at         timestamptz,
  -- of the last failed attempt
  error             text,
  -- when the credit was above the bound again
  cleared_at        timestamptz,
  -- the process that mails it; null: free
  process_id             bigint,
  primary key (bucket, account_id, id)
);
comment on table credit_alerts is 'Mails about low credit: one row each time the credit of an account falls below its bound.';
create unique index credit_alerts_open on credit_alerts (bucket, account_id) where cleared_at is null;
create index credit_alerts_owned on credit_alerts (bucket, process_id) where process_id is not null;

create table quota_campaigns (
  bucket       smallint not null,
  account_id   integer not null,
  campaign_id  bigint not null,
  user_id      integer not null,
  primary key (bucket, account_id, campaign_id)
);
comment on table quota_campaigns is 'Campaigns that the quota of a user pays. The cost of messages that never leave returns to the quota.';
