-- Attempts to sign in, counted for a while by where they came from and by whom they named, so that keys are not guessed.

create table sign_in_attempts (
  -- SHA-256 of an address or an e-mail
  subject_sha256  bytea primary key,
  attempts        integer not null,
  -- of the first one counted
  since           timestamptz not null
);
create index sign_in_attempts_by_time on sign_in_attempts (since);

-- Keys that nobody validated are looked for by their application, and forgotten.
create index consumer_keys_by_application on consumer_keys (application_id);
