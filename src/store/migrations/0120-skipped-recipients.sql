-- A recipient of a REST campaign whose number cannot be written to is told by a push, like one who said STOP
-- (docs/dialects/octopush.md#rest-how-it-answers). Its number may be any text, so it stands beside msisdn.

alter table callbacks add column written_number text;
-- A refusal's reason; null for what is older, which was opted out.
alter table callbacks add column reason text;
