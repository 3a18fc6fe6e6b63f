-- Credit that is bought by itself when an account has little left: one row each time it falls to its threshold.

create table automatic_top_ups (
  bucket            smallint not null,
  account_id        integer not null,
  id                bigint generated always as identity,
  available_micros  bigint not null,
  threshold_micros  bigint not null,
  -- what was bought
  order_id          bigint,
  raised_at         timestamptz not null,
  -- the credit rose above the threshold again, or it is no longer to be bought by itself
  cleared_at        timestamptz,
  primary key (bucket, account_id, id)
);
create unique index automatic_top_ups_open on automatic_top_ups (bucket, account_id) where cleared_at is null;

-- Those it may happen to; it is asked every few seconds.
create index accounts_with_automatic_top_up on accounts (id)
  where jsonb_typeof(settings #> '{automaticTopUp,quantity}') = 'number';

-- Its credit was added at once, before it was paid.
alter table orders add column is_on_account boolean not null default false;
