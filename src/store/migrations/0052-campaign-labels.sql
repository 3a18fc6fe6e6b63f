-- What customers file campaigns under, to find them again.

alter table campaigns add column tag text;
alter table campaigns add column user_id integer;
alter table campaigns add column batch_id uuid;
create index campaigns_by_tag on campaigns (bucket, account_id, tag) where tag is not null;
create index campaigns_by_user on campaigns (bucket, account_id, user_id) where user_id is not null;
create index campaigns_by_batch on campaigns (bucket, account_id, batch_id) where batch_id is not null;
