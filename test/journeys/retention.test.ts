// After its retention a message is unknown in every dialect and to the operator; newer messages are unchanged, and the platform
// continues.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { horizonAt } from '../../src/domain/delivery/retention.ts';
import { silentLog } from '../../src/lib/observability/log.ts';
import { deleteExpired } from '../../src/operations/operator/retention.ts';
import { readMessageTimeline } from '../../src/operations/reading/messages/timeline.ts';
import { cancelCampaign } from '../../src/pipeline/cancel-campaign.ts';
import { readAccount } from '../../src/store/accounts/accounts.ts';
import { mobile, sendLegacy, sendRest } from '../support/clients.ts';
import { jobClient, notice, withShortCode } from '../support/ovh-jobs.ts';
import { openPlatform, type TestPlatform } from '../support/platform.ts';
import { callRest } from '../support/rest.ts';
import { until } from '../support/until.ts';

const dayMs = 86_400_000;
const keepDays = 60;

function forget(platform: TestPlatform): Promise<boolean> {
  const terms = { keepDays, receiptWindowMs: 3 * dayMs };
  return deleteExpired(
    { database: platform.database, log: silentLog },
    {
      ...horizonAt(terms, platform.clock.now()),
      buckets: [0],
      holdsUntil: new Map(),
      isStopping: () => false,
    },
  );
}

test('deleted messages are unknown to every reader, and recent ones are unchanged', async () => {
  await using platform = await openPlatform({
    carrier: { fates: { '94': { afterMs: (keepDays + 10) * dayMs } } },
  });
  const account = await platform.anAccount();
  const stored = (await readAccount(platform.query, account.id))!;
  await withShortCode(platform);
  const client = jobClient(platform, account);
  const status = async (path: string, method = 'GET') =>
    (await client.call(method, client.path + path)).status;
  const read = async (place: string) => (await client.ok<number[]>('GET', client.path + place)).length;

  const { ids } = await client.send({ ...notice, receivers: [`+${mobile(1)}`, `+${mobile(2, '94')}`] });
  const batch = await client.ok<{ id: string }>('POST', `${client.path}/batches`, {
    name: 'old',
    message: 'Soldes',
    from: 'Chappe',
    noStop: true,
    to: [`+${mobile(3)}`],
  });
  const rest = await sendRest(platform.url, account, {
    to: [mobile(4)],
    withReplies: true,
    text: 'Oui ou non ?',
  });
  const legacy = await sendLegacy(platform.url, account, { to: [mobile(5)], requestId: 'once' });
  assert.ok(rest.isAccepted && legacy.isAccepted);
  await platform.customer.whenTold(mobile(4));
  await platform.customer.whenTold(mobile(5));
  platform.carrier.reply(mobile(4), '38200', 'Oui');
  await until('the reply is there', async () => (await read('/incoming')) === 1);
  const [incoming] = await client.ok<number[]>('GET', `${client.path}/incoming`);
  platform.carrier.reply(mobile(4), '38200', 'STOP');
  await until('the STOP is there', async () => (await read('/blacklists')) === 1);
  await until('the batch is over', async () => {
    const { status } = await client.ok<{ status: string }>('GET', `${client.path}/batches/${batch.id}`);
    return status === 'COMPLETED';
  });
  await platform.advance(6 * dayMs);
  await until('its end is told', async () => (await platform.statusOf(mobile(2, '94'))) === 'unknown');
  await platform.quiet();
  await forget(platform);
  assert.equal(await status(`/outgoing/${ids[0]}`), 200);
  const steps = (await readMessageTimeline(platform, ids[0]!, null))!.steps.map(({ step }) => step);
  assert.deepEqual(steps, ['accepted', 'submitted', 'charged', 'finished', 'called back']);

  await platform.advance((keepDays - 2) * dayMs);
  const young = await client.send({ ...notice, receivers: [`+${mobile(6)}`] });
  await platform.customer.whenTaken(1, account.path);
  await platform.quiet();
  const credit = await platform.credit(account);
  await forget(platform);
  assert.deepEqual(await platform.credit(account), credit);
  for (const path of [
    ...[`/outgoing/${ids[0]}`, `/outgoing/${ids[1]}`, `/jobs/${ids[0]}`, `/batches/${batch.id}`],
    ...[`/batches/${batch.id}/statistics`, `/incoming/${incoming}`],
  ])
    assert.equal(await status(path), 404, path);
  assert.equal(await status(`/outgoing/${ids[0]}`, 'DELETE'), 404);
  assert.deepEqual(await client.ok('GET', `${client.path}/outgoing`), young.ids);
  assert.deepEqual(await client.ok('GET', `${client.path}/batches`), []);
  assert.equal(await read('/blacklists'), 1, 'who said STOP is not written to');
  assert.equal(await status(`/blacklists/%2B${mobile(4)}`), 200);
  assert.equal(await readMessageTimeline(platform, ids[0]!, null), null);
  assert.equal(await cancelCampaign(platform, stored, 110_000_000_000), 'unknown');
  const asked = { ticket_number: rest.ticket };
  const cancelled = await callRest(platform.url, account, 'DELETE sms-campaign/cancel', asked);
  assert.equal(cancelled.status, 400, JSON.stringify(cancelled.members));

  // A key of what is gone is free again; a receipt that comes now finds nobody, and harms nobody.
  await platform.advance(8 * dayMs);
  const again = await sendLegacy(platform.url, account, { to: [mobile(7)], requestId: 'once' });
  assert.ok(again.isAccepted, again.body);
  await platform.customer.whenTold(mobile(7));
  await platform.quiet();
});
