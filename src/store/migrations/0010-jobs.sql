-- Job tables: rows that processes claim. process_id is the process that works on a row; null: free, also after that process has
-- ended. due_at and its like only state when there is something to do (docs/decisions/0022-jobs-belong-to-processes.md). credit_alerts and
-- drafts are job tables too.

create table batches (
  bucket            smallint not null,
  account_id        integer not null,
  id                uuid not null,
  name              text not null,
  -- the request without its recipients
  order_details     jsonb not null,
  -- the numbers as they were written; null: a slot
  receivers         text[],
  slot_id           integer,
  -- domain/campaign/batch.ts
  status            text not null,
  total_records     integer not null,
  processed_records integer not null default 0,
  estimated_micros  bigint not null default 0,
  -- recipients without a message: [{receiver, reason, detail}]
  errors            jsonb not null default '[]',
  -- reserved id of its first campaign, so that it is sent once
  campaign_id       bigint not null,
  -- due time of its first message
  due_at            timestamptz,
  created_at        timestamptz not null,
  updated_at        timestamptz not null,
  started_at        timestamptz,
  finished_at       timestamptz,
  -- time of the next step; null: finished
  look_at           timestamptz,
  process_id             bigint,
  primary key (bucket, account_id, id)
);
comment on table batches is 'OVH batches: stored, inserted as campaigns by a job, and followed until they are finished.';
create index batches_open on batches (bucket, look_at) where look_at is not null;
create index batches_by_age on batches (bucket, account_id, created_at);
create index batches_owned on batches (bucket, process_id) where process_id is not null;

create table contact_list_campaigns (
  bucket        smallint not null,
  account_id    integer not null,
  -- also the id of its first campaign, so that its ticket stays valid
  id            bigint not null,
  group_kind    text not null check (group_kind in ('list', 'tag')),
  group_name    text not null,
  -- the request without its recipients
  order_details jsonb not null,
  status        text not null check (status in ('computing', 'ready', 'failed', 'sending', 'sent', 'cancelled')),
  contacts      integer not null default 0,
  segments      integer not null default 0,
  cost_micros   bigint not null default 0,
  -- {reason, detail}
  failure       jsonb,
  -- time of the next step; null: at once
  due_at        timestamptz,
  created_at    timestamptz not null,
  process_id         bigint,
  primary key (bucket, account_id, id)
);
comment on table contact_list_campaigns is
  'Campaigns to a contact list or tag: stored, computed by a job, then confirmed or cancelled by the customer.';
create index contact_list_campaigns_open on contact_list_campaigns (bucket, due_at) where status in ('computing', 'sending');
create index contact_list_campaigns_drafts on contact_list_campaigns (bucket, account_id, id) where status = 'ready';
create index contact_list_campaigns_owned on contact_list_campaigns (bucket, process_id) where process_id is not null;

create table contact_list_campaign_parts (
  bucket       smallint not null,
  account_id   integer not null,
  id           bigint not null,
  number       smallint not null,
  -- [[number, [[placeholder, value], ...]], ...]
  recipients   jsonb not null,
  -- reserved id of the campaign
  campaign_id  bigint not null,
  is_sent      boolean not null default false,
  primary key (bucket, account_id, id, number)
);
comment on table contact_list_campaign_parts is
  'Recipients of a contact-list campaign as they were when it was computed. Each part becomes one campaign.';

create table contact_list_campaign_requests (
  bucket      smallint not null,
  account_id  integer not null,
  key         text not null,
  expires_at  timestamptz not null,
  primary key (bucket, account_id, key)
);
comment on table contact_list_campaign_requests is 'Request ids of new contact-list campaigns: a second use before the expiry is refused.';
create index contact_list_campaign_requests_by_expiry on contact_list_campaign_requests (bucket, account_id, expires_at);

create table slot_cleanings (
  bucket        smallint not null,
  account_id    integer not null,
  id            bigint generated always as identity,
  user_id       integer not null,
  slot          smallint not null,
  -- the content to clean; another content in the slot ends the cleaning
  content_id    uuid not null,
  -- ids of the look-ups that were ordered for it; null: none
  first_lookup  bigint,
  last_lookup   bigint,
  status        text not null check (status in ('todo', 'doing', 'done', 'error')),
  step          text not null,
  due_at        timestamptz not null,
  created_at    timestamptz not null,
  process_id         bigint,
  primary key (bucket, account_id, id)
);
comment on table slot_cleanings is
  'Cleanings of lists in slots: they remove repeated and impossible numbers and, if that was paid, numbers that no network knows.';
create unique index slot_cleanings_open on slot_cleanings (bucket, account_id, user_id, slot)
  where status in ('todo', 'doing');
create index slot_cleanings_due on slot_cleanings (bucket, due_at) where status in ('todo', 'doing');
create index slot_cleanings_owned on slot_cleanings (bucket, process_id) where process_id is not null;

create table lookup_orders (
  bucket       smallint not null,
  account_id   integer not null,
  id           bigint generated always as identity,
  msisdn       bigint not null,
  country      text not null,
  status       text not null default 'waiting' check (status in ('waiting', 'done', 'failed')),
  cost_micros  bigint not null,
  -- answer of the carrier (domain/delivery/lookup.ts); null: none yet
  facts        jsonb,
  tries        smallint not null default 0,
  due_at       timestamptz not null,
  ordered_at   timestamptz not null,
  done_at      timestamptz,
  process_id        bigint,
  primary key (bucket, account_id, id)
);
comment on table lookup_orders is 'Look-ups that were ordered and charged (OVH). A job asks the carrier.';
create index lookup_orders_waiting on lookup_orders (bucket, due_at) where status = 'waiting';
create index lookup_orders_by_number on lookup_orders (bucket, account_id, msisdn, id) where status = 'done';
create index lookup_orders_owned on lookup_orders (bucket, process_id) where process_id is not null;

create table history_exports (
  bucket           smallint not null,
  account_id       integer not null,
  id               bigint generated always as identity,
  kind             text not null check (kind in ('sent', 'received')),
  -- domain/delivery/history.ts
  filter           jsonb not null,
  -- the document, and the account that it belongs to
  customer_bucket  smallint not null,
  customer_id      integer not null,
  document_id      uuid not null,
  due_at           timestamptz not null,
  ordered_at       timestamptz not null,
  process_id            bigint,
  primary key (bucket, account_id, id)
);
comment on table history_exports is 'Histories that a job writes to a document. Deleted when they are written.';
create index history_exports_due on history_exports (bucket, due_at);
create index history_exports_owned on history_exports (bucket, process_id) where process_id is not null;

create table notifications (
  bucket      smallint not null,
  account_id  integer not null,
  id          bigint generated always as identity,
  media       text not null check (media in ('mail', 'sms')),
  -- an e-mail address, or a number with a plus
  recipient   text not null,
  -- of an SMS; null: the default sender of the platform
  sender      text,
  -- of a mail
  subject     text,
  text        text not null,
  created_at  timestamptz not null,
  -- earliest time of the next attempt
  retry_at    timestamptz not null,
  -- of the last failed attempt
  error       text,
  process_id       bigint,
  primary key (bucket, account_id, id)
);
comment on table notifications is
  'SMS and mails that the platform sends for an account: answers to replies, copies of replies, alerts, order forms. The id is the idempotency key of an SMS. Deleted when they are sent.';
create index notifications_due on notifications (bucket, retry_at);
create index notifications_owned on notifications (bucket, process_id) where process_id is not null;
