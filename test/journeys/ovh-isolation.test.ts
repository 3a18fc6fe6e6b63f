// No key of OVH's API reads or changes objects of another customer, or calls a path outside its rules: every served call is
// tried on existing objects.
import assert from 'node:assert/strict';
import test from 'node:test';
import { nameOf } from '../../src/dialects/ovh/api/contract.ts';
import { type OvhClient, ovhClient } from '../support/ovh.ts';
import { bodyOf, pathOf, type Step, walk, walkPlatform } from '../support/ovh-walk.ts';
import { openPlatform, type TestAccount, type TestPlatform } from '../support/platform.ts';

const clientOf = (platform: TestPlatform, { ovh }: TestAccount) =>
  ovhClient(platform.url, ovh, () => platform.clock.now());

/** What a body may name of its customer's, besides the places of the path. */
const references = ['documentId', 'smsAccountTarget'];

/** A key of the same customer for one of his other accounts, and nothing else. */
async function scopedClient(
  platform: TestPlatform,
  customer: TestAccount,
  scope: string,
): Promise<OvhClient> {
  const rights = ['GET', 'POST', 'PUT', 'DELETE'].flatMap((method) => [
    `${method} /sms/${scope}`,
    `${method} /sms/${scope}/*`,
  ]);
  const fields = {
    email: customer.login,
    apiKey: customer.apiKey,
    name: 'reseller',
    lifetime: 'unlimited',
    rights: rights.join('\n'),
  };
  const made = await fetch(`${platform.url}/createToken/`, {
    method: 'POST',
    body: new URLSearchParams(fields),
  });
  const keys = [...(await made.text()).matchAll(/<dd><code>(\w+)</g)].map(([, key]) => key!);
  const [applicationKey, applicationSecret, consumerKey] = keys as [string, string, string];
  return ovhClient(platform.url, { applicationKey, applicationSecret, consumerKey }, () =>
    platform.clock.now(),
  );
}

test('another account receives 403 or 404 for every object of a customer, under either path', async () => {
  await using platform = await openPlatform(walkPlatform);
  const customer = await platform.anAccount();
  const stranger = await platform.anAccount();
  const [own, foreign] = [clientOf(platform, customer), clientOf(platform, stranger)];
  // A user of the same name is another user.
  await foreign.ok('POST', `/sms/${stranger.serviceName}/users`, { login: 'alice', password: 'motdepasse1' });
  const seen: string[] = [];
  let tried = 0;

  async function mustNotSee(step: Step, places: Step['places']): Promise<void> {
    tried++;
    const { status } = await foreign.call(step.route.method, pathOf(step, places), bodyOf(step));
    const isReference = references.some((name) => Object.hasOwn(step.members, name));
    if (status !== 403 && status !== 404 && !(isReference && status === 400))
      seen.push(`${nameOf(step.route)} ${JSON.stringify(places)}: ${status}`);
  }

  await walk(platform, customer, async (step) => {
    const { path } = step.route;
    if (path.includes('{')) await mustNotSee(step, step.places);
    const isOfThing = /\{(?!serviceName|login)\w+\}/.test(path);
    const isReference = references.some((name) => Object.hasOwn(step.members, name));
    if (path.includes('{serviceName}') && (isOfThing || isReference))
      await mustNotSee(step, { ...step.places, serviceName: stranger.serviceName });
    return own.ok(step.route.method, pathOf(step, step.places), bodyOf(step));
  });
  assert.deepEqual(seen, []);
  assert.ok(tried > 150, `${tried} tried`);
  await platform.quiet();
});

test('a key for one account of a customer reaches none of the others', async () => {
  await using platform = await openPlatform(walkPlatform);
  const customer = await platform.anAccount();
  const child = await platform.anAccount({ parent: customer });
  const scoped = await scopedClient(platform, customer, child.serviceName);
  assert.deepEqual(await scoped.ok('GET', `/sms/${child.serviceName}/jobs`), []);
  const own = clientOf(platform, customer);
  const reached: string[] = [];
  await walk(platform, customer, async (step) => {
    const path = pathOf(step, step.places);
    const { status, body } = await scoped.call<{ errorCode: string }>(step.route.method, path, bodyOf(step));
    const isOwn = path === '/auth/currentCredential' || path === '/auth/logout' || !step.route.signed;
    if (!isOwn && (status !== 403 || body.errorCode !== 'NOT_GRANTED_CALL'))
      reached.push(`${nameOf(step.route)}: ${status}`);
    return own.ok(step.route.method, path, bodyOf(step));
  });
  assert.deepEqual(reached, []);
  await platform.quiet();
});
