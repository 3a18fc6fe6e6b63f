// Where each table lies on a cluster of PostgreSQL servers (Citus). Used by the check of statements, and by the distribution
// of a database. A new table goes into exactly one list: has it a bucket, it is distributed; is it joined with one that has,
// it is a reference table; otherwise it is local.

/**
 * A copy on every node. A write is a two-phase commit over all nodes and needs all of them: only what changes rarely.
 * `accounts` has a bucket, which says where the rows of the account lie.
 */
export const referenceTables: ReadonlySet<string> = new Set(['accounts', 'connectors']);

/** On the coordinator only. Never joined with a distributed table. */
export const localTables: ReadonlySet<string> = new Set([
  // Foreign keys to accounts and connectors.
  'applications',
  'consumer_keys',
  'credentials',
  'reply_numbers',
  'routes',
  // Without foreign keys. `processes` must not be a reference table: a node that is down would stop every lease.
  'audit_entries',
  'bind_leases',
  'erasures',
  'id_sequences',
  'ignored_mails',
  'inbound_parts',
  'lookup_prices',
  'news',
  'unmatched_receipts',
  'platform_settings',
  'processes',
  'rate_changes',
  'rate_prices',
  'schema_migrations',
  'sign_in_attempts',
]);

/** Distributed by `bucket`, all colocated with `balances`: the rows of one bucket lie on one node. */
export const distributedTables: ReadonlySet<string> = new Set([
  'automatic_top_ups',
  'balances',
  'batches',
  'callback_attempts',
  'callbacks',
  'campaign_origins',
  'campaign_reviews',
  'campaigns',
  'cancel_requests',
  'carrier_references',
  'chunks',
  'ledger_carry_forward',
  'contact_groups',
  'contact_members',
  'contacts',
  'content_pieces',
  'contents',
  'conversations',
  'credit_alerts',
  'documents',
  'draft_parts',
  'drafts',
  'notifications',
  'hidden_messages',
  'history_exports',
  'idempotency_keys',
  'ledger_entries',
  'contact_list_campaign_parts',
  'contact_list_campaign_requests',
  'contact_list_campaigns',
  'lookups',
  'message_templates',
  'messages',
  'lookup_orders',
  'one_time_codes',
  'opt_out_removals',
  'opt_outs',
  'orders',
  'phonebook_contacts',
  'phonebook_imports',
  'phonebooks',
  'quota_campaigns',
  'receipt_windows',
  'recipient_slots',
  'recorded_batches',
  'replies',
  'secret_texts',
  'sender_documents',
  'senders',
  'slot_cleanings',
  'users',
]);
