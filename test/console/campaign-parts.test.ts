// A campaign that is stored in parts, as lists of more than 20,000 recipients are, is one campaign of the list, of its page, of its
// messages and of its report; it is paused, resumed and cancelled as one.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mobile, sendRest } from '../support/clients.ts';
import { signInOperator } from '../support/console.ts';
import { openPlatform, priceMicros, type TestAccount, type TestPlatform } from '../support/platform.ts';
import { until } from '../support/until.ts';

const hour = 3_600_000;

/** Three campaigns of 3, 2 and 2 messages, of which the second is of the customer alone; the last one is a part of the first. */
async function sendParts(platform: TestPlatform, account: TestAccount, sendAtMs?: number): Promise<number> {
  const ids: number[] = [];
  for (const to of [
    [1, 2, 3],
    [4, 5],
    [6, 7],
  ]) {
    const options = { to: to.map((index) => mobile(index)), ...(sendAtMs !== undefined && { sendAtMs }) };
    const answer = await sendRest(platform.url, account, options);
    assert.ok(answer.isAccepted, answer.body);
    const [row] = await platform.query<{ id: number }>('select max(id) as id from campaigns');
    ids.push(row!.id);
  }
  await platform.query(
    `insert into campaign_origins (bucket, account_id, campaign_id, whole_id)
     select bucket, account_id, id, $1 from campaigns where id = $2`,
    [ids[0], ids[2]],
  );
  return ids[0]!;
}

test('the parts of a campaign are one in the list, on its page, in its messages and in its report', async () => {
  await using platform = await openPlatform();
  const operator = await signInOperator(platform);
  const account = await platform.anAccount();
  const of = { account: account.serviceName };
  const campaign = await sendParts(platform, account);
  await until('all are delivered', async () => {
    const { counts } = await operator.call('campaigns.read', { ...of, campaign });
    return counts.delivered === 5;
  });
  const { rows } = await operator.call('campaigns.list', of);
  assert.deepEqual(
    rows.map(({ messages, state }) => [messages, state]),
    [
      [2, 'sent'],
      [5, 'sent'],
    ],
  );
  const [part] = await platform.query<{ id: number }>('select max(id) as id from campaigns');
  assert.equal((await operator.call('campaigns.read', { ...of, campaign: part!.id })).campaign, campaign);
  const report = await operator.call('campaigns.report', { ...of, campaign });
  assert.equal(report.counts.delivered, 5);
  assert.equal(Math.round(Number(report.money.charged) * 1e6), 5 * Number(priceMicros));
  const first = await operator.call('messages.list', { ...of, campaign, limit: 3 });
  const second = await operator.call('messages.list', { ...of, campaign, limit: 3, after: first.next });
  assert.equal(first.rows.length + second.rows.length, 5);
  assert.equal(new Set([...first.rows, ...second.rows].map(({ message }) => message)).size, 5);
  const csv = await operator.download('campaigns.export', { ...of, campaign });
  assert.equal(csv.trim().split('\n').length, 6);
});

test('the parts of a campaign are paused, resumed and cancelled together, to the micro', async () => {
  await using platform = await openPlatform();
  const operator = await signInOperator(platform);
  const account = await platform.anAccount();
  const of = { account: account.serviceName };
  const campaign = await sendParts(platform, account, platform.clock.now() + 2 * hour);
  const stateOf = async () => (await operator.call('campaigns.read', { ...of, campaign })).state;
  assert.equal(await stateOf(), 'scheduled');
  const { scheduled } = await operator.call('home.read', of);
  assert.deepEqual(
    scheduled.map(({ campaign: id, messages, finished }) => [id === campaign, messages, finished]),
    [
      [true, 5, 0],
      [false, 2, 0],
    ],
  );
  const due = (change: string) => platform.query(`update campaigns set due_at = due_at ${change}`);
  await due("- interval '10 years'");
  const { running } = await operator.call('home.read', of);
  assert.deepEqual(
    running.map(({ campaign: id, messages, finished }) => [id === campaign, messages, finished]),
    [
      [false, 2, 0],
      [true, 5, 0],
    ],
  );
  await due("+ interval '10 years'");
  await operator.call('campaigns.pause', { ...of, campaign });
  assert.equal(await stateOf(), 'paused');
  await operator.call('campaigns.resume', { ...of, campaign });
  assert.equal(await stateOf(), 'scheduled');
  const { cancelled, released } = await operator.call('campaigns.cancel', { ...of, campaign });
  assert.equal(cancelled, 5);
  assert.equal(Math.round(Number(released) * 1e6), 5 * Number(priceMicros));
  assert.equal(await stateOf(), 'cancelled');
});
