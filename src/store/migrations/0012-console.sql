-- The audit trail.

create table audit_entries (
  id          bigint generated always as identity primary key,
  at          timestamptz not null,
  -- for example cli:alice
  actor       text not null,
  -- null: the installation. Without a foreign key: an entry outlives its account.
  account_id  integer,
  -- an event name in the past, for example rate.set
  action      text not null,
  target      text not null,
  -- without secrets, texts and whole numbers; null: the object did not exist before, or does not exist after
  before      jsonb,
  after       jsonb,
  -- the network address of the request; null: this machine
  address     text
);
comment on table audit_entries is
  'Changes by operators and customers. Inserted in the transaction of the change and never changed.';
create index audit_entries_by_account on audit_entries (account_id, id);

create trigger audit_entries_are_final before update or delete on audit_entries
  for each statement execute function refuse_to_rewrite();

create table members (
  id               integer generated always as identity primary key,
  -- null: an operator who signed in with a one-time link and has chosen none yet
  email            text,
  name             text not null default '',
  is_operator      boolean not null default false,
  -- argon2id in PHC form; null: not chosen yet
  password_hash    text,
  -- null: that of the browser
  language         text,
  preferences      jsonb not null default '{}',
  -- null: no second factor
  totp_sealed      bytea,
  -- the last step that was used: a code is accepted once
  totp_step        bigint,
  created_at       timestamptz not null
);
comment on table members is 'Persons who use the console.';
create unique index members_by_email on members (lower(email)) where email is not null;

create table member_accounts (
  member_id    integer not null references members (id) on delete cascade,
  account_id   integer not null references accounts (id),
  role         text not null check (role in ('owner', 'editor', 'viewer')),
  created_at   timestamptz not null,
  primary key (member_id, account_id)
);
comment on table member_accounts is 'Roles of members in accounts.';
create index member_accounts_by_account on member_accounts (account_id);

create table member_recovery_codes (
  member_id    integer not null references members (id) on delete cascade,
  code_sha256  bytea not null,
  primary key (member_id, code_sha256)
);
comment on table member_recovery_codes is 'Codes for a member without their app. A used one is deleted.';

create table member_sessions (
  id                 bigint generated always as identity primary key,
  token_sha256       bytea not null unique,
  member_id          integer not null references members (id) on delete cascade,
  -- false: the password was right, the second factor is still asked for
  is_complete        boolean not null,
  -- wrong codes of the second factor
  code_failures      smallint not null default 0,
  -- 30 days of validity instead of 12 hours without use
  is_long            boolean not null,
  -- a one-time link opened it: a password can be set without the old one
  can_set_password   boolean not null default false,
  -- the secret of a second factor until its first code proves it
  totp_pending       bytea,
  -- the account whose whole numbers an operator or a viewer asked to see
  shows_numbers_of   integer,
  shows_numbers_until timestamptz,
  created_at         timestamptz not null,
  -- written once a minute at most
  last_seen_at       timestamptz not null,
  expires_at         timestamptz not null,
  address            text not null,
  agent              text not null
);
comment on table member_sessions is 'Sessions of the console, by the hash of the token in the cookie.';
create index member_sessions_by_member on member_sessions (member_id);
create index member_sessions_by_expiry on member_sessions (expires_at);

create table operator_links (
  token_sha256  bytea primary key,
  -- null: the link makes a new operator
  member_id     integer references members (id) on delete cascade,
  created_at    timestamptz not null,
  expires_at    timestamptz not null
);
comment on table operator_links is 'One-time links that sign an operator in. A new one replaces the former ones; a used one is deleted.';

create table member_invitations (
  id            integer generated always as identity primary key,
  token_sha256  bytea not null unique,
  email         text not null,
  -- null: to be an operator
  account_id    integer references accounts (id),
  role          text not null check (role in ('owner', 'editor', 'viewer', 'operator')),
  invited_by    text not null,
  created_at    timestamptz not null,
  expires_at    timestamptz not null,
  check ((account_id is null) = (role = 'operator'))
);
comment on table member_invitations is 'Invitations that nobody has accepted yet.';
create index member_invitations_by_account on member_invitations (account_id);

create table compositions (
  bucket       smallint not null,
  account_id   integer not null,
  id           uuid not null,
  -- reserved id of the campaign, from the first estimate on: it is sent once
  campaign_id  bigint,
  -- counts the saves: a save of an older version is refused
  version      integer not null,
  -- text, recipients and times as they were entered; without recipients and text after the sending
  content      jsonb not null,
  -- in words, for other members
  changed_by   text not null,
  created_at   timestamptz not null,
  changed_at   timestamptz not null,
  sent_at      timestamptz,
  -- by a second member (domain/campaign/approval.ts); null: nobody asked for one. A column and not a table: a save, a decision and
  -- a sending exclude each other by this row.
  approval     jsonb,
  primary key (bucket, account_id, id)
);
comment on table compositions is
  'Campaigns that members write in the console. A key of scope 2 in idempotency_keys makes each be sent once.';
create index compositions_by_change on compositions (bucket, account_id, changed_at);
create index compositions_with_approval on compositions (bucket, account_id) where approval is not null and sent_at is null;

create table canned_texts (
  bucket       smallint not null,
  account_id   integer not null,
  name         text not null,
  text         text not null,
  -- in words, for other members
  changed_by   text not null,
  changed_at   timestamptz not null,
  primary key (bucket, account_id, name)
);
comment on table canned_texts is 'Texts that members of an account answer replies with.';

create table estimates (
  bucket          smallint not null,
  account_id      integer not null,
  composition_id  uuid not null,
  id              uuid not null,
  -- of the composition
  version         integer not null,
  -- the submission without its recipients
  submission      jsonb not null,
  -- the recipients, each once: a content that nothing keeps, deleted after an hour
  content_id      uuid not null,
  -- sums that the sending must have too
  sums            jsonb not null,
  created_at      timestamptz not null,
  primary key (bucket, account_id, composition_id, id)
);
comment on table estimates is 'Estimates of compositions. The sending of one has exactly its sums, or is refused.';
