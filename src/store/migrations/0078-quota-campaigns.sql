-- Campaigns that were paid from the quota of a user: what of them never leaves goes back to it.

create table quota_campaigns (
  bucket       smallint not null,
  account_id   integer not null,
  campaign_id  bigint not null,
  user_id      integer not null,
  primary key (bucket, account_id, campaign_id)
);
