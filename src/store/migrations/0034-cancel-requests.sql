-- How many cancellations an account asked for in a calendar month: the REST API allows a limited number.

create table cancel_requests (
  bucket      smallint not null,
  account_id  integer not null,
  -- year * 12 + month
  month       integer not null,
  requests    integer not null,
  primary key (bucket, account_id, month)
);
