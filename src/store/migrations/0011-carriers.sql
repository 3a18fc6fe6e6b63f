-- Carriers: the configured links, their routes and the processes that hold their binds. Tables without a bucket.

create table connectors (
  id          integer generated always as identity primary key,
  name        text not null unique,
  kind        text not null check (kind in ('smpp', 'http')),
  -- docs/reference/connector-options.md, without secrets
  options     jsonb not null,
  -- the secret options as JSON, sealed with the key of the platform; null: none, or the link was removed
  sealed_secrets  bytea,
  enabled     boolean not null default true,
  -- stays connected for receipts and replies, and gets no message
  paused      boolean not null default false,
  created_at  timestamptz not null,
  removed_at  timestamptz,
  -- facts that the link found out about its carrier, so that a restart does not ask again (connectors/smpp/habits.ts)
  learnt      jsonb not null default '{}',
  -- increases with each change of its rows in carrier_costs: processes read them again only then
  costs_version   integer not null default 0
);
comment on table connectors is 'Links to carriers.';

create table routes (
  id            integer generated always as identity primary key,
  connector_id  integer not null references connectors (id),
  -- a condition; null: matches everything
  country       text,
  -- digits with which the number begins, in E.164
  prefix        text check (prefix ~ '^[0-9]{1,15}$'),
  tier          text check (tier in ('premium', 'low_cost', 'world')),
  sender        text,
  account_id    integer,
  encoding      text check (encoding in ('gsm7', 'ucs2')),
  purpose       text check (purpose in ('marketing', 'transactional')),
  -- of the submission, exactly
  tag           text,
  -- days, times and their zone, such as mon,tue 08:00-20:00 Europe/Paris (domain/routing/route-hours.ts)
  hours         text,
  -- the lowest position is first
  position      integer not null default 100,
  -- among the routes of one position, which have the same choice: shares by weight, the cheapest, or the first available
  choice        text not null default 'weight' check (choice in ('weight', 'cheapest', 'first')),
  weight        integer not null default 1 check (weight > 0),
  -- price of the carrier for a segment, for the cheapest route and for margins; a row of carrier_costs comes before it
  cost_micros   bigint,
  -- whether it takes messages that cost more than their price
  allows_loss   boolean not null default false,
  -- replaces the sender; null: it stays
  new_sender    text,
  -- receipts after which a message is sent again over another carrier: undelivered, or undelivered:004; empty: never
  resend_on       text[] not null default '{}',
  -- carriers after the first one
  resend_limit    smallint not null default 1 check (resend_limit between 1 and 3),
  -- the longest time between hand-over and receipt, and until another carrier takes it
  resend_within_s integer not null default 300,
  -- how long a message waits while the carrier takes none, before another one is tried; null: until the fourth refusal
  patience_s      integer check (patience_s between 1 and 3600),
  created_at    timestamptz not null
);
comment on table routes is 'Routing: the connectors that can take a message, by the conditions that it meets.';

create table replaced_senders (
  -- digits alone
  number      text primary key,
  created_at  timestamptz not null
);
comment on table replaced_senders is
  'Numbers that routes gave to messages as sender. They stay when the route is changed or removed: phones answer STOP months later.';

create table carrier_costs (
  connector_id  integer not null,
  country       text not null,
  -- digits with which the number begins, in E.164; empty: every number of the country
  prefix        text not null default '',
  valid_from    timestamptz not null,
  -- of a segment
  cost_micros   bigint not null check (cost_micros >= 0),
  primary key (connector_id, country, prefix, valid_from)
);
comment on table carrier_costs is 'Prices that carriers charge, from an instant on. The longest prefix counts.';

create table carrier_exchanges (
  connector_id  integer not null,
  process_id    bigint not null,
  saved_at      timestamptz not null,
  -- without texts, whole numbers and secrets (domain/delivery/connector.ts, CapturedExchange)
  exchanges     jsonb not null,
  primary key (connector_id, process_id)
) with (fillfactor = 50);
comment on table carrier_exchanges is
  'The last requests to each HTTP carrier and their answers, by process, for the operator. Kept 7 days.';

create table bind_leases (
  connector_id  integer not null,
  bind_number   smallint not null,
  -- the process that holds the bind; null: free
  process_id         bigint,
  fence         bigint not null default 0,
  primary key (connector_id, bind_number)
) with (fillfactor = 50);
comment on table bind_leases is
  'Binds of each connector, or the right to poll an HTTP carrier: one process holds each at a time.';
