-- What the platform sends of itself on behalf of an account: a text that answers a reply, copies of replies, alerts. Each is
-- one SMS (an ordinary submission, remembered by the id of the errand) or one mail; gone once it is done.

create table errands (
  bucket      smallint not null,
  account_id  integer not null,
  id          bigint generated always as identity,
  media       text not null check (media in ('mail', 'sms')),
  -- an address, or a number with its plus
  recipient   text not null,
  -- of an SMS; null: the usual one
  sender      text,
  -- of a mail
  subject     text,
  text        text not null,
  created_at  timestamptz not null,
  -- a process has it in hand, or it failed and is tried again then
  retry_at    timestamptz not null,
  -- why it is not done
  error       text,
  primary key (bucket, account_id, id)
);
create index errands_due on errands (retry_at);

-- The alert of a user was given, and little is left ever since.
alter table users add column alerted_at timestamptz;
create index users_with_alert on users (account_id) where (alert ->> 'bound') is not null;
