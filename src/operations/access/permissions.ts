// The permissions of all services, with the roles that have them. Used by authorize.ts.
// A test compares this table with the methods of the services: each method has one permission, each permission a method.
import type { AccountRole } from './access.ts';

const everyone = ['owner', 'editor', 'viewer', 'key', 'operator'] as const;
const writers = ['owner', 'editor', 'key', 'operator'] as const;
/** What gives others access to the account or moves its money. */
const owners = ['owner', 'key', 'operator'] as const;
const operators = ['operator'] as const;

export const permissions = {
  'account.read': everyone,
  'account.write': writers,
  'batches.read': everyone,
  'batches.write': writers,
  'campaigns.cancel': writers,
  'cleanings.read': everyone,
  'cleanings.write': writers,
  'codes.check': writers,
  'codes.send': writers,
  'contact-list-campaigns.read': everyone,
  'contact-list-campaigns.write': writers,
  'contacts.write': writers,
  'credit.move': owners,
  'credit.read': everyone,
  'documents.read': everyone,
  'documents.write': writers,
  'drafts.write': writers,
  'exports.write': writers,
  'history.hide': writers,
  'history.read': everyone,
  'inbox.hide': writers,
  'inbox.read': everyone,
  'keys.end': everyone,
  'keys.read': owners,
  'keys.write': owners,
  'lookups.read': everyone,
  'lookups.write': writers,
  'messages.read': everyone,
  'opt-outs.read': everyone,
  'opt-outs.write': writers,
  'orders.read': everyone,
  'orders.write': owners,
  'pending-messages.cancel': writers,
  'pending-messages.read': everyone,
  'phonebooks.read': everyone,
  'phonebooks.write': writers,
  'recipient-lists.read': everyone,
  'recipient-lists.send': writers,
  'report-mails.send': writers,
  'senders.read': everyone,
  'senders.write': writers,
  'slots.read': everyone,
  'slots.write': writers,
  'sub-accounts.open': everyone,
  'sub-accounts.read': everyone,
  'sub-accounts.write': owners,
  'submissions.send': writers,
  'templates.read': everyone,
  'templates.write': writers,
  'users.read': everyone,
  'users.write': owners,
  // Of the operator of the installation.
  'ignored-mails.read': operators,
} as const satisfies Readonly<Record<string, readonly AccountRole[]>>;

export type Permission = keyof typeof permissions;
