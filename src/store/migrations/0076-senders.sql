-- The names and numbers that an account may send from, where its dialect asks (OVH), and whose the numbers of the pool are.

create table senders (
  bucket       smallint not null,
  account_id   integer not null,
  -- compared exactly; long numbers with their plus
  name         text not null,
  type         text not null check (type in ('alpha', 'numeric', 'shortcode')),
  -- what it stands on: the customer's word, the domain of his e-mail, or his name
  referer      text not null check (referer in ('custom', 'domain', 'customer')),
  status       text not null check (status in ('waiting', 'enabled', 'disabled', 'refused')),
  description  text not null default '',
  reason       text not null default '',
  -- the operator's
  comment      text,
  -- of the code that was sent to the number; null: there is none
  code_salt    bytea,
  code_hash    bytea,
  -- wrong codes that are still borne
  code_tries   smallint not null default 0,
  created_at   timestamptz not null,
  primary key (bucket, account_id, name)
);
create index senders_waiting on senders (created_at) where status = 'waiting';

-- What a customer shows to have a sender enabled; the files are among the documents.
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

-- Whose number it is; null: of the pool that campaigns with replies of all accounts are sent from.
alter table numbers add column account_id integer references accounts (id);
create index numbers_by_account on numbers (account_id) where account_id is not null;

-- Texts that a customer has had approved.
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
create index message_templates_waiting on message_templates (changed_at) where status = 'waiting';
