import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { contract, nameOf, type Route } from './contract.ts';
import { OvhRefusal } from './errors.ts';
import { readBody, readInput, readQuery } from './request.ts';

function routeNamed(name: string): Route {
  return contract.routes.find((route) => nameOf(route) === name)!;
}

const jobs = routeNamed('POST /sms/{serviceName}/jobs');
const outgoing = routeNamed('GET /sms/{serviceName}/outgoing');
const account = routeNamed('PUT /sms/{serviceName}');
const batches = routeNamed('POST /sms/{serviceName}/batches');
const offers = routeNamed('GET /sms/{serviceName}/seeOffers');
const credential = routeNamed('POST /auth/credential');
const places = { serviceName: 'sms-ab12345-1' };

const read = (route: Route, members: object) => {
  const { serviceName: _, ...input } = readInput(route, places, members as Record<string, unknown>);
  return input;
};

const saysOf = (field: string) => (error: unknown) =>
  error instanceof OvhRefusal && error.status === 400 && error.message.startsWith(`[${field}]`);

test('numbers, booleans and enums come as they please', () => {
  const job = { message: 'Hi', validityPeriod: '2880', noStopClause: 'true', priority: 'HIGH', tag: 7 };
  assert.deepEqual(read(jobs, job), {
    message: 'Hi',
    validityPeriod: 2880,
    noStopClause: true,
    priority: 'high',
    tag: '7',
  });
});

test('an explicit null is absent', () => {
  assert.deepEqual(read(jobs, { message: 'Hi', tag: null, receivers: null, differedPeriod: null }), {
    message: 'Hi',
  });
  assert.throws(() => read(jobs, { message: null }), saysOf('message'));
});

test('a null in a PUT clears an optional field and is otherwise ignored', () => {
  assert.deepEqual(read(account, { callBack: null, description: null, creditsLeft: 5 }), { callBack: null });
});

test('a list is also one value, or an object of values as PHP writes a list with gaps', () => {
  for (const receivers of ['+33600000000', ['+33600000000', null], { 1: '+33600000000' }])
    assert.deepEqual(read(jobs, { message: 'Hi', receivers })['receivers'], ['+33600000000']);
});

test('a name is found in any case: slotId is slotID', () => {
  assert.equal(read(batches, { message: 'Hi', slotId: '3', to: null })['slotID'], '3');
});

test('an enum of numbers is read from numbers and from strings', () => {
  for (const quantity of [500, '500'])
    assert.equal(
      read(offers, { quantity, countryCurrencyPrice: 'FR', countryDestination: 'fr' })['quantity'],
      500,
    );
});

const instants: readonly [written: string, at: string][] = [
  ['2026-11-22T10:00:00+01:00', '2026-11-22T09:00:00Z'],
  ['2026-11-22T10:00:00 01:00', '2026-11-22T09:00:00Z'],
  ['2026-11-22T10:00:00.123Z', '2026-11-22T10:00:00Z'],
  ['2026-11-22T10:00:00-0530', '2026-11-22T15:30:00Z'],
  ['2026-11-22T10:00:00', '2026-11-22T09:00:00Z'],
  ['2026-07-22 10:00', '2026-07-22T08:00:00Z'],
  ['20261122T10:00:00', '2026-11-22T09:00:00Z'],
  ['20261122T100000Z', '2026-11-22T10:00:00Z'],
  ['2026-11-22', '2026-11-21T23:00:00Z'],
];

for (const [written, at] of instants)
  test(`${written} is ${at}: without a zone it is the time of Paris`, () => {
    const input = read(outgoing, { 'creationDatetime.from': written });
    assert.equal(new Date(input['creationDatetime.from'] as number).toISOString(), at.replace('Z', '.000Z'));
  });

for (const wrong of [
  'tomorrow',
  '2026-02-30',
  '2026-13-01T00:00:00Z',
  '2026-11-22T25:00:00Z',
  '1763802000',
  5,
])
  test(`${wrong} is no date`, () => {
    assert.throws(() => read(outgoing, { 'creationDatetime.to': wrong }), saysOf('creationDatetime.to'));
  });

test('an id is a UUID in any case, a list of addresses holds addresses', () => {
  const id = '0a1b2c3d-0000-4000-8000-00000000ABCD';
  assert.equal(read(outgoing, { batchID: id })['batchID'], id.toLowerCase());
  assert.throws(() => read(outgoing, { batchID: 'none' }), saysOf('batchID'));
  const rules = { accessRules: [{ method: 'get', path: '/sms' }] };
  const blocks = ['192.0.2.0/24', '2001:db8::1'];
  assert.deepEqual(read(credential, { ...rules, allowedIPs: blocks }), {
    accessRules: [{ method: 'GET', path: '/sms' }],
    allowedIPs: blocks,
  });
  for (const block of ['192.0.2.0/33', '192.0.2.0/', 'home'])
    assert.throws(() => read(credential, { ...rules, allowedIPs: [block] }), saysOf('allowedIPs'));
});

test('characters that the database cannot store are removed from texts', () => {
  assert.equal(read(jobs, { message: 'a\0b\ud800' })['message'], 'ab\ufffd');
});

test('a query has blanks as + or %20, lists as repeated names, and a null that python wrote', () => {
  assert.deepEqual(
    { ...readQuery('sender=My+Shop&tag=a%20b&ptt=null&to[]=1&to[]=2&x=1&x=2&__proto__=1') },
    { sender: 'My Shop', tag: 'a b', to: ['1', '2'], x: ['1', '2'], ['__proto__']: '1' },
  );
});

test('an empty body, a null and an empty list of PHP are an empty object', () => {
  for (const text of ['', ' ', 'null', '[]', '{}', '\ufeff{}'])
    assert.deepEqual(readBody(Buffer.from(text)), {});
  for (const text of ['[1]', '1', '"a"', '{', '{"a":}', "{'a':1}"])
    assert.throws(() => readBody(Buffer.from(text)), OvhRefusal);
});

/** Parameters with the right names and whatever values. */
const membersOf = (route: Route) => {
  const names = [
    ...route.params.filter(({ in: where }) => where !== 'path').map(({ name }) => name),
    ...(route.bodyWritable ?? []),
  ];
  return fc.dictionary(fc.constantFrom('x', ...names), fc.jsonValue({ maxDepth: 4 }));
};

test('any input is read, or refused as an error of the client', () => {
  const sent = fc
    .constantFrom(...contract.routes)
    .chain((route) => fc.tuple(fc.constant(route), membersOf(route), fc.string()));
  fc.assert(
    fc.property(sent, ([route, members, place]) => {
      const named = Object.fromEntries(
        route.params.filter(({ in: where }) => where === 'path').map(({ name }) => [name, place]),
      );
      try {
        readInput(route, named, members);
      } catch (error) {
        assert.ok(error instanceof OvhRefusal && error.status === 400, String(error));
      }
    }),
    { numRuns: 1_000 },
  );
});

test('random bytes as a body or a query are read or refused', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.string(), (bytes, query) => {
      readQuery(query);
      try {
        readBody(Buffer.from(bytes));
      } catch (error) {
        assert.ok(error instanceof OvhRefusal, String(error));
      }
    }),
  );
});

test('a value that is not of its type is answered and not stored', () => {
  const wrong = { 'creationDatetime.from': 'Hello Ann' };
  assert.throws(
    () => read(routeNamed('GET /sms/{serviceName}/outgoing'), wrong),
    (error) =>
      error instanceof OvhRefusal &&
      error.body['message'] ===
        '[creationDatetime.from] Given data (Hello Ann) is not valid for type datetime' &&
      error.storedMessage === '[creationDatetime.from] Given data (…) is not valid for type datetime',
  );
});
