-- Histories that are being written to a document, for customers who come back for it. Deleted when they are written.

create table history_exports (
  bucket           smallint not null,
  account_id       integer not null,
  id               bigint generated always as identity,
  kind             text not null check (kind in ('sent', 'received')),
  -- domain/delivery/history.ts
  filter           jsonb not null,
  -- the document, and the account of the customer whose it is
  customer_bucket  smallint not null,
  customer_id      integer not null,
  document_id      uuid not null,
  -- when it is (to be) begun again: whoever writes it puts this off, so that another begins when he died
  due_at           timestamptz not null,
  ordered_at       timestamptz not null,
  primary key (bucket, account_id, id)
);
create index history_exports_due on history_exports (bucket, due_at);
