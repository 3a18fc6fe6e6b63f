-- Files are counted: for each account and for the platform, whatever they belong to. What was replaced goes at once, except
-- while somebody reads it.

alter table contents
  add column account_id integer,
  -- bytes; grows while it is written
  add column size bigint not null default 0,
  -- nobody refers to it any more: deleted as soon as nobody reads it
  add column is_left boolean not null default false,
  -- who reads it, and until when they count at most: a reader that died counts no longer
  add column readers integer not null default 0,
  add column read_until timestamptz;

update contents c set size = p.size
from (select bucket, content_id, sum(octet_length(bytes)) as size from content_pieces group by 1, 2) p
where p.bucket = c.bucket and p.content_id = c.id;
update contents c set account_id = d.account_id from documents d where d.bucket = c.bucket and d.content_id = c.id;
update contents c set account_id = s.account_id from recipient_slots s
where s.bucket = c.bucket and c.id in (s.content_id, s.former_id);

create index contents_by_account on contents (bucket, account_id);
