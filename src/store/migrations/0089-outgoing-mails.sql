-- Mails that are to leave: written together with what they tell of, handed to the operator's relay by a loop, gone when it
-- took them. Plain, without a bucket: few, and none of them hot.

create table outgoing_mails (
  id          bigint generated always as identity primary key,
  mail_to     text not null,
  subject     text not null,
  body        text not null,
  created_at  timestamptz not null,
  -- a process is handing it over, or that failed and is tried again then
  retry_at    timestamptz not null,
  -- why the last try failed
  error       text
);
create index outgoing_mails_by_retry on outgoing_mails (retry_at);

alter table orders drop column mail_to, drop column mail_retry_at, drop column mailed_at, drop column mail_error;
