-- Campaigns that arrive in parts and are confirmed later, as one. The parts are kept as they were sent.
-- That a draft was confirmed or dropped is told by its key alone (idempotency_keys, scope 2), so that it happens once.

create table drafts (
  bucket          smallint not null,
  account_id      integer not null,
  -- chosen by the customer
  name            text not null,
  -- of the campaign it will become
  campaign_id     bigint not null,
  is_finished     boolean not null default false,
  recipients      integer not null default 0,
  parts           integer not null default 0,
  -- what the whole would cost; null: to be estimated
  cost_micros     bigint,
  -- a process is at it
  estimating_until timestamptz,
  sent_at         timestamptz,
  created_at      timestamptz not null,
  primary key (bucket, account_id, name)
);

create table draft_parts (
  bucket       smallint not null,
  campaign_id  bigint not null,
  part         integer not null,
  submission   jsonb not null,
  primary key (bucket, campaign_id, part)
);
