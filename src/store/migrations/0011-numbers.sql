-- The operator's pool: the numbers that campaigns with replies are sent from.

create table numbers (
  -- short code or E.164 digits
  number      text primary key,
  kind        text not null check (kind in ('short-code', 'virtual')),
  -- where it can be written to, and answered; empty: everywhere
  countries   text[] not null default '{}',
  created_at  timestamptz not null
);

-- What a segment with replies costs above the rate card.
insert into platform_settings (key, value) values ('reply_surcharge_micros', '30000') on conflict do nothing;
