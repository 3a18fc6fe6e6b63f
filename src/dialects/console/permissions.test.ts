// The permission of each call of the contract is the one that its service checks first, so each role gets the answer that the
// contract promises. Walks all calls with the real services and a database that must not be touched before a refusal.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fastify } from 'fastify';
import { csrfTokenOf } from '#dialects/shared/console-cookie.ts';
import { grantAccount, grantMember, grantOperator } from '#operations/access/grant.ts';
import { type Permission, permissions } from '#operations/access/permissions.ts';
import { createCredentials } from '#operations/account/credentials/service.ts';
import type { ServiceNeeds } from '#operations/service-needs.ts';
import { createServices } from '#operations/services.ts';
import type { CallDefinition } from './contract/schemas.ts';
import { contract } from './contract.ts';
import { consoleHttp } from './http-family.ts';
import type { ConsoleOptions } from './options.ts';

const touched = new Error('a service was allowed to work');

/** Throws when any function of it is called. */
const untouchable: never = new Proxy(() => {}, {
  get: (_target, name) => (name === 'then' ? undefined : untouchable),
  apply() {
    throw touched;
  },
}) as never;

const context = { database: untouchable, clock: untouchable, log: untouchable, seal: untouchable } as never;
const needs = {
  credentials: createCredentials(context, { seal: untouchable }),
  submit: untouchable,
  seal: untouchable,
  settings: { documentSums: untouchable, priceList: {} },
} as unknown as ServiceNeeds;
const { services } = createServices(context, needs);

const actor = { actor: 'member:1', address: null };
const facts = { id: 1, createdAtMs: 0, isLong: false, canSetPassword: false, showsNumbersOf: null };
const account = { id: 1, bucket: 0, serviceName: 'sms-a-1', settings: { callbacks: {} } } as never;
/** The role of the caller in this request. */
let role = 'none';

const as = <Access extends object>(access: Access): Access => ({ ...access, role });
const options = {
  services: {
    ...services,
    sessions: {
      ...services.sessions,
      installationId: async () => 'test',
      resume: async () => ({
        state: 'signed-in',
        access: grantMember({ id: 1, name: 'X', email: 'x@example.com' } as never, facts, actor),
      }),
      openAccount: async () => as(grantAccount(account, actor, 'viewer')),
      actAsOperator: () => as(grantOperator(actor)),
    },
  },
  publicUrls: [],
  settings: [],
  clock: { now: () => Date.UTC(2026, 10, 30) },
  carrierLinks: {
    kinds: ['smpp'],
    optionsOf: () => [],
    read: async () => ({ options: {}, secrets: {}, mistakes: [] }),
  },
  readTicket: () => null,
  simulatedCarrier: () => null,
  isDemo: async () => false,
} as unknown as ConsoleOptions;

const app = fastify();
consoleHttp(options).register(app);
await app.ready();

const uuid = '0190b5a0-0000-7000-8000-000000000000';

/** Values that a schema alone cannot tell: dates, keys of pages, and members of which one is needed. */
const known: Readonly<Record<string, unknown>> = {
  since: '2026-11-01',
  from: '2026-11-01',
  to: '2026-11-02',
  number: '+33601020304',
  ids: '1',
  email: 'a@example.com',
  quantity: 100,
  draft: uuid,
  estimate: uuid,
  requestKey: uuid,
  message: '1',
  numbers: ['+33601020304'],
};

interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly const?: unknown;
  readonly minItems?: number;
  readonly minLength?: number;
  readonly minimum?: number;
}

/** The smallest value of a schema, with its optional members left out unless they are known. */
function sampleOf(schema: Schema, name = ''): unknown {
  if (schema.type === 'array' && name in known) return known[name];
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  if (schema.anyOf)
    return schema.anyOf.some(({ type }) => type === 'null') ? null : sampleOf(schema.anyOf[0]!, name);
  switch (schema.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {})
          .filter(([key]) => schema.required?.includes(key) || key === 'since')
          .map(([key, member]) => [key, sampleOf(member, key)]),
      );
    case 'array':
      return Array.from({ length: schema.minItems ?? 1 }, () => sampleOf(schema.items!));
    case 'string':
      return known[name] ?? 'x'.repeat(Math.max(1, schema.minLength ?? 1));
    case 'boolean':
      return true;
    default:
      return known[name] ?? schema.minimum ?? 1;
  }
}

async function ask({ method, path, parameters, body, takesFile }: CallDefinition, asRole: string) {
  role = asRole;
  const values = (parameters === undefined ? {} : sampleOf(parameters as Schema)) as Record<string, unknown>;
  const url = path.replace(/:(\w+)/g, (_, name: string) =>
    encodeURIComponent(String(values[name] ?? 'sms-a-1')),
  );
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values))
    if (!path.includes(`:${name}`)) query.set(name, String(value));
  const payload = body === undefined ? {} : sampleOf(body as Schema);
  const answer = await app.inject({
    method,
    url: `${url}?${query}`,
    headers: {
      cookie: 'chappe-test=good',
      'x-chappe-csrf': csrfTokenOf('good'),
      ...(method !== 'GET' && {
        'content-type': takesFile ? 'application/octet-stream' : 'application/json',
      }),
    },
    ...(method !== 'GET' && { payload: takesFile ? 'x' : JSON.stringify(payload) }),
  });
  const { reason, detail } = answer.json() as { reason?: string; detail?: string };
  return { status: answer.statusCode, reason, detail };
}

/**
 * Calls that read before they write, or that read several subjects: the permission that is checked first. Every role that has
 * the one of the contract has this one too.
 */
const readsFirst: Readonly<Record<string, Permission>> = {
  'callbacks.read': 'account.read',
  'inbox.answer': 'inbox.read',
  'senders.remove': 'senders.read',
  'templates.change': 'templates.read',
  'operator.accounts.invite': 'accounts.read',
  'operator.todo.read': 'operator-campaigns.read',
};
/** Calls without a service: acting as operator is all that they need, or a session that sees the account. */
const withoutService: readonly string[] = [
  'phone.readBehaviour',
  'phone.setBehaviour',
  'account.showNumbers',
];

const guarded = Object.entries<CallDefinition>(contract).filter(
  ([name, { permission }]) =>
    permission !== 'none' && permission !== 'session' && !withoutService.includes(name),
);

test('what is read first is open to every role that may do the rest', () => {
  for (const [name, first] of Object.entries(readsFirst)) {
    const { permission } = (contract as Readonly<Record<string, CallDefinition>>)[name]!;
    const allowed: readonly string[] = permissions[first];
    for (const one of permissions[permission as Permission])
      assert.ok(allowed.includes(one), `${name}: ${one}`);
  }
});

test('a caller without any permission is refused with exactly the permission that the contract names', async () => {
  const wrong: string[] = [];
  for (const [name, call] of guarded) {
    const { status, reason, detail } = await ask(call, 'none');
    const checked = /does not include ([a-z-]+\.[a-z-]+)\./.exec(detail ?? '')?.[1];
    if (status !== 403 || checked !== (readsFirst[name] ?? call.permission))
      wrong.push(`${name}: contract ${call.permission}, answer ${status} ${reason} ${detail ?? ''}`);
  }
  assert.deepEqual(wrong, []);
});

for (const caller of ['owner', 'editor', 'viewer'] as const)
  test(`${caller}: each call is refused if and only if the table of permissions leaves the role out`, async () => {
    const wrong: string[] = [];
    for (const [name, call] of guarded.filter(([, { path }]) => path.startsWith('/console/api/accounts/'))) {
      const isAllowed = (permissions[call.permission as Permission] as readonly string[]).includes(caller);
      const { status, detail } = await ask(call, caller);
      // The database answers nothing here, so a call that reads first cannot come to its refusal.
      const refused = isAllowed || name in readsFirst ? status === 403 : status !== 403;
      if (refused) wrong.push(`${name}: ${status} ${detail ?? ''}`);
    }
    assert.deepEqual(wrong, []);
  });
