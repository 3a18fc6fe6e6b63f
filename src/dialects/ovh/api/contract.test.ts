import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { contract, type Match, matchRoute, methodsOf, nameOf } from './contract.ts';

function matched(call: string): string | null {
  const [method, path] = call.split(' ');
  const match = matchRoute(method!, path!);
  return match === null || match === 'no-method' ? match : nameOf(match.route);
}

const places = (method: string, path: string) => (matchRoute(method, path) as Match).places;

test('a literal segment takes precedence over a parameter', () => {
  assert.equal(matched('GET /sms/ptts'), 'GET /sms/ptts');
  assert.equal(matched('GET /sms/sms-a-1'), 'GET /sms/{serviceName}');
  assert.equal(matched('POST /sms/estimate'), 'POST /sms/estimate');
  assert.equal(matched('GET /sms/virtualNumbers/+33600000000'), 'GET /sms/virtualNumbers/{number}');
  assert.equal(matched('GET /sms/virtualNumbers/jobs'), 'GET /sms/virtualNumbers/{number}');
});

test('an account that is called like a path is found where only its own paths go on', () => {
  assert.equal(matched('GET /sms/rates/jobs'), 'GET /sms/{serviceName}/jobs');
});

test('a path with other methods differs from an unknown path', () => {
  assert.equal(matched('DELETE /sms'), 'no-method');
  assert.equal(matched('GET /domain'), null);
  assert.equal(matched('GET /'), null);
  assert.equal(matched('GET /sms/a//jobs'), null);
  assert.deepEqual(methodsOf('/sms/a/users/b'), ['GET', 'PUT', 'DELETE']);
  assert.deepEqual(methodsOf('/domain'), []);
});

test('a path parameter is decoded once, and an invalid escape stays', () => {
  assert.deepEqual(places('GET', '/sms/sms-a-1/senders/En%20Marche%2B%2520'), {
    serviceName: 'sms-a-1',
    sender: 'En Marche+%20',
  });
  assert.equal(places('GET', '/sms/100%')['serviceName'], '100%');
  assert.equal(places('GET', '/sms/a%00b')['serviceName'], 'ab');
});

test('every route is found by its own path, under its own name', () => {
  for (const route of contract.routes) {
    const path = route.path.replace(/\{(\w+)\}/g, 'x-$1');
    assert.equal(matched(`${route.method} ${path}`), nameOf(route));
  }
});

test('the description counts as the reference does', () => {
  const tierOf = (area: string) =>
    [1, 2, 3].map((tier) => routesOf(area).filter((route) => route.tier === tier).length);
  const routesOf = (area: string) =>
    contract.routes.filter(({ path }) => path === area || path.startsWith(`${area}/`));
  assert.deepEqual(tierOf('/sms'), [12, 100, 12]);
  assert.deepEqual(tierOf('/order/sms'), [2, 2, 2]);
  assert.deepEqual(tierOf('/auth'), [2, 2, 2]);
  assert.equal(routesOf('/me').length, 16);
});

test('every path has one route or none', () => {
  fc.assert(
    fc.property(fc.constantFrom('GET', 'PUT', '__proto__'), fc.string(), (method, path) => {
      matchRoute(method, `/${path}`);
    }),
  );
});
