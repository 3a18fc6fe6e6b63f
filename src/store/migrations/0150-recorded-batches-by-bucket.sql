-- The number of the last recorded batch of a process is kept for each bucket: it lies in the shard of the rows it protects, so
-- that one commit on one node stores both. A batch that is recorded already sets `last` to null, which the column refuses
-- (SQLSTATE 23502): the server itself fails, without a round trip, and refuses the statements that were sent behind.
drop function begin_batch(bigint, bigint);
drop table recorded_batches;
create table recorded_batches (
  bucket      smallint not null,
  process_id  bigint not null,
  last        bigint not null,
  primary key (bucket, process_id)
) with (fillfactor = 50);
