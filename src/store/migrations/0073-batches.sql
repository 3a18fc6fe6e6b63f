-- Sendings that a customer hands over and comes back for: stored first, carried out by a worker, followed to their end.

create table batches (
  bucket            smallint not null,
  account_id        integer not null,
  id                uuid not null,
  name              text not null,
  -- what was asked for, without its receivers
  order_details     jsonb not null,
  -- the numbers it goes to, as they were written; null: a list
  receivers         text[],
  -- of the list
  slot_id           integer,
  -- domain/campaign/batch.ts
  status            text not null,
  total_records     integer not null,
  processed_records integer not null default 0,
  estimated_micros  bigint not null default 0,
  -- who was left out, and why: [{receiver, reason, detail}]
  errors            jsonb not null default '[]',
  -- the campaign that it becomes, or the first of them: promised, so that it is sent once
  campaign_id       bigint not null,
  -- when the first of its messages is due
  due_at            timestamptz,
  created_at        timestamptz not null,
  updated_at        timestamptz not null,
  started_at        timestamptz,
  finished_at       timestamptz,
  -- when a worker looks at it (again)
  look_at           timestamptz,
  primary key (bucket, account_id, id)
);
create index batches_open on batches (bucket, look_at) where look_at is not null;
create index batches_by_age on batches (bucket, account_id, created_at);
