-- Campaigns of which messages waited for their time when they were accepted: found by account without looking through
-- all of them.

alter table campaigns add column last_due_at timestamptz;
create index campaigns_waiting on campaigns (bucket, account_id, last_due_at) where last_due_at is not null;
