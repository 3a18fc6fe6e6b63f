-- A code that came back as a JSON number has lost its leading zeros: its length tells how many. Null: of before.

alter table one_time_codes add column code_length smallint;
