-- The latest messages are found by the time of their campaigns: ids say nothing of it, processes take them in blocks.
-- A summary of each few pages costs the insert next to nothing.

create index campaigns_by_time on campaigns using brin (created_at) with (pages_per_range = 16);
