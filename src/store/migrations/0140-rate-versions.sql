-- Prices with every version of them: a change names the instant from which its rows apply, and no row is ever changed.
-- The price in force is that of the latest change that applies already; among changes of one instant, the last made.

create table rate_changes (
  id          bigint generated always as identity primary key,
  -- null: the rate card of every account; otherwise prices of this account alone, which come before the card
  account_id  integer references accounts (id),
  kind        text not null check (kind in ('shipped', 'set', 'import', 'restore')),
  valid_from  timestamptz not null,
  actor       text not null,
  created_at  timestamptz not null
);

create table rate_prices (
  change_id     bigint not null references rate_changes (id),
  country       text not null,
  tier          text not null check (tier in ('premium', 'low_cost', 'world')),
  -- null: there is no price from then on (of an account: the card applies again)
  price_micros  bigint check (price_micros >= 0),
  primary key (change_id, country, tier)
);

with card as (
  insert into rate_changes (kind, valid_from, actor, created_at)
  select 'shipped', to_timestamp(0), 'chappe', now() where exists (select from rates)
  returning id
)
insert into rate_prices (change_id, country, tier, price_micros)
select card.id, r.country, r.tier, r.price_micros from card, rates r;

drop table rates;
