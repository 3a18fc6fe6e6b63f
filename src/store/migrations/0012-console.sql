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

create function refuse_to_rewrite() returns trigger language plpgsql as $$
begin
  raise exception '% is insert only', tg_table_name;
end $$;
create trigger audit_entries_are_final before update or delete on audit_entries
  for each statement execute function refuse_to_rewrite();
