-- Phonebooks of an account, as OVH's API has them: contacts with several numbers each. They are apart from the contacts of
-- the Octopush dialects, which have one number and are found by it.

create table phonebooks (
  bucket      smallint not null,
  account_id  integer not null,
  key         text not null,
  name        text not null,
  created_at  timestamptz not null,
  primary key (bucket, account_id, key)
);

create table phonebook_contacts (
  bucket       smallint not null,
  account_id   integer not null,
  book_key     text not null,
  id           bigint generated always as identity,
  group_name   text not null,
  name         text not null,
  surname      text not null,
  -- E.164 with its plus
  home_mobile  text,
  home_phone   text,
  work_mobile  text,
  work_phone   text,
  primary key (bucket, account_id, book_key, id)
);

-- Imports that were done: their ids are those of tasks.
create table phonebook_imports (
  bucket       smallint not null,
  account_id   integer not null,
  id           bigint generated always as identity,
  book_key     text not null,
  contacts     integer not null,
  at           timestamptz not null,
  primary key (bucket, account_id, id)
);
