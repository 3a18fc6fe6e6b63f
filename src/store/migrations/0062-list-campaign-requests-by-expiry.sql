-- Request ids that are no longer remembered are deleted by those that follow.

create index list_campaign_requests_by_expiry on list_campaign_requests (bucket, account_id, expires_at);
