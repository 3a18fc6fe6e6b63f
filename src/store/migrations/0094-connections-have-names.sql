-- What the database connections of a process call themselves, so that they can be ended when it was declared dead.

alter table processes add column application_name text;
