// A campaign is paused on its way and resumed: nobody gets it twice, everybody once. What waits can be cancelled, to the micro.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLegacyTicket } from '../../src/dialects/octopush/legacy/response.ts';
import { operatorAccess } from '../../src/operations/access/operator-access.ts';
import { createOperatorCampaigns } from '../../src/operations/operator/campaigns.ts';
import { cancelRest, pauseCampaign, resumeCampaign } from '../../src/pipeline/pause-campaign.ts';
import { readAccount } from '../../src/store/accounts/accounts.ts';
import { mobile, sendLegacy } from '../support/clients.ts';
import {
  openPlatform,
  priceMicros,
  type TestAccount,
  type TestPlatform,
  workingHours,
} from '../support/platform.ts';
import { until } from '../support/until.ts';

const hour = 3_600_000;
const size = 300;
/** Five messages each 100 ms. */
const slow = { carrier: { behaviour: { latencyMs: 100 } }, link: { window: 5 } };
const by = { actor: 'member:7', record: async () => {} };
const recipients = Array.from({ length: size }, (_, i) => mobile(i));

async function accountOf(platform: TestPlatform, { id }: TestAccount) {
  return (await readAccount(platform.query, id))!;
}

async function submit(platform: TestPlatform, account: TestAccount, options: object = {}): Promise<number> {
  const { ticket, body } = await sendLegacy(platform.url, account, { to: recipients, ...options });
  const campaignId = readLegacyTicket(ticket);
  assert.ok(campaignId, body);
  return campaignId;
}

async function claimedChunks({ query }: TestPlatform): Promise<number> {
  const [row] = await query<{ n: number }>('select count(*) as n from chunks where process_id is not null');
  return row!.n;
}

const left = (platform: TestPlatform) => platform.carrier.taken.length;

async function pauseOnItsWay(platform: TestPlatform, account: TestAccount): Promise<number> {
  const campaignId = await submit(platform, account);
  await until('some have left', () => left(platform) >= 40);
  const paused = await pauseCampaign(platform, await accountOf(platform, account), campaignId, by);
  assert.equal(paused, 'paused');
  await until('the dispatcher has released it', async () => (await claimedChunks(platform)) === 0);
  return campaignId;
}

test('a paused campaign stops within its chunk, and after its resumption everybody has it once', async () => {
  await using platform = await openPlatform(slow);
  const account = await platform.anAccount();
  const stored = await accountOf(platform, account);
  const campaignId = await pauseOnItsWay(platform, account);
  const leftBefore = left(platform);
  assert.ok(leftBefore < size, `${leftBefore} left`);
  await platform.advance(10 * 60_000);
  await new Promise((resolve) => setTimeout(resolve, 600));
  assert.equal(left(platform), leftBefore, 'nothing leaves while it is paused');
  assert.equal(
    await pauseCampaign(platform, stored, campaignId, by),
    'paused',
    'a second pause changes nothing',
  );
  assert.equal(await resumeCampaign(platform, stored, campaignId, by.record), 'resumed');
  assert.equal(await resumeCampaign(platform, stored, campaignId, by.record), 'not-paused');
  await platform.customer.whenTaken(size);
  await platform.quiet();
  assert.equal(left(platform), size);
  assert.deepEqual(platform.carrier.duplicates, []);
  assert.equal(await pauseCampaign(platform, stored, campaignId, by), 'nothing-waits');
});

test('a campaign is paused and resumed again and again while it leaves, and everybody has it once', async () => {
  await using platform = await openPlatform({ ...slow, link: { window: 20 } });
  const account = await platform.anAccount();
  const stored = await accountOf(platform, account);
  const campaignId = await submit(platform, account);
  for (let round = 0; left(platform) < size && round < 40; round++) {
    await pauseCampaign(platform, stored, campaignId, by);
    await new Promise((resolve) => setTimeout(resolve, round % 3 === 0 ? 0 : 60));
    await resumeCampaign(platform, stored, campaignId, by.record);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await platform.customer.whenTaken(size);
  await platform.quiet();
  assert.deepEqual(platform.carrier.duplicates, []);
});

test('a cancellation on the way ends what waits, and gives its credit back to the micro', async () => {
  await using platform = await openPlatform(slow);
  const account = await platform.anAccount({ creditMicros: 100_000_000n });
  const stored = await accountOf(platform, account);
  const campaignId = await submit(platform, account);
  await until('some have left', () => left(platform) >= 40);
  const rest = (await cancelRest(platform, stored, campaignId, by))!;
  assert.equal(rest.claimed, 0);
  assert.equal(rest.cancelled + left(platform), size);
  assert.equal(rest.releasedMicros, priceMicros * BigInt(rest.cancelled));
  await platform.quiet();
  assert.deepEqual(await platform.credit(account), {
    availableMicros: 100_000_000n - priceMicros * BigInt(left(platform)),
    heldMicros: 0n,
  });
  assert.equal((await cancelRest(platform, stored, campaignId, by))!.cancelled, 0);
});

test('marketing that resumes at night waits for the morning, and other campaigns of its chunk do not wait', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const stored = await accountOf(platform, account);
  const sendAtMs = workingHours + hour;
  const campaignId = await submit(platform, account, {
    sendAtMs,
    purpose: 'marketing',
    text: 'Offre STOP au XXXXX',
  });
  assert.equal(await pauseCampaign(platform, stored, campaignId, by), 'paused');
  // Ten at night in Paris.
  platform.clock.moveTo(Date.UTC(2026, 10, 18, 21));
  assert.equal(await resumeCampaign(platform, stored, campaignId, by.record), 'resumed');
  const [chunk] = await platform.query<{ due: string }>(
    `select to_char(min(due_at) at time zone 'Europe/Paris', 'YYYY-MM-DD HH24:MI') as due from chunks`,
  );
  assert.equal(chunk!.due, '2026-11-19 08:00');
  await platform.advance(10 * hour + 60_000);
  await platform.customer.whenTaken(size);
  await platform.quiet();
});

test('a campaign shares a chunk with another: the pause of one splits it', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const other = await platform.anAccount();
  const sendAtMs = workingHours + hour;
  const { ticket } = await sendLegacy(platform.url, account, { to: [mobile(1), mobile(2)], sendAtMs });
  await sendLegacy(platform.url, other, { to: [mobile(3), mobile(4)], sendAtMs });
  // As if both had been accepted in one batch.
  await platform.query(
    `with cut as (delete from chunks where id = (select max(id) from chunks) returning id, message_count)
     update chunks k set message_count = k.message_count + cut.message_count from cut
     where k.id + k.message_count = cut.id`,
  );
  const [shared] = await platform.query<{ size: number }>('select message_count as size from chunks');
  assert.equal(shared!.size, 4);
  const stored = await accountOf(platform, account);
  const campaignId = readLegacyTicket(ticket)!;
  assert.equal(await pauseCampaign(platform, stored, campaignId, by), 'paused');
  await platform.advance(hour);
  await platform.customer.whenTold(mobile(3));
  await platform.customer.whenTold(mobile(4));
  assert.equal(platform.carrier.takenFor(mobile(1)), 0);
  assert.equal(await resumeCampaign(platform, stored, campaignId, by.record), 'resumed');
  await platform.customer.whenTaken(4);
  await platform.quiet();
});

test('the operator pauses and resumes with an entry of the audit trail, and hears why a campaign cannot be', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const campaignId = await submit(platform, account, { sendAtMs: workingHours + hour });
  const campaigns = createOperatorCampaigns(platform);
  const operator = operatorAccess({ actor: 'cli:alice', address: null });
  await campaigns.pause(operator, String(campaignId));
  await assert.rejects(campaigns.pause(operator, '1'), /there is no campaign/);
  await campaigns.resume(operator, String(campaignId));
  await assert.rejects(campaigns.resume(operator, String(campaignId)), /is not paused/);
  const entries = await platform.query<{ action: string; actor: string }>(
    `select action, actor from audit_entries where target = $1 order by id`,
    [`campaign ${campaignId}`],
  );
  assert.deepEqual(entries, [
    { action: 'campaign.paused', actor: 'cli:alice' },
    { action: 'campaign.resumed', actor: 'cli:alice' },
  ]);
  await platform.advance(hour);
  await platform.customer.whenTaken(size);
  await platform.quiet();
  await assert.rejects(campaigns.pause(operator, String(campaignId)), /no message that waits/);
});
