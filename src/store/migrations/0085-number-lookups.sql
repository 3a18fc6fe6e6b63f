-- Numbers whose look-up was ordered and charged, and is made when the carrier has time: OVH's dialect asks for them so.

create table number_lookups (
  bucket       smallint not null,
  account_id   integer not null,
  id           bigint generated always as identity,
  msisdn       bigint not null,
  country      text not null,
  status       text not null default 'waiting' check (status in ('waiting', 'done', 'failed')),
  cost_micros  bigint not null,
  -- what the carrier knows (domain/delivery/lookup.ts); null until then
  facts        jsonb,
  tries        smallint not null default 0,
  -- when the carrier is asked (again): whoever asks it puts this off first, so that another asks when he died
  due_at       timestamptz not null,
  ordered_at   timestamptz not null,
  done_at      timestamptz,
  primary key (bucket, account_id, id)
);
create index number_lookups_waiting on number_lookups (bucket, due_at) where status = 'waiting';
create index number_lookups_by_number on number_lookups (bucket, account_id, msisdn, id) where status = 'done';
