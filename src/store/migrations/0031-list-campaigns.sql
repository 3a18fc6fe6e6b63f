-- Campaigns on a list or a tag: stored first, computed by a worker, then confirmed or cancelled by the customer.

create table list_campaigns (
  bucket        smallint not null,
  account_id    integer not null,
  -- of the sequence of campaigns: the first campaign it becomes has the same id, so that its ticket holds
  id            bigint not null,
  group_kind    text not null check (group_kind in ('list', 'tag')),
  group_name    text not null,
  -- what was asked for, without its recipients
  order_details jsonb not null,
  status        text not null check (status in ('computing', 'ready', 'failed', 'sending', 'sent', 'cancelled')),
  contacts      integer not null default 0,
  segments      integer not null default 0,
  cost_micros   bigint not null default 0,
  -- why it failed: {reason, detail}
  failure       jsonb,
  -- of the work under way: when another may take it over
  busy_until    timestamptz,
  created_at    timestamptz not null,
  primary key (bucket, account_id, id)
);
create index list_campaigns_open on list_campaigns (bucket, busy_until) where status in ('computing', 'sending');
create index list_campaigns_drafts on list_campaigns (bucket, account_id, id) where status = 'ready';

-- Its recipients as they were when it was computed, in parts of which each becomes one campaign.
create table list_campaign_parts (
  bucket       smallint not null,
  account_id   integer not null,
  id           bigint not null,
  number       smallint not null,
  -- [[number, [[placeholder, value], ...]], ...]
  recipients   jsonb not null,
  -- of the campaign it becomes
  campaign_id  bigint not null,
  is_sent      boolean not null default false,
  primary key (bucket, account_id, id, number)
);

-- Request ids of creations: a second use within their life is refused.
create table list_campaign_requests (
  bucket      smallint not null,
  account_id  integer not null,
  key         text not null,
  expires_at  timestamptz not null,
  primary key (bucket, account_id, key)
);
