// The published description of OVH's API, call by call: what is answered, what is said of a thing that is not there, and
// what nobody can make break.
import assert from 'node:assert/strict';
import test from 'node:test';
import { servedRoutes } from '../../src/dialects/ovh/api/call-table.ts';
import { contract, nameOf } from '../../src/dialects/ovh/api/contract.ts';
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

test('every call answers what the description says, and 404 for each thing that is not there', async () => {
  await using platform = await openPlatform(walkPlatform);
  const owner = await platform.anAccount();
  const client = ovhClient(platform.url, owner.ovh, () => platform.clock.now());
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
        ? differences(step.route.returns, answer.body)
        : [`${answer.status} ${JSON.stringify(answer.body)}`];
    wrong.push(...found.map((difference) => `${name}: ${difference}`));
    return answer.body;
  }

  // An answer that is wrong may end the walk early: what was wrong before is told then, too.
  const walked = await walk(platform, owner, take).catch((error: Error) => {
    wrong.push(error.stack ?? error.message);
    return new Set<string>();
  });
  assert.deepEqual(wrong, []);
  const missed = servedRoutes.map(nameOf).filter((name) => !walked.has(name));
  assert.deepEqual(missed, [], 'the walk passes by every call that is served');
  await platform.quiet();
});

test('the calls that are not served say so, and of the first two tiers there is none', async () => {
  await using platform = await openPlatform();
  const owner = await platform.anAccount();
  const client = ovhClient(platform.url, owner.ovh, () => platform.clock.now());
  const unserved = contract.routes.filter((route) => !servedRoutes.includes(route));
  assert.deepEqual(unserved.filter(({ tier }) => tier < 3).map(nameOf), []);
  for (const route of unserved) {
    const step = { route, places: { serviceName: owner.serviceName, number: '+33611111111' }, members: {} };
    const answer = await client.call(route.method, pathOf(step, step.places), bodyOf(step));
    assert.ok(isErrorOf(answer, 501), `${nameOf(route)}: ${answer.status} ${JSON.stringify(answer.body)}`);
  }
});
