// Advertising sent as transactional: noted, held until the operator decides, or refused, by a setting.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLegacyTicket } from '../../src/dialects/octopush/legacy/response.ts';
import { operatorAccess } from '../../src/operations/access/operator-access.ts';
import { createOperatorCampaigns } from '../../src/operations/operator/campaigns.ts';
import { cancelCampaign, refusedByOperator } from '../../src/pipeline/cancel-campaign.ts';
import { readAccount } from '../../src/store/accounts/accounts.ts';
import { findAccountOfCampaign, listNewestCampaigns } from '../../src/store/campaigns/campaign-reviews.ts';
import { listMessagesOfCampaign } from '../../src/store/campaigns/message-search.ts';
import { readMessageFacts } from '../../src/store/campaigns/message-timeline.ts';
import { mobile, sendLegacy, sendRest } from '../support/clients.ts';
import { openPlatform, priceMicros, workingHours } from '../support/platform.ts';

const by = operatorAccess({ actor: 'test', address: null });
const hour = 3_600_000;
const text = 'Soldes : -50% sur tout le site !';

test('by default it is noted on its campaign, counted, and leaves', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  await sendRest(platform.url, account, { to: [mobile(1)], text });
  await sendRest(platform.url, account, { to: [mobile(2)], text: 'Votre code est 1234' });
  await sendLegacy(platform.url, account, {
    to: [mobile(3)],
    text: `${text} STOP au XXXXX`,
    purpose: 'marketing',
  });
  await platform.customer.whenTaken(3);
  await platform.quiet();
  const campaigns = await listNewestCampaigns(platform.query, false, 10);
  assert.deepEqual(
    campaigns.map(({ state }) => state),
    [null, null, 'noted'],
  );
  const { campaignId } = campaigns[2]!;
  const key = (await findAccountOfCampaign(platform.query, campaignId))!;
  const [message] = await listMessagesOfCampaign(platform.query, key, campaignId, 1);
  const explained = await readMessageFacts(platform.query, message!.id);
  assert.match(explained!.steps.find(({ step }) => step === 'flagged')!.detail, /reads like advertising/);
  assert.partialDeepStrictEqual(campaigns[2], { flaggedOfAccount: 1, cues: ['discount', 'sales', 'shop'] });
});

test('held, it waits apart from everything else until it is released or refused', async () => {
  await using platform = await openPlatform({ config: { purposeGuard: 'hold' } });
  const account = await platform.anAccount({ creditMicros: 1_000_000n });
  const tickets: number[] = [];
  // All at once: they would share a chunk.
  const answers = await Promise.all(
    [1, 2, 3].map((i) => sendLegacy(platform.url, account, { to: [mobile(i)], text })),
  );
  for (const { ticket } of answers) tickets.push(readLegacyTicket(ticket)!);
  await sendLegacy(platform.url, account, { to: [mobile(4)], text: 'Votre code est 1234' });
  await platform.customer.whenTold(mobile(4));
  assert.equal(platform.carrier.taken.length, 1);
  assert.equal((await listNewestCampaigns(platform.query, true, 10)).length, 3);

  const stored = (await readAccount(platform.query, account.id))!;
  const campaigns = createOperatorCampaigns(platform);
  assert.equal(await campaigns.release(by, String(tickets[0])), tickets[0]);
  await assert.rejects(campaigns.release(by, String(tickets[0])), /is not held/);
  assert.equal((await platform.customer.whenTold(mobile(1))).status, 'DELIVERED');
  assert.equal(await cancelCampaign(platform, stored, tickets[1]!, refusedByOperator), 'cancelled');
  assert.equal((await platform.customer.whenTold(mobile(2))).status, 'NOT_ALLOWED');
  assert.equal(await cancelCampaign(platform, stored, tickets[2]!), 'cancelled', 'by its customer');
  await platform.quiet();
  assert.deepEqual((await listNewestCampaigns(platform.query, false, 10)).map(({ state }) => state).sort(), [
    'cancelled',
    null,
    'refused',
    'released',
  ]);
  assert.equal(platform.carrier.taken.length, 2);
  assert.equal((await platform.credit(account)).availableMicros, 1_000_000n - 2n * priceMicros);
});

test('a held and scheduled campaign is sent at its requested time after the release', async () => {
  await using platform = await openPlatform({ config: { purposeGuard: 'hold' } });
  const account = await platform.anAccount();
  const { ticket } = await sendLegacy(platform.url, account, {
    to: [mobile(1)],
    text,
    sendAtMs: workingHours + hour,
  });
  await createOperatorCampaigns(platform).release(by, String(readLegacyTicket(ticket)));
  await platform.advance(hour - 60_000);
  await sendLegacy(platform.url, account, { to: [mobile(2)] });
  await platform.customer.whenTold(mobile(2));
  assert.equal(platform.carrier.takenFor(mobile(1)), 0);
  await platform.advance(60_000);
  await platform.customer.whenTold(mobile(1));
  await platform.quiet();
});

test('held longer than its validity, it is given back', async () => {
  await using platform = await openPlatform({ config: { purposeGuard: 'hold', validityMinutes: 60 } });
  const account = await platform.anAccount({ creditMicros: 1_000_000n });
  await sendLegacy(platform.url, account, { to: [mobile(1)], text });
  await platform.advance(2 * hour);
  assert.equal((await platform.customer.whenTold(mobile(1))).status, 'NOT_DELIVERED');
  await platform.quiet();
  assert.deepEqual(await platform.credit(account), { availableMicros: 1_000_000n, heldMicros: 0n });
});

test('a refusal is written with the code and sentence of each dialect', async () => {
  await using platform = await openPlatform({ config: { purposeGuard: 'refuse' } });
  const account = await platform.anAccount();
  assert.equal((await sendLegacy(platform.url, account, { to: [mobile(1)], text })).code, '121');
  const rest = await sendRest(platform.url, account, { to: [mobile(1)], text });
  assert.equal(rest.code, '121');
  assert.match(rest.body, /reads like advertising/);
  assert.equal(await platform.count('campaigns'), 0);
});
