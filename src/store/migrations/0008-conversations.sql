-- Messages from phones: the conversations they belong to, replies, opt-outs and the numbers that receive them.

create table reply_numbers (
  -- short code or E.164 digits
  number      text primary key,
  kind        text not null check (kind in ('short-code', 'virtual')),
  -- countries whose phones can write to it; empty: all
  countries   text[] not null default '{}',
  created_at  timestamptz not null,
  -- the account that has it alone; null: shared by the campaigns with replies of all accounts
  account_id  integer references accounts (id)
);
comment on table reply_numbers is 'Numbers of the operator that campaigns with replies are sent from.';
create index reply_numbers_by_account on reply_numbers (account_id) where account_id is not null;

create table conversations (
  bucket       smallint not null,
  message_id   bigint not null,
  msisdn       bigint not null,
  -- the sender in the form of domain/recipients/conversation.ts; null: the campaign named none
  number       text,
  account_id   integer not null,
  campaign_id  bigint not null,
  due_at       timestamptz not null
) partition by range (message_id);
comment on table conversations is
  'Messages that a reply can answer, insert only. Found by the phone across buckets, because a reply has no account. Partitioned by message id.';
create index conversations_by_phone on conversations (msisdn, due_at);

create table replies (
  bucket        smallint not null,
  account_id    integer not null,
  id            bigint generated always as identity,
  connector_id  integer not null,
  -- null: the address of the phone is no telephone number, or cannot be read without a country
  msisdn        bigint,
  recipient     text not null,
  text          text not null,
  is_opt_out    boolean not null,
  message_id    bigint,
  campaign_id   bigint,
  at            timestamptz not null,
  -- when the customer removed it from the history
  hidden_at     timestamptz,
  -- marks of the inbox, for all members together
  read_at       timestamptz,
  handled_at    timestamptz,
  handled_by    text,
  -- the address of the phone as the carrier wrote it
  source        text,
  -- text contains octets in hexadecimal
  is_binary     boolean not null default false,
  -- parts were missing at the end of the time limit
  is_incomplete boolean not null default false,
  primary key (bucket, account_id, id)
);
comment on table replies is 'Messages from phones to an account.';
create index replies_by_phone on replies (bucket, account_id, msisdn);
create index replies_by_campaign on replies (bucket, account_id, campaign_id, id) where campaign_id is not null;

create table inbound_parts (
  id            bigint generated always as identity primary key,
  connector_id  integer not null,
  -- the address of the phone as the carrier wrote it
  source        text not null,
  -- null: the address of the phone cannot be read as a number
  msisdn        bigint,
  recipient     text not null,
  -- 0 to 255 in the short form of the header, 0 to 65535 in the long form and in TLVs
  reference     integer not null,
  total         smallint not null,
  part          smallint not null,
  -- UTF-16, little endian: a phone may cut a text between two surrogates, and a column of type text cannot store one alone
  content       bytea not null,
  is_binary     boolean not null,
  received_at   timestamptz not null,
  -- when the reply was recorded; the part is kept for a while, so that a repeated part makes no second reply
  joined_at     timestamptz
);
comment on table inbound_parts is 'Parts of long replies. Each is stored and answered, and joined when all are there or the time limit is over.';
create index inbound_parts_by_key on inbound_parts (source, connector_id, recipient, reference);
create index inbound_parts_waiting on inbound_parts (received_at) where joined_at is null;
create index inbound_parts_joined on inbound_parts (joined_at) where joined_at is not null;

create table opt_outs (
  bucket      smallint not null,
  account_id  integer not null,
  msisdn      bigint not null,
  reply_id    bigint,
  at          timestamptz not null,
  -- who entered it; null: a reply
  actor       text,
  reason      text,
  primary key (bucket, account_id, msisdn)
);
comment on table opt_outs is 'Phones that an account must not write to.';

create table opt_out_removals (
  bucket      smallint not null,
  account_id  integer not null,
  id          bigint generated always as identity,
  msisdn      bigint not null,
  -- of the removed opt-out
  reply_id    bigint,
  opted_out_at timestamptz not null,
  at          timestamptz not null,
  opted_out_by text,
  opted_out_reason text,
  -- who removed it; null: the customer, by the OVH API
  actor       text,
  reason      text,
  primary key (bucket, account_id, id)
);
comment on table opt_out_removals is 'Opt-outs that were removed, with the person and the reason.';
