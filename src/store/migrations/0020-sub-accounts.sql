-- Accounts that belong to another account, and the transfer of credit to them in two steps.

alter table accounts
  add column parent_id integer references accounts (id),
  add column first_name text not null default '',
  add column last_name text not null default '',
  add column company text not null default '';
create index accounts_by_parent on accounts (parent_id) where parent_id is not null;

-- One open transfer for each account, in the row of its money: whoever spends holds that row anyway, so a campaign
-- learns of the transfer without another look-up. Only the hash of the token is kept.
alter table balances
  add column transfer_token bytea,
  add column transfer_to integer,
  add column transfer_until timestamptz;
