-- What operators and customers changed: who, what, when. Written in the transaction of the change. Insert only: an entry is never corrected.

create table audit_entries (
  id          bigint generated always as identity primary key,
  at          timestamptz not null,
  -- such as cli:alice
  actor       text not null,
  -- the account that the change concerns; null: the installation. No reference: an entry outlives its account.
  account_id  integer,
  -- an event name of the past, such as rate.set
  action      text not null,
  target      text not null,
  -- without secrets, texts and whole numbers; null: it did not exist, or no longer exists
  before      jsonb,
  after       jsonb,
  -- from which the change was asked for; null: from this machine
  address     text
);
create index audit_entries_by_account on audit_entries (account_id, id);

create function refuse_to_rewrite() returns trigger language plpgsql as $$
begin
  raise exception '% is insert only', tg_table_name;
end $$;
create trigger audit_entries_are_final before update or delete on audit_entries
  for each statement execute function refuse_to_rewrite();
