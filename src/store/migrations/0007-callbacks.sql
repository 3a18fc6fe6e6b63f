-- Reports to customers, and the log of their attempts.

create table callbacks (
  bucket       smallint not null,
  id           bigint generated always as identity,
  account_id   integer not null,
  -- mail: a reply that is forwarded by mail; skipped: a recipient of an accepted campaign without a message
  kind         text not null check (kind in ('receipt', 'reply', 'opt-out', 'mail', 'skipped')),
  dialect      smallint not null,
  -- of a receipt: the messages; otherwise null
  message_ids  bigint[],
  reply_id     bigint,
  due_at       timestamptz not null,
  attempts     smallint not null default 0,
  -- the process that pushes it; null: free
  process_id        bigint,
  created_at   timestamptz not null,
  -- of a skipped recipient, who has no message
  campaign_id  bigint,
  msisdn       bigint,
  -- the number as the customer wrote it, which may be no number (docs/dialects/octopush.md#rest-how-it-answers)
  written_number text,
  -- a refusal (domain/base/refusals.ts); null: opted out
  reason       text,
  -- 1: delivered over a bind, by a process with a bind of the account (dialect smpp of store/database/codes.ts)
  reach        smallint not null generated always as (case when dialect = 6 then 1 else 0 end) stored,
  primary key (bucket, id)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000);
comment on table callbacks is
  'Pending callbacks: the messages of one account that one transaction finished, or one reply, opt-out or skipped recipient. Deleted when all are pushed or given up after a day, or after three days over binds.';
create index callbacks_waiting on callbacks (bucket, due_at) where process_id is null and reach = 0;
create index callbacks_of_binds on callbacks (bucket, account_id, due_at) where process_id is null and reach = 1;
create index callbacks_owned on callbacks (bucket, process_id) where process_id is not null;

create table callback_attempts (
  bucket       smallint not null,
  account_id   integer not null,
  id           bigint generated always as identity,
  callback_id  bigint not null,
  attempt      smallint not null,
  at           timestamptz not null,
  done_ids     bigint[] not null,
  failed_ids   bigint[] not null,
  -- of the last failure: the HTTP status, or the reason why there is none
  http_status  smallint,
  error        text,
  gave_up      boolean not null default false,
  -- of the slowest request; null: over a bind
  duration_ms  integer,
  -- the begin of the body of the last failure, kept for a week: it can contain personal data
  answer       text,
  primary key (bucket, account_id, id)
);
create index callback_attempts_answers on callback_attempts (bucket, at) where answer is not null;
-- the operator's view of what never arrived
create index callback_attempts_given_up on callback_attempts (bucket, at) where gave_up;
comment on table callback_attempts is 'One row for each attempt to push a callback.';
