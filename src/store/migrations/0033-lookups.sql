-- Number look-ups (HLR): what one costs, and how many were made.

create table lookup_prices (
  -- ISO 3166 alpha-2; * for every country without a row
  country       text primary key,
  price_micros  bigint not null check (price_micros >= 0)
);
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
