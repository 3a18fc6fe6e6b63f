-- Accounts that were told, or are to be told, that their credit has become low: one row each time it falls below.

create table credit_alerts (
  bucket            smallint not null,
  account_id        integer not null,
  id                bigint generated always as identity,
  available_micros  bigint not null,
  bound_micros      bigint not null,
  mail_to           text not null,
  raised_at         timestamptz not null,
  -- a process is mailing it, or it failed and is tried again then
  retry_at          timestamptz not null,
  mailed_at         timestamptz,
  -- why the last mail did not leave
  error             text,
  -- the credit rose again
  cleared_at        timestamptz,
  primary key (bucket, account_id, id)
);
create unique index credit_alerts_open on credit_alerts (bucket, account_id) where cleared_at is null;

-- Those who want to be told; it is asked every minute.
create index accounts_with_credit_alert on accounts (id) where jsonb_typeof(settings -> 'creditAlert') = 'object';
