-- A STOP that was told by telephone or taken over from elsewhere: who entered it, and why.

alter table opt_outs
  -- null: a reply said so
  add column actor text,
  add column reason text;

alter table opt_out_removals
  -- what stood on the list
  add column opted_out_by text,
  add column opted_out_reason text,
  -- who took it off, and why; null: the customer, by OVH's API
  add column actor text,
  add column reason text;
