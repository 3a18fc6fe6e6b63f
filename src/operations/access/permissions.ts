// The permissions of all services, with the roles that have them. Used by authorize.ts.
// A test compares this table with the methods of the services: each method has one permission, each permission a method.
import type { AccountRole } from './access.ts';

const everyone = ['owner', 'editor', 'viewer', 'key', 'operator'] as const;
const writers = ['owner', 'editor', 'key', 'operator'] as const;
/** Permissions that give others access to the account or move its money. */
const owners = ['owner', 'key', 'operator'] as const;
const operators = ['operator'] as const;
/** Persons and never keys: a key that leaks must not give others access. */
const hosts = ['owner', 'operator'] as const;
const people = ['owner', 'editor', 'viewer', 'operator'] as const;
/** Persons who write and send campaigns in the console. */
const composers = ['owner', 'editor', 'operator'] as const;
/** A person who is signed in, without an account. */
const persons = ['member'] as const;

export type Role = AccountRole | 'member';

export const permissions = {
  'account.read': everyone,
  'account-audit.read': hosts,
  'account.write': writers,
  'batches.read': everyone,
  'batches.write': writers,
  'callbacks.read': everyone,
  'callbacks.replay': writers,
  'callbacks.write': owners,
  'campaigns.cancel': writers,
  'campaigns.pause': writers,
  'cleanings.read': everyone,
  'cleanings.write': writers,
  'codes.check': writers,
  'codes.send': writers,
  'compositions.read': people,
  'compositions.send': composers,
  'compositions.write': composers,
  'contact-list-campaigns.read': everyone,
  'contact-list-campaigns.write': writers,
  'contacts.read': everyone,
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
  'inbox.write': writers,
  'keys.end': everyone,
  'keys.read': owners,
  'keys.write': owners,
  'lookups.read': everyone,
  'lookups.write': writers,
  'members.read': people,
  'members.write': hosts,
  'opt-outs.enter': writers,
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
  'refused-requests.read': people,
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
  // Of a person in the console.
  'profile.read': persons,
  'profile.write': persons,
  // Of the operator of the installation.
  'accounts.read': operators,
  'accounts.write': operators,
  'audit.read': operators,
  'backups.restore': operators,
  'backups.write': operators,
  'carriers.read': operators,
  'carriers.write': operators,
  'credit-orders.read': operators,
  'credit-orders.write': operators,
  'ignored-mails.read': operators,
  'imports.write': operators,
  'ledger.audit': operators,
  'lookup-prices.read': operators,
  'lookup-prices.write': operators,
  'news.read': operators,
  'news.write': operators,
  'operator-callbacks.read': operators,
  'operator-campaigns.read': operators,
  'operator-campaigns.write': operators,
  'operator-links.write': operators,
  'operator-messages.read': operators,
  'operator-opt-outs.read': operators,
  'operator-opt-outs.write': operators,
  'rates.read': operators,
  'rates.write': operators,
  'personal-data.erase': operators,
  'personal-data.read': operators,
  'reports.read': operators,
  'replies.read': operators,
  'reply-numbers.read': operators,
  'reply-numbers.write': operators,
  'reviews.read': operators,
  'reviews.write': operators,
  'routes.read': operators,
  'routes.write': operators,
  'system.read': operators,
  'system.write': operators,
} as const satisfies Readonly<Record<string, readonly Role[]>>;

export type Permission = keyof typeof permissions;
