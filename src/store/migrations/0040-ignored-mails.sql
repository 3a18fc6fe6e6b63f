-- Mails that were taken and sent nothing, with the reason, for the operator. A plain table without a bucket: most of
-- them belong to no account. Never a text, never a whole number. Only the latest are kept (store/platform/ignored-mails.ts).

create table ignored_mails (
  id              bigint generated always as identity primary key,
  at              timestamptz not null,
  remote_address  text not null,
  mail_from       text not null,
  size_bytes      integer not null,
  -- as claimed in the mail
  login           text,
  -- null as long as the credentials have not opened one
  account_id      integer,
  request_id      text,
  -- a refusal of the catalogue, or what only a mail can get wrong (dialects/octopush/mail/errors.ts)
  reason          text not null,
  detail          text not null
);
