-- Outcomes are recorded once, even when the answer to their commit is lost with its connection and they are sent again
-- (the first transaction may be over, or still under way): each process numbers its batches, and the number of its
-- last one is part of the transaction.

create table recorded_batches (
  process_id  bigint primary key,
  last        bigint not null
) with (fillfactor = 50);

-- To be called first in the transaction of a batch. Two transactions of one process wait for each other here.
create function begin_batch(process bigint, batch bigint) returns void language plpgsql as $$
begin
  perform assert_process_lives(process);
  insert into recorded_batches as r values (process, batch)
    on conflict (process_id) do update set last = excluded.last where r.last < excluded.last;
  if not found then
    raise exception 'batch % of process % is recorded', batch, process using errcode = 'CH002';
  end if;
end $$;
