-- What a link has learnt of its carrier (connectors/smpp/options.ts, LinkHabits): it is asked for once, not at each start.
alter table connectors add column learnt jsonb not null default '{}';

-- The carrier gives one receipt for all parts of a message: a receipt that waits must not forget it.
alter table orphan_receipts add column speaks_for_all boolean not null default false;
