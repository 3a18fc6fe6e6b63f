-- The path of a message. Partitioned tables keep their indexes in memory at any age of the database, and retention drops
-- partitions instead of deleting rows. store/database/partitions.ts creates the partitions and sets fillfactor on each,
-- because they do not inherit it.

create table messages (
  bucket        smallint not null,
  id            bigint not null,
  account_id    integer not null,
  campaign_id   bigint not null,
  dialect       smallint not null,
  msisdn        bigint not null,
  country       text not null,
  -- domain/base/message.ts; written with the final status only: a row in carrier_references shows that a carrier took the message
  status        smallint not null default 0,
  encoding      smallint not null,
  segments      smallint not null,
  -- how often it was sent again over another carrier (table resends). Fills a gap of the row: it costs no space
  resends       smallint not null default 0,
  -- one bit for each segment with a receipt of its delivery, by the carrier of the last attempt
  done_segments integer not null default 0,
  connector_id  integer,
  error         text,
  cost_micros   bigint not null,
  due_at        timestamptz not null,
  expires_at    timestamptz not null,
  submitted_at  timestamptz,
  done_at       timestamptz,
  -- null: the text of the campaign
  text          text,
  primary key (bucket, id)
) partition by range (id);
comment on table messages is
  'One row for each recipient of a campaign. Written twice: at acceptance and with the final status; once more for each resend. Partitioned by id.';

create table chunks (
  bucket         smallint not null,
  -- the id of its first message
  id             bigint not null,
  message_count  smallint not null,
  priority_class           smallint not null,
  due_at         timestamptz not null,
  -- position in the fair order between accounts (domain/base/priority-classes.ts)
  start_tag_at        timestamptz not null,
  -- end of the validity of its last message
  expires_at     timestamptz not null,
  -- the process that sends it; null: free
  process_id          bigint,
  -- earlier claims: from 1 on, some of its messages may have been sent
  attempts       smallint not null default 0,
  primary key (bucket, id)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000);
comment on table chunks is
  'Up to 500 consecutive messages with one due time and priority class, which a dispatcher claims. Deleted when each has an outcome.';
create index chunks_waiting on chunks (bucket, priority_class, start_tag_at) where process_id is null;
create index chunks_owned on chunks (bucket, process_id) where process_id is not null;

create table carrier_references (
  bucket        smallint not null,
  message_id    bigint not null,
  part          smallint not null,
  connector_id  integer not null,
  -- the routing rule that led to the connector, which can be removed; null: none
  route_id      integer,
  reference     text not null,
  at            timestamptz not null
) partition by range (message_id);
comment on table carrier_references is
  'Ids that carriers gave to segments, insert only. Partitioned by message id; a partition is dropped after the receipt window.';
create index carrier_references_by_reference on carrier_references (reference);
create index carrier_references_by_message on carrier_references using brin (message_id) with (pages_per_range = 16);

create table resends (
  bucket         smallint not null,
  message_id     bigint not null,
  -- the carrier that reported the failure
  connector_id   integer not null,
  -- 1 for the first failure of the message
  number         smallint not null,
  -- of its receipt
  status         smallint not null,
  error          text,
  -- one bit for each segment that this carrier delivered all the same
  done_segments  integer not null,
  failed_at      timestamptz not null,
  -- the carrier that took the message then, and its price; null: none yet, or none
  next_connector_id         integer,
  next_segments             smallint,
  next_segment_cost_micros  bigint,
  next_at                   timestamptz,
  primary key (bucket, message_id, connector_id)
) with (fillfactor = 80);
comment on table resends is
  'Failures after which a message was sent again over another carrier. Inserted with the chunk of the next attempt, so that a repeated receipt changes nothing. Deleted with the message.';
create index resends_by_next on resends using brin (next_at) with (pages_per_range = 16);

create table submitted_parts (
  bucket         smallint not null,
  account_id     integer not null,
  -- taken from the ids of campaigns: the customer has it as the id of the part
  id             bigint not null,
  -- sender and recipient as the customer wrote them
  source         text not null,
  recipient      text not null,
  reference      integer not null,
  total          smallint not null,
  part           smallint not null,
  -- of the text of the part: recognizes a repetition
  text_sha256    bytea not null,
  -- the request, with the text until it is joined
  submission     jsonb not null,
  received_at    timestamptz not null,
  -- the campaign of the whole text; null: it waits for the other parts
  campaign_id    bigint,
  primary key (bucket, account_id, id)
);
comment on table submitted_parts is
  'Parts of long texts that customers cut themselves. Each is stored and answered; the last one submits the whole as one campaign.';
create index submitted_parts_by_key on submitted_parts (bucket, account_id, recipient, reference);
create index submitted_parts_waiting on submitted_parts (bucket, received_at) where campaign_id is null;
create index submitted_parts_by_age on submitted_parts (bucket, received_at);

create table unmatched_receipts (
  id               bigint generated always as identity primary key,
  connector_id     integer not null,
  carrier_references     text[] not null,
  state            text not null,
  error            text,
  at               timestamptz not null,
  received_at      timestamptz not null,
  -- the carrier sends one receipt for all segments of a message
  speaks_for_all   boolean not null default false
);
comment on table unmatched_receipts is 'Receipts whose reference is not stored yet, for example because another process is about to store it.';

create table receipt_windows (
  bucket        smallint not null,
  first_id      bigint not null,
  -- earliest end of validity of its messages without a final status
  expires_from  timestamptz not null,
  created_at    timestamptz not null,
  primary key (bucket, first_id)
);
comment on table receipt_windows is
  'Slices of message ids with messages that wait for a receipt. Replaces an index on messages and a second write of each row.';
create index receipt_windows_due on receipt_windows (bucket, expires_from);

create table hidden_messages (
  bucket      smallint not null,
  account_id  integer not null,
  message_id  bigint not null,
  at          timestamptz not null,
  primary key (bucket, account_id, message_id)
);
comment on table hidden_messages is 'Messages that a customer removed from the history. The operator and the ledger keep them.';

create table traffic_counts (
  bucket      smallint not null,
  account_id  integer not null,
  -- begin of a quarter of an hour of acceptance
  at          timestamptz not null,
  country     text not null,
  -- domain/base/message.ts; submitted also for messages without a final status that a carrier took
  status      smallint not null,
  -- empty: none
  error       text not null,
  messages    integer not null,
  primary key (bucket, account_id, at, country, status, error)
);
comment on table traffic_counts is
  'Messages by account, quarter of an hour of their acceptance, country and status. Counted from the messages after the quarter, and again while some have no final status.';
create index traffic_counts_by_time on traffic_counts (bucket, at);

create table traffic_charges (
  bucket         smallint not null,
  account_id     integer not null,
  -- begin of a quarter of an hour of the charge
  at             timestamptz not null,
  amount_micros  bigint not null,
  primary key (bucket, account_id, at)
);
comment on table traffic_charges is 'Charges by account and quarter of an hour, added up from the ledger with traffic_counts. For figures only.';
create index traffic_charges_by_time on traffic_charges (bucket, at);

create table traffic_quarters (
  bucket         smallint not null,
  at             timestamptz not null,
  -- null: every message has its final status, or is too old to get one
  count_again_at timestamptz,
  primary key (bucket, at)
);
comment on table traffic_quarters is 'Quarters of an hour that are in traffic_counts, without a gap up to the newest.';
create index traffic_quarters_due on traffic_quarters (bucket, count_again_at) where count_again_at is not null;

create table imported_messages (
  bucket       smallint not null,
  account_id   integer not null,
  -- the platform and the account there: ovh sms-ab12345-1
  source       text not null,
  -- the id there
  foreign_id   bigint not null,
  msisdn       bigint not null,
  sender       text,
  text         text not null,
  -- domain/base/message.ts
  status       smallint not null,
  segments     smallint not null,
  sent_at      timestamptz not null,
  imported_at  timestamptz not null,
  primary key (bucket, account_id, source, foreign_id)
);
comment on table imported_messages is
  'Messages that an account sent over another platform before it moved here. For reading only: no ledger entry, no figure and no dialect knows them.';
create index imported_messages_by_time on imported_messages (bucket, account_id, sent_at);
