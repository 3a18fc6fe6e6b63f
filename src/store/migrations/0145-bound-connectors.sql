-- The connectors that a process has a bind of now, so that others can tell why a message waits. 0 is the simulated carrier.

alter table processes add column bound_connectors integer[] not null default '{}';
