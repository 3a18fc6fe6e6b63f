-- Campaigns and the rows that are inserted with them.

create table campaigns (
  bucket            smallint not null,
  id                bigint not null,
  account_id        integer not null,
  -- store/database/codes.ts
  dialect           smallint not null,
  -- optimized, with its stop clause and its merge fields
  text              text not null,
  sender            text,
  purpose           smallint not null,
  tier              smallint not null,
  with_replies      boolean not null,
  message_class     smallint,
  -- the ids of the messages of a campaign are consecutive
  first_message_id  bigint not null,
  message_count     integer not null,
  segments          integer not null,
  cost_micros       bigint not null,
  request_id        text,
  -- recipients without a message: [{number, reason}]
  failures          jsonb,
  due_at            timestamptz not null,
  created_at        timestamptz not null,
  cancelled_at      timestamptz,
  -- labels of the customer
  tag               text,
  user_id           integer,
  batch_id          uuid,
  -- due time of the last message; null: every message was due at acceptance
  last_due_at       timestamptz,
  -- changes that the platform made to the request (domain/base/campaign-notes.ts); null for nearly all campaigns. A
  -- column and not a table: some clients cause a note with every message, and a campaign without side records is one
  -- statement.
  notes             text[],
  -- of a submission over a bind: fields that its receipts repeat (domain/base/return-path.ts); null: no receipt is wanted,
  -- or another dialect. A column for the same reason as notes.
  return_path       jsonb,
  -- the text is a mask: it cannot be sent again
  is_masked         boolean not null default false,
  primary key (bucket, account_id, id)
) partition by range (id);
comment on table campaigns is 'Accepted submissions. Partitioned by id (store/database/partitions.ts).';
-- The id is last because lists are read in pages and a tag can have a million campaigns.
create index campaigns_by_tag on campaigns (bucket, account_id, tag, id) where tag is not null;
-- The campaigns of the console's list. Single sends make millions of rows, and this index has none of them.
create index campaigns_of_many on campaigns (bucket, account_id, id) where message_count > 1;
create index campaigns_by_user on campaigns (bucket, account_id, user_id, id) where user_id is not null;
create index campaigns_by_batch on campaigns (bucket, account_id, batch_id, id) where batch_id is not null;
create index campaigns_waiting on campaigns (bucket, account_id, last_due_at) where last_due_at is not null;
-- Finds the latest messages. Ids do not give the order, because processes take them in blocks; a summary of 16 pages costs
-- an insert next to nothing.
create index campaigns_by_time on campaigns using brin (created_at) with (pages_per_range = 16);

create table idempotency_keys (
  bucket       smallint not null,
  account_id   integer not null,
  -- domain/acceptance/idempotency.ts
  scope        smallint not null,
  key          text not null,
  campaign_id  bigint not null,
  -- null: never expires
  expires_at   timestamptz,
  primary key (bucket, account_id, scope, key)
);
comment on table idempotency_keys is 'Keys of accepted requests: a request with a known key is not accepted again.';
create index idempotency_keys_by_expiry on idempotency_keys (bucket, expires_at) where expires_at is not null;

create table campaign_origins (
  bucket       smallint not null,
  account_id   integer not null,
  campaign_id  bigint not null,
  -- the contact list of the recipients; null: a tag
  list_name    text,
  -- the contact-list campaign of which this campaign is a part, whose ticket the customer has; null: none
  whole_id     bigint,
  primary key (bucket, account_id, campaign_id)
);
create index campaign_origins_of_whole on campaign_origins (bucket, account_id, whole_id) where whole_id is not null;
comment on table campaign_origins is 'Contact list or contact-list campaign of a campaign, for its callbacks.';

create table campaign_reviews (
  bucket       smallint not null,
  account_id   integer not null,
  campaign_id  bigint not null,
  -- domain/plan/purpose-guard.ts
  cues         text[] not null,
  state        text not null check (state in ('noted', 'held', 'released', 'refused', 'cancelled')),
  at           timestamptz not null,
  reviewed_at  timestamptz,
  primary key (bucket, account_id, campaign_id)
);
comment on table campaign_reviews is 'Transactional campaigns whose text looks like marketing: the cues and the decision of the operator.';
create index campaign_reviews_held on campaign_reviews (at) where state = 'held';

create table campaign_pauses (
  bucket       smallint not null,
  account_id   integer not null,
  campaign_id  bigint not null,
  -- who paused it, such as member:7
  actor        text not null,
  at           timestamptz not null,
  primary key (bucket, account_id, campaign_id)
);
comment on table campaign_pauses is 'Campaigns that a member or an operator has paused: their chunks are due at infinity. Deleted when they resume or are cancelled.';

create table secret_texts (
  bucket       smallint not null,
  account_id   integer not null,
  campaign_id  bigint not null,
  masked_text  text not null,
  primary key (bucket, account_id, campaign_id)
);
comment on table secret_texts is 'Campaigns whose text contains a secret. The masked text replaces it when every message has left.';

create table cancel_requests (
  bucket      smallint not null,
  account_id  integer not null,
  -- year * 12 + month
  month       integer not null,
  requests    integer not null,
  primary key (bucket, account_id, month)
);
comment on table cancel_requests is 'Cancellations of an account in a calendar month, which the REST API limits.';

create table drafts (
  bucket          smallint not null,
  account_id      integer not null,
  -- chosen by the customer
  name            text not null,
  -- reserved id of the campaign
  campaign_id     bigint not null,
  is_finished     boolean not null default false,
  recipients      integer not null default 0,
  parts           integer not null default 0,
  -- of the whole campaign; null: not yet estimated
  cost_micros     bigint,
  -- end of the time limit of the estimate that a process makes now
  estimating_until timestamptz,
  sent_at         timestamptz,
  created_at      timestamptz not null,
  -- the process that estimates; null: none
  process_id           bigint,
  primary key (bucket, account_id, name)
);
comment on table drafts is
  'Campaigns that arrive in parts and are confirmed later. A key of scope 2 in idempotency_keys makes confirmation or cancellation happen once.';
create index drafts_owned on drafts (bucket, process_id) where process_id is not null;

create table draft_parts (
  bucket       smallint not null,
  campaign_id  bigint not null,
  part         integer not null,
  submission   jsonb not null,
  primary key (bucket, campaign_id, part)
);
comment on table draft_parts is 'Parts of a draft, as they were submitted.';
