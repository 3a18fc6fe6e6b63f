-- Parts of long replies, stored and answered one by one, joined when all are there or the time limit is over; and replies
-- that cannot be delivered to an account, kept for the operator.

create table inbound_parts (
  id            bigint generated always as identity primary key,
  connector_id  integer not null,
  -- the sender's address as the carrier wrote it, and as it was read; null: it could not be
  source        text not null,
  msisdn        bigint,
  recipient     text not null,
  -- 0 to 255 in the short form of the header, 0 to 65535 in the long form and in TLVs
  reference     integer not null,
  total         smallint not null,
  part          smallint not null,
  -- UTF-16 (little endian): a phone may cut a text between two surrogates, which no column of type text can hold
  content       bytea not null,
  is_binary     boolean not null,
  received_at   timestamptz not null,
  -- when its reply was recorded; kept for a while after it, so that a part that comes again makes no second reply
  joined_at     timestamptz
);
create index inbound_parts_by_key on inbound_parts (source, connector_id, recipient, reference);
create index inbound_parts_waiting on inbound_parts (received_at) where joined_at is null;
create index inbound_parts_joined on inbound_parts (joined_at) where joined_at is not null;

alter table replies
  -- null: the address of the sender is not a telephone number, or cannot be read without a country
  alter column msisdn drop not null,
  add column source text,
  -- the text is its octets in hexadecimal
  add column is_binary boolean not null default false,
  -- parts were missing at the end of the time limit
  add column is_incomplete boolean not null default false;
