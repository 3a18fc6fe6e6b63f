-- What the platform changed in a campaign by itself, in words for its customer and the operator.

create table campaign_notes (
  bucket       smallint not null,
  account_id   integer not null,
  campaign_id  bigint not null,
  notes        text[] not null,
  primary key (bucket, account_id, campaign_id)
);
