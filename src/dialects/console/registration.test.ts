// Walks all calls of the contract without a database: each refuses without a session, from another site and without its CSRF
// token, and answers 404 for an account that the caller may not see. Isolation of the services: operations/isolation.test.ts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fastify } from 'fastify';
import { csrfTokenOf } from '#dialects/shared/console-cookie.ts';
import { grantMember } from '#operations/access/grant.ts';
import type { CallDefinition } from './contract/schemas.ts';
import { contract } from './contract.ts';
import { consoleHttp } from './http-family.ts';
import type { ConsoleOptions } from './options.ts';

const facts = { id: 1, createdAtMs: 0, isLong: false, canSetPassword: false, showsNumbersOf: null };
const member = grantMember({ id: 1 } as never, facts, { actor: 'member:x', address: null });
const refusesOperators = Object.assign(new Error('not an operator'), { statusCode: 403 });

const options = {
  services: {
    operator: {},
    sessions: {
      installationId: async () => 'test',
      resume: async (token: string) => (token === 'good' ? { state: 'signed-in', access: member } : null),
      openAccount: async () => null,
      actAsOperator: () => {
        throw refusesOperators;
      },
    },
  },
  publicUrls: [],
  clock: { now: () => 0 },
} as unknown as ConsoleOptions;

async function openApp() {
  const app = fastify();
  consoleHttp(options).register(app);
  await app.ready();
  return app;
}

const app = await openApp();
const named = Object.entries<CallDefinition>(contract);
const closed = named.filter(([, { permission }]) => permission !== 'none');
const unsafe = closed.filter(([, { method }]) => method !== 'GET');
const urlOf = ({ path }: CallDefinition) => path.replace(/:\w+/g, '1');

async function ask(call: CallDefinition, headers: Readonly<Record<string, string>>) {
  const { method, takesFile } = call;
  const type = takesFile ? { 'content-type': 'application/octet-stream' } : {};
  const answer = await app.inject({ method, url: urlOf(call), headers: { ...headers, ...type } });
  return { status: answer.statusCode, reason: (answer.json() as { reason: string }).reason };
}

test('every call but those of signing in refuses a caller without a session', async () => {
  for (const [name, call] of closed)
    assert.deepEqual(await ask(call, {}), { status: 401, reason: 'session-missing' }, name);
});

test('every unsafe call refuses a request of another site', async () => {
  const headers = { cookie: 'chappe-test=good', 'sec-fetch-site': 'cross-site' };
  for (const [name, call] of named.filter(([, { method }]) => method !== 'GET'))
    assert.deepEqual(await ask(call, headers), { status: 403, reason: 'origin-foreign' }, name);
});

test('every unsafe call with a session refuses a request without its CSRF token', async () => {
  for (const [name, call] of unsafe)
    assert.deepEqual(
      await ask(call, { cookie: 'chappe-test=good' }),
      { status: 403, reason: 'csrf-wrong' },
      name,
    );
});

test('every call of an account answers 404 for an account that the caller may not see', async () => {
  const headers = { cookie: 'chappe-test=good', 'x-chappe-csrf': csrfTokenOf('good') };
  const ofAccounts = closed.filter(([, { path }]) => path.startsWith('/console/api/accounts/'));
  assert.ok(ofAccounts.length > 50);
  for (const [name, call] of ofAccounts)
    assert.deepEqual(await ask(call, headers), { status: 404, reason: 'not-found' }, name);
});
