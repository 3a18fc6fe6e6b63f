// Each method of a service checks its permission before anything else; each permission of the table is used by a method.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AccountAccess } from '#operations/access/access.ts';
import { authorize } from '#operations/access/authorize.ts';
import { grantAccount } from '#operations/access/grant.ts';
import { permissions } from '#operations/access/permissions.ts';
import { createCredentials } from './account/credentials/service.ts';
import { createOperatorLinks } from './account/members/operator-links.ts';
import { createOperatorStatements } from './money/account-statements.ts';
import { createBackupFiles, createBackups } from './operator/backups.ts';
import { createOperatorCampaigns } from './operator/campaigns.ts';
import { createCarriers } from './operator/carriers/service.ts';
import { createImports } from './operator/imports/imports.ts';
import { createLedger } from './operator/ledger.ts';
import { createLookupPrices } from './operator/lookup-prices.ts';
import { createOperatorMessages } from './operator/messages.ts';
import { createOperatorOptOuts } from './operator/opt-outs.ts';
import { createOperatorReplies } from './operator/replies.ts';
import { createSystem } from './operator/system.ts';
import { createMessageTimelines } from './reading/messages/timeline.ts';
import type { ServiceNeeds } from './service-needs.ts';
import { createServices } from './services.ts';

/** Throws when any method of it is called: a refused call must not reach the database. */
const untouchable: never = new Proxy(() => {}, {
  get: (_target, name) => (name === 'then' ? undefined : untouchable),
  apply() {
    throw new Error('a refused call reached the database');
  },
}) as never;

const context = { database: untouchable, clock: untouchable, log: untouchable, seal: untouchable } as never;
const caches = createCredentials(context, { seal: untouchable });
const needs = {
  credentials: caches,
  submit: untouchable,
  seal: untouchable,
  settings: { documentSums: untouchable, priceList: {} },
} as unknown as ServiceNeeds;

const { operator, ...others } = createServices(context, needs).services;

const services = {
  ...others,
  ...Object.fromEntries(Object.entries(operator).map(([name, service]) => [`operator.${name}`, service])),
  operatorLinks: createOperatorLinks(context),
  backups: createBackups(context),
  backupFiles: createBackupFiles(),
  operatorCampaigns: createOperatorCampaigns(context),
  carriers: createCarriers(context),
  imports: createImports(context, { services: untouchable }),
  ledger: createLedger(context),
  lookupPrices: createLookupPrices(context),
  operatorMessages: createOperatorMessages(context),
  operatorOptOuts: createOperatorOptOuts(context),
  operatorReplies: createOperatorReplies(context),
  operatorStatements: createOperatorStatements(context),
  system: createSystem(context),
  messageTimelines: createMessageTimelines(context),
};

/** Methods that authenticate, need only a secret token, or read public data. */
const open: readonly string[] = [
  'credentials.authenticate',
  'credentials.findConsumer',
  'credentials.noteUse',
  'credentials.authenticateUser',
  'credentials.authenticateBind',
  'credentials.renewBind',
  'signIns.signIn',
  'sessions.installationId',
  'sessions.signIn',
  'sessions.proveSecondFactor',
  'sessions.enter',
  'sessions.resume',
  'sessions.readInvitation',
  'sessions.acceptInvitation',
  'ovhKeys.request',
  'ovhKeys.readRequest',
  'ovhKeys.refuse',
  'orders.read',
  'documents.openAddress',
  'documents.findToWrite',
  'documents.write',
  'senders.hasReplyNumbers',
  'publicPrices.priceMicros',
  'publicPrices.creditPriceMicros',
  'news.read',
  'ignoredMails.record',
  'refusedRequests.note',
];

const withoutRole = grantAccount(
  { id: 1, bucket: 0, settings: {} } as never,
  { actor: 'x', address: null },
  'none' as never,
);

const methods = Object.entries(services).flatMap(([service, members]) =>
  Object.entries(members)
    .filter(([, member]) => typeof member === 'function')
    .map(([name, member]) => [`${service}.${name}`, member as (...args: unknown[]) => unknown] as const),
);

async function refusalOf(method: (...args: unknown[]) => unknown): Promise<string> {
  try {
    const result = method(withoutRole, ...Array.from({ length: 6 }, () => ({ source: {} })));
    // A generator runs when it is read.
    await (Symbol.asyncIterator in Object(result)
      ? (result as AsyncGenerator).next()
      : (result as Promise<unknown>));
  } catch (error) {
    return (error as Error).message;
  }
  return 'it was allowed';
}

test('each method refuses a caller without its permission before it does anything', async () => {
  const used = new Set<string>();
  for (const [name, method] of methods) {
    if (open.includes(name)) continue;
    const message = await refusalOf(method);
    const permission = /does not include ([a-z-]+\.[a-z-]+)\./.exec(message)?.[1];
    assert.ok(permission !== undefined, `${name}: ${message}`);
    used.add(permission);
  }
  assert.deepEqual([...used].sort(), Object.keys(permissions).sort());
});

test('the methods that need no access exist', () => {
  const names: readonly string[] = methods.map(([name]) => name);
  assert.deepEqual(
    open.filter((name) => !names.includes(name)),
    [],
  );
});

test('a viewer reads and does not write; an account never has a permission of the operator', () => {
  const as = (role: string) => ({ ...withoutRole, role }) as unknown as AccountAccess;
  assert.equal(authorize(as('viewer'), 'senders.read'), withoutRole.account);
  assert.throws(() => authorize(as('viewer'), 'senders.write'), /role viewer does not include senders.write/);
  assert.throws(() => authorize(as('editor'), 'keys.write'), /does not include keys.write/);
  for (const role of ['owner', 'editor', 'viewer', 'key'])
    assert.throws(() => authorize(as(role), 'rates.write'), /does not include rates.write/);
});
