-- Accounts and the objects that customers define in them: users, senders, templates.

create table accounts (
  id            integer generated always as identity primary key,
  -- shard of the account: first column of the keys of its other tables (docs/decisions/0005-storage.md)
  bucket        smallint not null default 0,
  email         text not null,
  name          text not null default '',
  service_name  text not null unique,
  -- closed: no keys, nothing more is sent; messages, entries and opt-outs are kept
  status        text not null default 'active'
    check (status in ('active', 'not-validated', 'blocked', 'closed')),
  settings      jsonb not null default '{}',
  created_at    timestamptz not null,
  -- the account that created this sub-account
  parent_id     integer references accounts (id),
  first_name    text not null default '',
  last_name     text not null default '',
  company       text not null default '',
  -- read for each claimed message: does an opt-out cover transactional messages too?
  opt_outs_cover_all boolean not null
    generated always as (coalesce(settings ->> 'optOutsCoverTransactional' = 'true', false)) stored,
  -- read for each batch of receipts: does the account or one of its users have an address for receipts?
  wants_receipts boolean not null generated always as (
    (settings #>> '{callbacks,receiptUrl}') is not null
    or jsonb_path_exists(settings, '$.callbacks.userUrls.*.receiptUrl ? (@ != null)')
  ) stored
);
comment on table accounts is 'Units that pay: accounts and sub-accounts, with their settings.';
create unique index accounts_by_email on accounts (lower(email));
create index accounts_by_parent on accounts (parent_id) where parent_id is not null;
-- Read every minute.
create index accounts_with_credit_alert on accounts (id) where jsonb_typeof(settings -> 'creditAlert') = 'object';
-- Read every few seconds.
create index accounts_with_automatic_top_up on accounts (id)
  where jsonb_typeof(settings #> '{automaticTopUp,quantity}') = 'number';

create table users (
  bucket           smallint not null,
  account_id       integer not null,
  id               integer generated always as identity,
  login            text not null,
  -- scrypt: people choose these passwords
  password_salt    bytea not null,
  password_hash    bytea not null,
  -- addresses that may call http2sms; empty: every address
  allowed_ips      text[] not null default '{}',
  -- the user spends from a share of the account's credit
  has_quota        boolean not null default false,
  quota_micros     bigint not null default 0 check (quota_micros >= 0),
  -- {bound, email, number, support}; null: no alert
  alert            jsonb,
  created_at       timestamptz not null,
  -- when the alert was given; null again when the quota rises above the bound
  alerted_at       timestamptz,
  primary key (bucket, account_id, id)
);
comment on table users is
  'OVH logins of an account: a password for http2sms and mail, a share of the credit. Their callback addresses are in the settings of the account.';
create unique index users_by_login on users (bucket, account_id, lower(login));
create index users_with_alert on users (account_id) where (alert ->> 'bound') is not null;

create table senders (
  bucket       smallint not null,
  account_id   integer not null,
  -- compared exactly; a long number begins with a plus
  name         text not null,
  type         text not null check (type in ('alpha', 'numeric', 'shortcode')),
  -- evidence for the right to use it: a text of the customer, the domain of the e-mail address, or the customer's name
  referer      text not null check (referer in ('custom', 'domain', 'customer')),
  status       text not null check (status in ('waiting', 'enabled', 'disabled', 'refused')),
  description  text not null default '',
  reason       text not null default '',
  -- of the operator
  comment      text,
  -- of the code that was sent to the number; null: none was sent
  code_salt    bytea,
  code_hash    bytea,
  -- wrong codes that are still accepted
  code_tries   smallint not null default 0,
  created_at   timestamptz not null,
  primary key (bucket, account_id, name)
);
comment on table senders is 'Names and numbers that an account may send from, in dialects that ask for them (OVH).';
create index senders_waiting on senders (created_at) where status = 'waiting';

create table sender_documents (
  bucket       smallint not null,
  account_id   integer not null,
  sender       text not null,
  document_id  uuid not null,
  name         text not null,
  description  text,
  created_at   timestamptz not null,
  primary key (bucket, account_id, sender, document_id),
  foreign key (bucket, account_id, sender) references senders on delete cascade
);
comment on table sender_documents is 'Documents that a customer presents for a sender. The files are in documents.';

create table message_templates (
  bucket       smallint not null,
  account_id   integer not null,
  name         text not null,
  activity     text not null check (activity in ('alerting', 'authentication', 'transactional')),
  message      text not null,
  description  text not null default '',
  reason       text not null default '',
  status       text not null check (status in ('waiting', 'enabled', 'disabled', 'refused')),
  comment      text not null default '',
  changed_at   timestamptz not null,
  primary key (bucket, account_id, name)
);
comment on table message_templates is 'Texts that a customer submits for approval (OVH).';
create index message_templates_waiting on message_templates (changed_at) where status = 'waiting';
