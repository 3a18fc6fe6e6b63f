// Quotas of users: no user spends more than the quota, under any concurrency, and the ledger is consistent after grants,
// revocations and sends.
import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { mobile } from '../support/clients.ts';
import { type OvhClient, ovhClient } from '../support/ovh.ts';
import { openPlatform, priceMicros, type TestAccount, type TestPlatform } from '../support/platform.ts';
import { sized } from '../support/size.ts';

interface Quota {
  quotaInformations: { quotaLeft: number };
}

async function withUsers(platform: TestPlatform, account: TestAccount, logins: readonly string[]) {
  const client = ovhClient(platform.url, account.ovh, () => platform.clock.now());
  const base = `/sms/${account.serviceName}`;
  for (const login of logins) await client.ok('POST', `${base}/users`, { login, password: 'Secret12' });
  return { client, ...actions(client, base) };
}

/** Each answers the status of its call. */
function actions(client: OvhClient, base: string) {
  const statusOf = async (method: string, path: string, body: object) =>
    (await client.call(method, `${base}${path}`, body)).status;
  return {
    give: (login: string, quotaLeft: number) =>
      statusOf('PUT', `/users/${login}`, { quotaInformations: { quotaLeft, quotaStatus: 'active' } }),
    takeBack: (login: string) =>
      statusOf('PUT', `/users/${login}`, { quotaInformations: { quotaStatus: 'inactive' } }),
    sendAs: (login: string | null, receivers: readonly string[]) =>
      statusOf('POST', login === null ? '/jobs' : `/users/${login}/jobs`, {
        message: 'Hello',
        receivers,
        sender: 'Chappe',
        noStopClause: true,
      }),
    left: async (login: string) =>
      (await client.ok<Quota>('GET', `${base}/users/${login}`)).quotaInformations.quotaLeft,
  };
}

const settings = { creditPriceMicros: Number(priceMicros) };
const number = (n: number, ending?: string) => `+${mobile(n, ending)}`;

test('fifty sends at once of a user with a quota of twenty: twenty leave, thirty are refused', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount({ creditMicros: 100n * priceMicros, settings });
  const { give, sendAs, left } = await withUsers(platform, account, ['desk']);
  await give('desk', 20);
  const statuses = await Promise.all(Array.from({ length: 50 }, (_, n) => sendAs('desk', [number(n)])));
  assert.equal(statuses.filter((status) => status === 200).length, 20);
  assert.equal(statuses.filter((status) => status === 403).length, 30);
  assert.equal(await left('desk'), 0);
  await platform.quiet();
  assert.deepEqual(await platform.credit(account), { availableMicros: 80n * priceMicros, heldMicros: 0n });
});

test('a quota is spent by its user only, and the other credit by all others', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount({ creditMicros: 10n * priceMicros, settings });
  const { give, takeBack, sendAs, left } = await withUsers(platform, account, ['rich', 'free']);
  await give('rich', 6);
  assert.equal(
    await sendAs(
      null,
      [1, 2, 3, 4, 5].map((n) => number(n)),
    ),
    403,
  );
  assert.equal(
    await sendAs(
      'free',
      [1, 2, 3].map((n) => number(n)),
    ),
    200,
  );
  assert.equal(
    await sendAs(
      'rich',
      [4, 5].map((n) => number(n)),
    ),
    200,
  );
  assert.equal(await left('rich'), 4);
  // More than the quota is refused, though the account could pay.
  assert.equal(
    await sendAs(
      'rich',
      [1, 2, 3, 4, 5].map((n) => number(n)),
    ),
    403,
  );
  assert.equal(await left('rich'), 4);
  await takeBack('rich');
  assert.equal(
    await sendAs(
      null,
      [1, 2, 3, 4, 5].map((n) => number(n)),
    ),
    200,
  );
  await platform.quiet();
  assert.deepEqual(await platform.credit(account), { availableMicros: 0n, heldMicros: 0n });
});

test('the price of an unsent message returns to the quota that paid it, and to no other', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount({ creditMicros: 100n * priceMicros, settings });
  const { client, give, left } = await withUsers(platform, account, ['desk']);
  const jobs = `/sms/${account.serviceName}/users/desk/jobs`;
  const later = async (receiver: string) => {
    const job = { message: 'Later', receivers: [receiver], sender: 'Chappe', noStopClause: true };
    const report = await client.ok<{ ids: number[] }>('POST', jobs, { ...job, differedPeriod: 60 });
    return report.ids[0]!;
  };
  const beforeTheQuota = await later(number(1));
  await give('desk', 10);
  const ofTheQuota = await later(number(2));
  assert.equal(await left('desk'), 9);
  await client.ok('DELETE', `${jobs}/${beforeTheQuota}`);
  assert.equal(await left('desk'), 9, 'the account had paid');
  await client.ok('DELETE', `${jobs}/${ofTheQuota}`);
  assert.equal(await left('desk'), 10);
  // Refused by the carrier at once.
  await client.ok('POST', jobs, {
    message: 'Refused',
    receivers: [number(3, '91')],
    sender: 'Chappe',
    noStopClause: true,
  });
  await platform.quiet();
  assert.equal(await left('desk'), 10);
  assert.deepEqual(await platform.credit(account), {
    availableMicros: 90n * priceMicros,
    heldMicros: 10n * priceMicros,
  });
});

type Step =
  | { readonly kind: 'give'; readonly user: number; readonly credits: number }
  | { readonly kind: 'take'; readonly user: number }
  | { readonly kind: 'send'; readonly user: number; readonly count: number };

const user = fc.nat(2);
const steps = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('give' as const), user, credits: fc.nat(30) }),
    fc.record({ kind: fc.constant('take' as const), user }),
    fc.record({ kind: fc.constant('send' as const), user, count: fc.integer({ min: 1, max: 6 }) }),
  ),
  { minLength: 10, maxLength: 40 },
);

test('quotas that are granted, revoked and spent concurrently leave a consistent ledger', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount({ creditMicros: 200n * priceMicros, settings });
  const logins = ['one', 'two', 'three'];
  const { give, takeBack, sendAs } = await withUsers(platform, account, logins);
  let next = 0;
  const run = (step: Step) => {
    const login = logins[step.user]!;
    if (step.kind === 'give') return give(login, step.credits);
    if (step.kind === 'take') return takeBack(login);
    return sendAs(
      login,
      // Some are refused by the carrier.
      Array.from({ length: step.count }, () => number(next++, next % 4 === 0 ? '91' : '00')),
    );
  };
  await fc.assert(
    fc.asyncProperty(steps, async (all: readonly Step[]) => {
      const statuses = await Promise.all(all.map(run));
      assert.ok(statuses.every((status) => status === 200 || status === 403));
      await platform.quiet();
    }),
    { numRuns: sized(8, 60) },
  );
  for (const login of logins) await takeBack(login);
  assert.equal((await platform.credit(account)).heldMicros, 0n);
});
