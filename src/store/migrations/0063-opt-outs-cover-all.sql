-- Asked for each message that is claimed: does a STOP cover what is transactional too?

alter table accounts add column opt_outs_cover_all boolean not null
  generated always as (coalesce(settings ->> 'optOutsCoverTransactional' = 'true', false)) stored;
