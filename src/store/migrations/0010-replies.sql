-- Two-way: a reply finds the message it answers, and who is told of it.

-- Who wrote to which phone, from which number, when. Insert only, for campaigns whose recipients may answer; dropped
-- whole like the references of carriers, and like them found across buckets: a reply knows a phone and a number only.
create table conversations (
  bucket       smallint not null,
  message_id   bigint not null,
  msisdn       bigint not null,
  -- the sender, as domain/recipients/conversation.ts folds it; null: the text named none
  number       text,
  account_id   integer not null,
  campaign_id  bigint not null,
  due_at       timestamptz not null
) partition by range (message_id);
create index conversations_by_phone on conversations (msisdn, due_at);

create index replies_by_phone on replies (bucket, account_id, msisdn);

-- mail: a reply forwarded by e-mail; skipped: a recipient of an accepted campaign who had said STOP before.
alter table callbacks drop constraint callbacks_kind_check;
alter table callbacks add constraint callbacks_kind_check
  check (kind in ('receipt', 'reply', 'opt-out', 'mail', 'skipped'));
-- of what is skipped, there being no message
alter table callbacks add column campaign_id bigint;
alter table callbacks add column msisdn bigint;
