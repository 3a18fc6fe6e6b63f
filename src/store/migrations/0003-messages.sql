-- The way of a message. Hot tables begin their keys with the bucket and are partitioned by time-ordered id, so that
-- indexes stay in memory whatever the age of the database and old days are dropped, not deleted.
-- Partitions are made by store/database/partitions.ts (fillfactor must be set on each: it is not inherited).

-- Ids are taken in blocks, so that those of one batch are consecutive without a round trip (store/database/ids.ts).
create table id_sequences (
  name  text primary key,
  next  bigint not null
) with (fillfactor = 50);
insert into id_sequences values ('message', 1), ('campaign', 110000000000);

create table campaigns (
  bucket            smallint not null,
  id                bigint not null,
  account_id        integer not null,
  dialect           smallint not null,
  -- after optimisation and with its stop clause; with its placeholders when it has any
  text              text not null,
  sender            text,
  purpose           smallint not null,
  tier              smallint not null,
  with_replies      boolean not null,
  message_class     smallint,
  -- messages of one campaign have consecutive ids
  first_message_id  bigint not null,
  message_count     integer not null,
  segments          integer not null,
  cost_micros       bigint not null,
  request_id        text,
  -- recipients that got no message: [{number, reason}]
  failures          jsonb,
  due_at            timestamptz not null,
  created_at        timestamptz not null,
  cancelled_at      timestamptz,
  primary key (bucket, account_id, id)
) partition by range (id);

create table messages (
  bucket        smallint not null,
  id            bigint not null,
  account_id    integer not null,
  campaign_id   bigint not null,
  dialect       smallint not null,
  msisdn        bigint not null,
  country       text not null,
  -- domain/base/message.ts; written once, when it is final: until then "submitted" is told by carrier_refs
  status        smallint not null default 0,
  encoding      smallint not null,
  segments      smallint not null,
  -- one bit for each segment whose delivery was reported
  done_segments integer not null default 0,
  connector_id  integer,
  error         text,
  cost_micros   bigint not null,
  due_at        timestamptz not null,
  expires_at    timestamptz not null,
  submitted_at  timestamptz,
  done_at       timestamptz,
  -- null: the campaign's own text
  text          text,
  primary key (bucket, id)
) partition by range (id);

-- What the dispatcher claims: a run of messages with one due time in one lane. Deleted when all have an outcome.
create table chunks (
  bucket         smallint not null,
  -- the id of its first message
  id             bigint not null,
  message_count  smallint not null,
  lane           smallint not null,
  due_at         timestamptz not null,
  -- fair order between accounts (domain/base/priority-classes.ts)
  rank_at        timestamptz not null,
  -- when the last of its messages may no longer leave
  expires_at     timestamptz not null,
  -- the process that works on it; null: to be claimed
  owner          bigint,
  -- how often it was owned before: from 1 on, some of its messages may have gone out already
  attempts       smallint not null default 0,
  primary key (bucket, id)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000);
create index chunks_waiting on chunks (bucket, lane, rank_at) where owner is null;
create index chunks_owned on chunks (bucket, owner) where owner is not null;

-- The ids that carriers gave to segments. Insert only; dropped whole after the receipt window.
create table carrier_refs (
  bucket        smallint not null,
  message_id    bigint not null,
  part          smallint not null,
  connector_id  integer not null,
  reference     text not null,
  at            timestamptz not null
) partition by range (message_id);
create index carrier_refs_by_reference on carrier_refs (reference);
create index carrier_refs_by_message on carrier_refs using brin (message_id) with (pages_per_range = 16);

-- Receipts whose reference is not known (yet): another process may be about to store it.
create table orphan_receipts (
  id               bigint generated always as identity primary key,
  connector_id     integer not null,
  carrier_refs     text[] not null,
  state            text not null,
  error            text,
  at               timestamptz not null,
  received_at      timestamptz not null
);

create table replies (
  bucket        smallint not null,
  account_id    integer not null,
  id            bigint generated always as identity,
  connector_id  integer not null,
  msisdn        bigint not null,
  recipient     text not null,
  text          text not null,
  is_opt_out    boolean not null,
  message_id    bigint,
  campaign_id   bigint,
  at            timestamptz not null,
  primary key (bucket, account_id, id)
);

create table opt_outs (
  bucket      smallint not null,
  account_id  integer not null,
  msisdn      bigint not null,
  reply_id    bigint,
  at          timestamptz not null,
  primary key (bucket, account_id, msisdn)
);
