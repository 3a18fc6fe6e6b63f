-- Campaigns that came from an address book: what their pushes tell of it.

create table campaign_origins (
  bucket       smallint not null,
  account_id   integer not null,
  campaign_id  bigint not null,
  -- the list it went to, or that its recipients were kept in; null: a tag
  list_name    text,
  -- the campaign on a list that it is a part of, whose ticket its customer knows; null: it is none
  whole_id     bigint,
  primary key (bucket, account_id, campaign_id)
);
