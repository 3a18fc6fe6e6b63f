-- Campaigns whose text looks like advertising though they were sent as transactional: what made them look so, and what
-- became of them. One row each, so that they are counted per account; the others have none.

create table campaign_reviews (
  bucket       smallint not null,
  account_id   integer not null,
  campaign_id  bigint not null,
  -- the cues of domain/plan/purpose-guard.ts
  cues         text[] not null,
  state        text not null check (state in ('noted', 'held', 'released', 'refused', 'cancelled')),
  at           timestamptz not null,
  reviewed_at  timestamptz,
  primary key (bucket, account_id, campaign_id)
);
create index campaign_reviews_held on campaign_reviews (at) where state = 'held';
