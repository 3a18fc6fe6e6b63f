-- Users' addresses for callbacks stand among those of their account, which pushing callbacks reads anyway
-- (settings, callbacks.userUrls). Who is left without an alert has the usual one, switched off.
alter table users drop column receipt_url, drop column opt_out_url;
