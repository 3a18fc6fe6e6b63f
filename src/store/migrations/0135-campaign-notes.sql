-- What was changed of a request when it was accepted (domain/base/campaign-notes.ts); null for nearly all campaigns, where it
-- takes no room. A column and not a table: some clients cause a note with every message, and a campaign without side
-- records is stored in one statement.

alter table campaigns add column notes text[];
