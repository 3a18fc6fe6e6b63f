-- Campaigns whose text holds a secret, until all of it has left: then the mask takes the place of the text.

create table secret_texts (
  bucket       smallint not null,
  account_id   integer not null,
  campaign_id  bigint not null,
  masked_text  text not null,
  primary key (bucket, account_id, campaign_id)
);
