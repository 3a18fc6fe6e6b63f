// The published contract of OVH's API, call by call: its answers, the answer for an unknown object, and no call that fails with
// an internal error.
import assert from 'node:assert/strict';
import test from 'node:test';
import { servedRoutes } from '../../src/dialects/ovh/api/call-table.ts';
import { contract, nameOf, partOf } from '../../src/dialects/ovh/api/contract.ts';
import { assignNumber, insertReplyNumber } from '../../src/store/platform/reply-numbers.ts';
import { type OvhAnswer, ovhClient } from '../support/ovh.ts';
import { differences } from '../support/ovh-contract.ts';
import { bodyOf, pathOf, type Step, walk, walkPlatform } from '../support/ovh-walk.ts';
import { openPlatform } from '../support/platform.ts';

/** What nobody has, by the name of its place or the type of it. */
function unknownFor({ route }: Step, place: string): string {
  if (place === 'serviceName') return 'sms-nobody-1';
  if (place === 'number') return '+33611111111';
  if (place === 'slotId') return '8';
  const type = route.params.find(({ name }) => name === place)!.type;
  if (type === 'long') return '987654321';
  return type === 'uuid' ? '0a1b2c3d-0000-4000-8000-00000000abcd' : 'nobody';
}

function isErrorOf({ status, body }: OvhAnswer<unknown>, expected: number): boolean {
  const names = Object.keys((body ?? {}) as object).toSorted();
  return status === expected && names.join() === 'class,errorCode,httpCode,message';
}

test('every call answers as the contract describes, and 404 for an unknown object', async () => {
  await using platform = await openPlatform(walkPlatform);
  const customer = await platform.anAccount();
  const client = ovhClient(platform.url, customer.ovh, () => platform.clock.now());
  const wrong: string[] = [];
  const places = (step: Step) => [...step.route.path.matchAll(/\{(\w+)\}/g)].map(([, place]) => place!);

  async function take(step: Step): Promise<unknown> {
    const name = nameOf(step.route);
    for (const place of places(step)) {
      const path = pathOf(step, { ...step.places, [place]: unknownFor(step, place) });
      const answer = await client.call(step.route.method, path, bodyOf(step));
      if (!isErrorOf(answer, 404))
        wrong.push(`${name}, unknown ${place}: ${answer.status} ${JSON.stringify(answer.body)}`);
    }
    const answer = await client.call(step.route.method, pathOf(step, step.places), bodyOf(step));
    const found =
      answer.status === 200
        ? differences(step.route.returns, answer.body, partOf(step.route.path))
        : [`${answer.status} ${JSON.stringify(answer.body)}`];
    wrong.push(...found.map((difference) => `${name}: ${difference}`));
    return answer.body;
  }

  // An answer that is wrong may end the walk early: what was wrong before is told then, too.
  const walked = await walk(platform, customer, take).catch((error: Error) => {
    wrong.push(error.stack ?? error.message);
    return new Set<string>();
  });
  assert.deepEqual(wrong, []);
  const missed = servedRoutes.map(nameOf).filter((name) => !walked.has(name));
  assert.deepEqual(missed, [], 'the walk passes by every call that is served');
  await platform.quiet();
});

/** What OVH answers an account without the option: nothing to be read, or nothing to be ordered. */
const withoutOption: Readonly<Record<string, 403 | 404>> = {
  'GET /sms/{serviceName}/smpp/settings': 404,
  'GET /sms/{serviceName}/smpp/allowedIPs': 404,
  'PUT /sms/{serviceName}/smpp/allowedIPs': 403,
  'POST /sms/{serviceName}/smpp/password': 403,
  'GET /sms/{serviceName}/virtualNumbers/{number}/chatAccess': 404,
  'POST /sms/{serviceName}/virtualNumbers/{number}/chatAccess': 403,
  'DELETE /sms/{serviceName}/virtualNumbers/{number}/chatAccess': 404,
  'GET /order/sms/new': 403,
  'POST /order/sms/new': 403,
  'POST /auth/token': 403,
  'PUT /me': 403,
};

test('calls of an option that no account has answer as for an account without it, and none is unanswered', async () => {
  await using platform = await openPlatform();
  const customer = await platform.anAccount();
  const virtual = '33757000001';
  await insertReplyNumber(
    platform.query,
    { number: virtual, kind: 'virtual', countries: [] },
    platform.clock.now(),
  );
  await assignNumber(platform.query, virtual, customer.id);
  const client = ovhClient(platform.url, customer.ovh, () => platform.clock.now());
  const others = contract.routes.filter((route) => !servedRoutes.includes(route));
  assert.deepEqual(others.map(nameOf).toSorted(), Object.keys(withoutOption).toSorted());
  for (const route of others) {
    const members = { quantity: 100, action: 'add', ips: ['192.0.2.1'] };
    const ask = (number: string) => {
      const step = { route, places: { serviceName: customer.serviceName, number }, members };
      return client.call(route.method, pathOf(step, step.places), bodyOf(step));
    };
    const answer = await ask(`+${virtual}`);
    const shown = `${nameOf(route)}: ${answer.status} ${JSON.stringify(answer.body)}`;
    assert.ok(isErrorOf(answer, withoutOption[nameOf(route)]!), shown);
    assert.match((answer.body as { message: string }).message, /option|operator|consumer key/, shown);
    if (route.path.includes('{number}')) assert.ok(isErrorOf(await ask('+33700000000'), 404), shown);
  }
  const added = await client.call('POST', `/sms/${customer.serviceName}/blacklists`, {
    number: '+33600000001',
  });
  assert.ok(isErrorOf(added, 405), 'the description has no call that adds to the list');
  const missing = await client.call('PUT', `/sms/${customer.serviceName}/smpp/allowedIPs`, { action: 'add' });
  assert.ok(isErrorOf(missing, 400), 'what the description asks for is asked for all the same');
});

test('a service has no end date, accepts the fields that it returned, and refuses an end date', async () => {
  await using platform = await openPlatform();
  const customer = await platform.anAccount();
  const client = ovhClient(platform.url, customer.ovh, () => platform.clock.now());
  const path = `/sms/${customer.serviceName}/serviceInfos`;
  const service = await client.ok<Record<string, unknown>>('GET', path);
  assert.partialDeepStrictEqual(service, {
    domain: customer.serviceName,
    serviceId: customer.id,
    status: 'ok',
    creation: '2026-11-18',
    expiration: '2099-12-31',
    renew: { automatic: true, deleteAtExpiration: false },
  });
  const changes: readonly [object, number][] = [
    [service, 200],
    [{}, 200],
    [{ renew: null }, 200],
    [{ renew: { automatic: true } }, 200],
    [{ renew: { period: 12 } }, 200],
    [{ renew: { automatic: false } }, 400],
    [{ renew: { deleteAtExpiration: true } }, 400],
    [{ renew: 'never' }, 400],
  ];
  for (const [change, status] of changes)
    assert.equal((await client.call('PUT', path, change)).status, status, JSON.stringify(change));
});

test('rules of operators are requested by number: none is known, and an invalid number is refused', async () => {
  await using platform = await openPlatform();
  const customer = await platform.anAccount();
  const client = ovhClient(platform.url, customer.ovh, () => platform.clock.now());
  const ask = (query: string) => client.call('GET', `/sms/${customer.serviceName}/exceptions${query}`);
  for (const receiver of ['+33612345678', ' 33612345678', '0033612345678', '33612345678', '0612345678']) {
    const answer = await ask(`?receiver=${encodeURIComponent(receiver)}`);
    assert.deepEqual([answer.status, answer.body], [200, []], receiver);
  }
  for (const query of ['', '?receiver=', '?receiver=nobody', '?receiver=12'])
    assert.ok(isErrorOf(await ask(query), 400), query);
});
