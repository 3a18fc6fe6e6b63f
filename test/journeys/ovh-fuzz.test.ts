// Nothing that a customer sends to OVH's API breaks it: every call that is served, on things that are there, with one field
// or one place at a time made strange, and with bodies that are none.
import assert from 'node:assert/strict';
import test from 'node:test';
import { nameOf } from '../../src/dialects/ovh/api/contract.ts';
import { ovhClient } from '../support/ovh.ts';
import { bodyOf, pathOf, type Step, walk, walkPlatform } from '../support/ovh-walk.ts';
import { openPlatform } from '../support/platform.ts';
import { sized } from '../support/size.ts';

const strangeValues: readonly unknown[] = [
  null,
  '',
  ' ',
  'a\0b',
  '\ud800',
  '💥\u202e%00\'"\\;--',
  'x'.repeat(20_000),
  -1,
  0,
  0.1,
  2 ** 31,
  2 ** 53 - 1,
  -(2 ** 53),
  1e300,
  '1e999',
  '9'.repeat(40),
  true,
  [],
  [[]],
  [null, {}, 'x', 1],
  {},
  { a: { b: [] } },
  '0001-01-01T00:00:00Z',
  '9999-12-31T23:59:59+14:00',
  '00000000-0000-0000-0000-000000000000',
  'http://127.0.0.1:1/x',
  'https://[::1',
  'javascript:alert(1)',
  '+33600000000',
  ['+33600000000', '+33600000000', '00', '+'],
];

const strangePlaces = ['%00', ' ', '..', 'x'.repeat(3_000), '-1', '0', String(2 ** 53), "1'--", '💥', '%'];

const strangeBodies = [
  '',
  'null',
  '[]',
  '[1]',
  '"text"',
  '{',
  '{"a":',
  '\ufeff{}',
  '\0',
  '{"__proto__":{"x":1}}',
];

/** All of them take most of a minute; the place where the count stands when a call begins is another for each. */
const oneOf = sized(13, 1);

/** The same call, made strange in one thing. */
function* variationsOf(step: Step): Generator<{ path: string; body?: unknown }> {
  const { route, places, members } = step;
  for (const name of route.path.matchAll(/\{(\w+)\}/g))
    for (const place of strangePlaces)
      yield { path: pathOf(step, { ...places, [name[1]!]: place }), body: bodyOf(step) };
  const names = [
    ...route.params.filter(({ in: where }) => where !== 'path').map(({ name }) => name),
    ...(route.bodyWritable ?? []),
  ];
  for (const name of names)
    for (const value of strangeValues) {
      const strange: Step = { ...step, members: { ...members, [name]: value } };
      yield { path: pathOf(strange, places), body: bodyOf(strange) };
    }
  for (const body of strangeBodies)
    if (bodyOf(step) !== undefined) yield { path: pathOf(step, places), body };
}

test('no path parameter, field or body causes a 5xx', async () => {
  await using platform = await openPlatform(walkPlatform);
  const customer = await platform.anAccount();
  const client = ovhClient(platform.url, customer.ovh, () => platform.clock.now());
  const steps: Step[] = [];
  // What the walk makes stays there, and its key goes on working.
  await walk(platform, customer, async (step) => {
    steps.push(step);
    const { method, path } = step.route;
    // But for jobs: the walk waits until nothing waits.
    const isEnd = (method === 'DELETE' && !path.includes('/jobs/')) || path === '/auth/logout';
    return isEnd ? null : client.ok(step.route.method, pathOf(step, step.places), bodyOf(step));
  });
  const failed: string[] = [];
  let varied = 0;
  let tried = 0;
  const last = ({ route }: Step) => (route.method === 'DELETE' ? 1 : 0);
  for (const step of steps.toSorted((one, other) => last(one) - last(other))) {
    if (step.route.path === '/auth/logout') continue;
    for (const { path, body } of variationsOf(step)) {
      if (varied++ % oneOf !== 0) continue;
      tried++;
      const answer = await client.call(step.route.method, path, body);
      if (answer.status >= 500 && answer.status !== 501)
        failed.push(
          `${nameOf(step.route)}: ${answer.status} ${path.slice(0, 200)} ${JSON.stringify(body)?.slice(0, 200)}`,
        );
    }
  }
  assert.deepEqual([...failed, ...platform.logLines], []);
  assert.ok(tried > sized(700, 9_000), `${tried} tried`);
});
