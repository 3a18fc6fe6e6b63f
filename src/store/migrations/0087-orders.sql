-- Credit that customers ordered and pay outside. The operator confirms the payment; then, once, the credit is added.

create table orders (
  bucket              smallint not null,
  account_id          integer not null,
  id                  bigint generated always as identity (start with 1001),
  -- in the address of its form: who knows it may look at it
  token               text not null,
  -- in credits, and what they are on the balance
  quantity            integer not null check (quantity > 0),
  credit_micros       bigint not null check (credit_micros > 0),
  original_micros     bigint not null,
  discount_percent    float8 not null,
  without_tax_micros  bigint not null,
  vat_percent         float8 not null,
  tax_micros          bigint not null,
  -- the account's credit fell to its threshold; false: a call of the customer's
  is_automatic        boolean not null,
  status              text not null default 'open' check (status in ('open', 'paid', 'cancelled')),
  ordered_at          timestamptz not null,
  decided_at          timestamptz,
  -- the entry that added the credit
  entry_id            bigint,
  -- where its form is mailed, and what came of it; null: nowhere
  mail_to             text,
  mail_retry_at       timestamptz,
  mailed_at           timestamptz,
  mail_error          text,
  primary key (bucket, id),
  check ((status = 'paid') = (entry_id is not null))
);
create unique index orders_by_entry on orders (bucket, account_id, entry_id) where entry_id is not null;
create index orders_by_account on orders (bucket, account_id, id);
create index orders_by_token on orders (token);
create index orders_open on orders (id) where status = 'open';
create index orders_to_mail on orders (mail_retry_at) where mail_to is not null and mailed_at is null;
