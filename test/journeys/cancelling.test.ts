// A waiting campaign can be cancelled until a dispatcher has claimed it; a sent one cannot.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLegacyTicket } from '../../src/dialects/octopush/legacy/response.ts';
import { cancelCampaign } from '../../src/pipeline/cancel-campaign.ts';
import { readAccount } from '../../src/store/accounts/accounts.ts';
import { mobile, sendLegacy } from '../support/clients.ts';
import {
  openPlatform,
  priceMicros,
  type TestAccount,
  type TestPlatform,
  workingHours,
} from '../support/platform.ts';

const hour = 3_600_000;

async function cancel(platform: TestPlatform, account: TestAccount, ticket: string) {
  const stored = await readAccount(platform.query, account.id);
  return cancelCampaign(platform, stored!, readLegacyTicket(ticket)!);
}

test('a scheduled campaign is cancelled as a whole, and its credit comes back', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount({ creditMicros: 100_000_000n });
  const to = Array.from({ length: 600 }, (_, i) => mobile(i));
  const sendAtMs = workingHours + hour;
  const { ticket } = await sendLegacy(platform.url, account, { to, sendAtMs });
  // Another campaign of the same instant stays as it is.
  await sendLegacy(platform.url, account, { to: [mobile(1000)], sendAtMs });
  assert.equal(await cancel(platform, account, ticket), 'cancelled');
  assert.equal(await cancel(platform, account, ticket), 'cancelled', 'asked again, it still is');
  assert.deepEqual(await platform.credit(account), {
    availableMicros: 100_000_000n - priceMicros,
    heldMicros: priceMicros,
  });
  await platform.advance(hour);
  await platform.customer.whenTold(mobile(1000));
  await platform.quiet();
  assert.equal(platform.carrier.taken.length, 1);
  assert.equal(await platform.statusOf(mobile(1)), 'cancelled');
});

test('a campaign that was sent, and one of another account, cannot be cancelled', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const stranger = await platform.anAccount();
  const { ticket } = await sendLegacy(platform.url, account, { to: [mobile(1), mobile(2)] });
  await platform.customer.whenTold(mobile(1));
  await platform.quiet();
  assert.equal(await cancel(platform, account, ticket), 'too-late');
  assert.equal(await cancel(platform, stranger, ticket), 'unknown');
  assert.equal(await cancel(platform, account, 'api000000000001'), 'unknown');
});

test('cancelled at the instant it is due, a campaign leaves as a whole or not at all', async () => {
  await using platform = await openPlatform({
    processes: [['listeners', 'jobs', 'maintenance', 'dispatch', 'callbacks'], ['dispatch']],
  });
  const account = await platform.anAccount({ creditMicros: 1_000_000_000n });
  const sendAtMs = workingHours + hour;
  const tickets: string[] = [];
  for (let i = 0; i < 40; i++) {
    const to = Array.from({ length: 3 }, (_, j) => mobile(3 * i + j));
    tickets.push((await sendLegacy(platform.url, account, { to, sendAtMs })).ticket);
  }
  const [answers] = await Promise.all([
    Promise.all(tickets.map((ticket) => cancel(platform, account, ticket))),
    platform.advance(hour),
  ]);
  await platform.quiet();
  for (const [i, answer] of answers.entries()) {
    const left = [0, 1, 2].map((j) => platform.carrier.takenFor(mobile(3 * i + j)));
    assert.deepEqual(left, answer === 'cancelled' ? [0, 0, 0] : [1, 1, 1], answer);
  }
  const gone = BigInt(answers.filter((answer) => answer === 'too-late').length);
  assert.deepEqual(await platform.credit(account), {
    availableMicros: 1_000_000_000n - 3n * gone * priceMicros,
    heldMicros: 0n,
  });
});
