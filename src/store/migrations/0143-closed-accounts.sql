-- A closed account has no keys and sends nothing any more; its messages, entries and opt-outs are kept.

alter table accounts drop constraint accounts_status_check;
alter table accounts add constraint accounts_status_check
  check (status in ('active', 'not-validated', 'blocked', 'closed'));
