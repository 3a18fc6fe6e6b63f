-- Keys that are no longer remembered are deleted, oldest first. Those that are remembered for ever have no expiry.

create index idempotency_keys_by_expiry on idempotency_keys (bucket, expires_at) where expires_at is not null;
