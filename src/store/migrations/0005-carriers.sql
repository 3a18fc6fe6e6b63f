-- The ways out, and who works on them. Plain tables without a bucket.

create table connectors (
  id          integer generated always as identity primary key,
  name        text not null unique,
  kind        text not null check (kind in ('smpp')),
  -- host, port, system_id, password, tls, window, tps, binds …
  options     jsonb not null,
  enabled     boolean not null default true,
  created_at  timestamptz not null,
  removed_at  timestamptz
);

create table routes (
  id            integer generated always as identity primary key,
  connector_id  integer not null references connectors (id),
  -- null matches everything
  country       text,
  tier          text check (tier in ('premium', 'low_cost', 'world')),
  sender        text,
  -- lower goes first; routes of one position share the traffic by weight
  position      integer not null default 100,
  weight        integer not null default 1 check (weight > 0),
  -- what the carrier takes for a segment, for least cost and margins
  cost_micros   bigint,
  created_at    timestamptz not null
);

-- Processes that share the work. One that does not renew its lease is dead, and its chunks, callbacks and binds
-- are taken over.
create table processes (
  id           bigint generated always as identity primary key,
  host         text not null,
  pid          integer not null,
  roles        text[] not null,
  started_at   timestamptz not null,
  lease_until  timestamptz not null,
  ended_at     timestamptz
) with (fillfactor = 50);

-- One owner for each bind of a connector.
create table bind_leases (
  connector_id  integer not null,
  bind_number   smallint not null,
  owner         bigint,
  fence         bigint not null default 0,
  primary key (connector_id, bind_number)
) with (fillfactor = 50);

-- Work that a process records is refused once another has declared it dead: that other may have done it again.
-- The shared lock makes the declaration wait for transactions under way (pipeline/reclaim-work.ts takes it alone).
create function assert_process_lives(process bigint) returns void language plpgsql as $$
begin
  perform pg_advisory_xact_lock_shared(process);
  if not exists (select 1 from processes where id = process and ended_at is null) then
    raise exception 'process % was declared dead; its work belongs to another', process using errcode = 'CH001';
  end if;
end $$;
