// Advertising sent as transactional: noted, held until the operator decides, or refused, by his setting.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLegacyTicket } from '../../src/dialects/octopush/legacy/response.ts';
import { releaseCampaign } from '../../src/operations/sending/campaign-reviews.ts';
import { cancelCampaign, refusedByOperator } from '../../src/pipeline/cancel-campaign.ts';
import { readAccount } from '../../src/store/accounts/accounts.ts';
import { listCampaigns } from '../../src/store/campaigns/campaign-reviews.ts';
import { listMessagesOfCampaign, readMessageFacts } from '../../src/store/campaigns/message-timeline.ts';
import { mobile, sendLegacy, sendRest } from '../support/clients.ts';
import { openHouse, priceMicros, workingHours } from '../support/platform.ts';

const hour = 3_600_000;
const text = 'Soldes : -50% sur tout le site !';

test('by default it is noted on its campaign, counted, and leaves', async () => {
  await using house = await openHouse();
  const account = await house.anAccount();
  await sendRest(house.url, account, { to: [mobile(1)], text });
  await sendRest(house.url, account, { to: [mobile(2)], text: 'Votre code est 1234' });
  await sendLegacy(house.url, account, {
    to: [mobile(3)],
    text: `${text} STOP au XXXXX`,
    purpose: 'marketing',
  });
  await house.customer.whenTaken(3);
  await house.quiet();
  const campaigns = await listCampaigns(house.query, false, 10);
  assert.deepEqual(
    campaigns.map(({ state }) => state),
    [null, null, 'noted'],
  );
  const [message] = await listMessagesOfCampaign(house.query, campaigns[2]!.campaignId, 1);
  const explained = await readMessageFacts(house.query, message!.id);
  assert.match(explained!.steps.find(({ step }) => step === 'flagged')!.detail, /reads like advertising/);
  assert.partialDeepStrictEqual(campaigns[2], { flaggedOfAccount: 1, cues: ['discount', 'sales', 'shop'] });
});

test('held, it waits apart from everything else until it is released or refused', async () => {
  await using house = await openHouse({ config: { purposeGuard: 'hold' } });
  const account = await house.anAccount({ creditMicros: 1_000_000n });
  const tickets: number[] = [];
  // All at once: they would share a chunk.
  const answers = await Promise.all(
    [1, 2, 3].map((i) => sendLegacy(house.url, account, { to: [mobile(i)], text })),
  );
  for (const { ticket } of answers) tickets.push(readLegacyTicket(ticket)!);
  await sendLegacy(house.url, account, { to: [mobile(4)], text: 'Votre code est 1234' });
  await house.customer.whenTold(mobile(4));
  assert.equal(house.carrier.taken.length, 1);
  assert.equal((await listCampaigns(house.query, true, 10)).length, 3);

  const owner = (await readAccount(house.query, account.id))!;
  assert.equal(await releaseCampaign(house, owner, tickets[0]!), true);
  assert.equal(await releaseCampaign(house, owner, tickets[0]!), false, 'once');
  assert.equal((await house.customer.whenTold(mobile(1))).status, 'DELIVERED');
  assert.equal(await cancelCampaign(house, owner, tickets[1]!, refusedByOperator), 'cancelled');
  assert.equal((await house.customer.whenTold(mobile(2))).status, 'NOT_ALLOWED');
  assert.equal(await cancelCampaign(house, owner, tickets[2]!), 'cancelled', 'by its customer');
  await house.quiet();
  assert.deepEqual((await listCampaigns(house.query, false, 10)).map(({ state }) => state).sort(), [
    'cancelled',
    null,
    'refused',
    'released',
  ]);
  assert.equal(house.carrier.taken.length, 2);
  assert.equal((await house.credit(account)).availableMicros, 1_000_000n - 2n * priceMicros);
});

test('held and scheduled, it leaves at the time it asked for', async () => {
  await using house = await openHouse({ config: { purposeGuard: 'hold' } });
  const account = await house.anAccount();
  const { ticket } = await sendLegacy(house.url, account, {
    to: [mobile(1)],
    text,
    sendAtMs: workingHours + hour,
  });
  const owner = (await readAccount(house.query, account.id))!;
  await releaseCampaign(house, owner, readLegacyTicket(ticket)!);
  await house.advance(hour - 60_000);
  await sendLegacy(house.url, account, { to: [mobile(2)] });
  await house.customer.whenTold(mobile(2));
  assert.equal(house.carrier.takenFor(mobile(1)), 0);
  await house.advance(60_000);
  await house.customer.whenTold(mobile(1));
  await house.quiet();
});

test('held longer than its validity, it is given back', async () => {
  await using house = await openHouse({ config: { purposeGuard: 'hold', validityMinutes: 60 } });
  const account = await house.anAccount({ creditMicros: 1_000_000n });
  await sendLegacy(house.url, account, { to: [mobile(1)], text });
  await house.advance(2 * hour);
  assert.equal((await house.customer.whenTold(mobile(1))).status, 'NOT_DELIVERED');
  await house.quiet();
  assert.deepEqual(await house.credit(account), { availableMicros: 1_000_000n, heldMicros: 0n });
});

test('refused, it is said in the words of each dialect', async () => {
  await using house = await openHouse({ config: { purposeGuard: 'refuse' } });
  const account = await house.anAccount();
  assert.equal((await sendLegacy(house.url, account, { to: [mobile(1)], text })).code, '121');
  const rest = await sendRest(house.url, account, { to: [mobile(1)], text });
  assert.equal(rest.code, '121');
  assert.match(rest.body, /reads like advertising/);
  assert.equal(await house.count('campaigns'), 0);
});
