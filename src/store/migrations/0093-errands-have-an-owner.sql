-- As 0091: errands, alerts and estimates belong to the process that works on them.

alter table errands add column owner bigint;
update errands set retry_at = created_at where error is null;
create index errands_owned on errands (bucket, owner) where owner is not null;
-- They are claimed in one bucket at a time.
drop index errands_due;
create index errands_due on errands (bucket, retry_at);

alter table credit_alerts add column owner bigint;
update credit_alerts set retry_at = raised_at where error is null;
create index credit_alerts_owned on credit_alerts (bucket, owner) where owner is not null;

-- Of the estimate under way. Its time-out stays (operations/sending/campaign-drafts.ts).
alter table drafts add column owner bigint;
update drafts set estimating_until = null where estimating_until is not null;
create index drafts_owned on drafts (bucket, owner) where owner is not null;
