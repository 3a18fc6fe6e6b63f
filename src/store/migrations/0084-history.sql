-- What customers see of the past: lists by label, newest first; what they have put away; who calls them back.

-- With the id at the end: a tag may stand on a million campaigns, and lists are read in pages.
drop index campaigns_by_tag;
drop index campaigns_by_user;
drop index campaigns_by_batch;
create index campaigns_by_tag on campaigns (bucket, account_id, tag, id) where tag is not null;
create index campaigns_by_user on campaigns (bucket, account_id, user_id, id) where user_id is not null;
create index campaigns_by_batch on campaigns (bucket, account_id, batch_id, id) where batch_id is not null;

-- Messages that their customer wants to see no more. They stay: for the books, and for the operator.
create table hidden_messages (
  bucket      smallint not null,
  account_id  integer not null,
  message_id  bigint not null,
  at          timestamptz not null,
  primary key (bucket, account_id, message_id)
);

alter table replies add column hidden_at timestamptz;

-- Who was taken off the list of those who said STOP, and when.
create table opt_out_removals (
  bucket      smallint not null,
  account_id  integer not null,
  id          bigint generated always as identity,
  msisdn      bigint not null,
  -- what stood on the list
  reply_id    bigint,
  opted_out_at timestamptz not null,
  at          timestamptz not null,
  primary key (bucket, account_id, id)
);

-- A user may have an address of his own where the account has none.
alter table accounts drop column wants_receipts;
alter table accounts add column wants_receipts boolean not null generated always as (
  (settings #>> '{callbacks,receiptUrl}') is not null
  or jsonb_path_exists(settings, '$.callbacks.userUrls.*.receiptUrl ? (@ != null)')
) stored;
