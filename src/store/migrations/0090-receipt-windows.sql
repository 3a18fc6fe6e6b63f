-- Where messages may still be without their end: slices of ids (store/pipeline/receipt-windows.ts), each read again when the receipt
-- window of one of its messages may be over. Beside messages, so that these need no index for it and no second write.
create table receipt_windows (
  bucket        smallint not null,
  first_id      bigint not null,
  -- of its messages without an end, none ran out of its validity before
  expires_from  timestamptz not null,
  created_at    timestamptz not null,
  primary key (bucket, first_id)
);
create index receipt_windows_due on receipt_windows (bucket, expires_from);
