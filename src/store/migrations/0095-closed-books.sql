-- What the campaigns and messages of an account cost that are not kept any more (docs/decisions/0023-retention.md): the
-- entries of the ledger go on naming them, and the audit compares these sums with them. Written with what they replace.

create table closed_books (
  bucket            smallint not null,
  account_id        integer not null,
  campaigns_micros  bigint not null default 0,
  messages_micros   bigint not null default 0,
  primary key (bucket, account_id)
) with (fillfactor = 50);
