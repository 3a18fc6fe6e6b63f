-- The installation: settings, id sequences, processes and their batches, news, ignored mails. Tables without a bucket.

create table platform_settings (
  key    text primary key,
  value  jsonb not null
);
comment on table platform_settings is 'Settings of the installation that commands change and every process reads.';

-- The price of a segment that can be answered, above the rate card.
insert into platform_settings (key, value) values ('reply_surcharge_micros', '30000');

create table id_sequences (
  name  text primary key,
  next  bigint not null
) with (fillfactor = 50);
comment on table id_sequences is
  'Next free id of each sequence. Processes take ids in blocks, so that ids of one batch are consecutive without a round trip.';

insert into id_sequences values ('message', 1), ('campaign', 110000000000);

create table processes (
  id            bigint generated always as identity primary key,
  host          text not null,
  pid           integer not null,
  roles         text[] not null,
  started_at    timestamptz not null,
  -- by the clock of the database
  lease_until   timestamptz not null,
  -- when the process stopped or was declared dead; null: live
  ended_at      timestamptz,
  -- name of its database connections, which are ended when it is declared dead
  application_name text,
  -- connectors of which the process has a bind now; 0 is the simulated carrier
  bound_connectors integer[] not null default '{}',
  -- health of the connectors of the process by their id, at connectors_at (domain/delivery/connector-health.ts)
  connectors    jsonb not null default '{}',
  connectors_at timestamptz
) with (fillfactor = 50);
comment on table processes is
  'Processes that share the work. One that does not renew its lease is declared dead, and its chunks, callbacks, jobs and binds are free again.';

-- In the shard of the rows that the mark protects: one commit on one node stores both.
create table recorded_batches (
  bucket      smallint not null,
  process_id  bigint not null,
  -- set to null by a batch that is recorded already, which the column refuses (store/pipeline/outcomes.ts)
  last        bigint not null,
  primary key (bucket, process_id)
) with (fillfactor = 50);
comment on table recorded_batches is
  'Number of the last batch that a process recorded in a bucket: a batch that is sent again after a lost connection is recorded once.';

-- Refuses the transaction of a process that another process declared dead: its work may have been done again. The shared
-- lock makes the declaration, which takes the lock alone (pipeline/reclaim-work.ts), wait for open transactions.
create function assert_process_lives(process bigint) returns void language plpgsql as $$
begin
  perform pg_advisory_xact_lock_shared(process);
  if not exists (select 1 from processes where id = process and ended_at is null) then
    raise exception 'process % was declared dead; its work belongs to another', process using errcode = 'CH001';
  end if;
end $$;

create table news (
  id            integer generated always as identity primary key,
  -- ISO 639-1, two letters
  lang          text not null,
  -- the plug-in that shows it; null: all plug-ins
  channel       text,
  title         text not null,
  text          text not null,
  author        text not null,
  published_at  timestamptz not null
);
comment on table news is 'Announcements of the operator to users of plug-ins.';

create table refused_requests (
  id          bigint generated always as identity primary key,
  -- of the last of them
  at          timestamptz not null,
  -- null: the request names no account
  account_id  integer,
  dialect     text not null,
  method      text not null,
  -- without its query
  path        text not null,
  status      smallint not null,
  -- a refusal (domain/base/refusals.ts); null: one that only the dialect has
  reason      text,
  detail      text not null,
  -- the login, application key or account that the request names
  identifier  text,
  address     text not null,
  -- equal requests of about a second
  times       integer not null
);
comment on table refused_requests is
  'Requests of customers that were refused, with the reason. Without texts and whole numbers. At most 1,000 rows an account, for a week.';
create index refused_requests_of_account on refused_requests (coalesce(account_id, 0), id);

create table ignored_mails (
  id              bigint generated always as identity primary key,
  at              timestamptz not null,
  remote_address  text not null,
  mail_from       text not null,
  size_bytes      integer not null,
  -- as the mail states it
  login           text,
  -- null: the credentials were wrong or missing
  account_id      integer,
  request_id      text,
  -- a refusal (domain/base/refusals.ts) or a fault that only a mail can have (dialects/octopush/mail/errors.ts)
  reason          text not null,
  detail          text not null
);
comment on table ignored_mails is
  'Mails that were received and sent no message, with the reason. Without texts and whole numbers. Only the latest rows are kept.';

-- For triggers of tables whose rows are evidence.
create function refuse_to_rewrite() returns trigger language plpgsql as $$
begin
  raise exception '% is insert only', tg_table_name;
end $$;
