// Changes of an operator take effect in running processes, and are recorded.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { operatorAccess } from '../../src/operations/access/operator-access.ts';
import { createOperatorAccounts } from '../../src/operations/operator/accounts/service.ts';
import { createOperatorMessages, type MessageQuestion } from '../../src/operations/operator/messages.ts';
import { createOperatorOptOuts } from '../../src/operations/operator/opt-outs.ts';
import { readMessageTimeline } from '../../src/operations/reading/messages/timeline.ts';
import { mobile, sendRest } from '../support/clients.ts';
import { openPlatform } from '../support/platform.ts';
import { until } from '../support/until.ts';

const by = operatorAccess({ actor: 'test', address: null });
const minute = 60_000;
const anyMessage: MessageQuestion = {
  number: undefined,
  account: undefined,
  fromMs: null,
  toMs: null,
  status: undefined,
  tag: undefined,
  limit: 20,
};

test('a STOP by telephone is skipped by the next campaign; a revoked key opens nothing any more', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const optOuts = createOperatorOptOuts({ database: platform.database, clock: platform.clock });
  await optOuts.add(by, account.serviceName, `+${mobile(1)}`, 'told us by telephone');
  const marketing = { purpose: 'marketing', text: 'Sale today STOP au 36180' } as const;
  const sent = await sendRest(platform.url, account, { to: [mobile(1), mobile(2)], ...marketing });
  assert.ok(sent.isAccepted, sent.body);
  await platform.quiet();
  assert.equal(await platform.statusOf(mobile(1)), null);
  assert.equal(await platform.statusOf(mobile(2)), 'delivered');

  const accounts = createOperatorAccounts({ ...platform.processes[0]!.runtime });
  const added = await accounts.addKey(by, account.serviceName, 'octopush');
  assert.ok(added.dialect === 'octopush');
  await accounts.revokeKey(by, account.serviceName, account.apiKey);
  await until(
    'the old key is refused',
    async () => !(await sendRest(platform.url, account, { to: [mobile(3)] })).isAccepted,
  );
  const renewed = { login: added.userLogin, apiKey: added.apiKey };
  assert.ok((await sendRest(platform.url, renewed, { to: [mobile(4)] })).isAccepted);
  await accounts.close(by, account.serviceName, null);
  await until(
    'a closed account is refused',
    async () => !(await sendRest(platform.url, renewed, { to: [mobile(5)] })).isAccepted,
  );
  await platform.quiet();
});

test('messages are listed newest first by time, whichever of two processes accepted them, and are filtered', async () => {
  await using platform = await openPlatform({
    processes: [
      ['listeners', 'jobs', 'maintenance', 'dispatch', 'callbacks'],
      ['listeners', 'jobs', 'maintenance'],
    ],
  });
  const [first, second] = platform.processes.map(({ running }) => running.httpUrl!);
  const account = await platform.anAccount();
  const other = await platform.anAccount();
  const messages = createOperatorMessages({ database: platform.database, clock: platform.clock });
  const list = async (question: Partial<MessageQuestion> = {}) =>
    (await messages.list(by, { ...anyMessage, ...question })).map(({ recipient }) => recipient.slice(-2));
  // The second process takes its block of ids first, the first a later one.
  const accepted: string[] = [];
  let middleMs = 0;
  for (const [index, url] of [second!, first!, second!, first!, second!].entries()) {
    if (index === 3) middleMs = platform.clock.now();
    const whose = index === 4 ? other : account;
    assert.ok((await sendRest(url, whose, { to: [mobile(10 + index)] })).isAccepted);
    accepted.unshift(mobile(10 + index).slice(-2));
    platform.clock.advance(minute);
  }
  await platform.quiet();
  assert.deepEqual(await list(), accepted);
  assert.deepEqual(await list({ limit: 2 }), accepted.slice(0, 2));
  assert.deepEqual(await list({ account: other.serviceName }), accepted.slice(0, 1));
  assert.deepEqual(await list({ fromMs: middleMs }), accepted.slice(0, 2));
  assert.deepEqual(await list({ toMs: middleMs }), accepted.slice(2));
  assert.deepEqual(await list({ number: `+${mobile(11)}` }), [mobile(11).slice(-2)]);
  assert.deepEqual(await list({ status: 'delivered' }), accepted);
  assert.deepEqual(await list({ status: 'accepted' }), []);
  await assert.rejects(list({ status: 'lost' }), /"lost" is not a status/);
  await assert.rejects(list({ fromMs: 2, toMs: 1 }), /ends before it begins/);
});

test('the timeline of a waiting message gives the reason: its time, the sending hours, no carrier', async () => {
  // A Saturday evening in Paris.
  await using platform = await openPlatform({ nowMs: Date.UTC(2026, 10, 21, 21) });
  const account = await platform.anAccount();
  const waitingOf = async (number: string) => {
    const [row] = await platform.query<{ id: number }>('select id from messages where msisdn = $1', [number]);
    return (await readMessageTimeline({ database: platform.database, clock: platform.clock }, row!.id, null))!
      .waiting;
  };
  const sendAtMs = platform.clock.now() + 60 * minute;
  await sendRest(platform.url, account, { to: [mobile(1)], sendAtMs });
  const text = 'Sale today STOP au 36180';
  await sendRest(platform.url, account, { to: [mobile(2)], purpose: 'marketing', text });
  assert.equal(await waitingOf(mobile(1)), 'scheduled for Saturday 2026-11-21 23:00 Europe/Paris');
  const opening = 'held until Monday 2026-11-23 08:00 Europe/Paris by the sending hours of FR';
  assert.equal(await waitingOf(mobile(2)), opening);
  const pauses = `insert into campaign_pauses (bucket, account_id, campaign_id, actor, at)
    select bucket, account_id, campaign_id, 'test', now() from messages where msisdn = $1`;
  await platform.query(pauses, [mobile(2)]);
  assert.equal(await waitingOf(mobile(2)), 'its campaign is paused; see chappe audit');
  await platform.query('delete from campaign_pauses');

  await platform.carrier.down();
  await until('the process has told that nothing is bound', async () => {
    const [row] = await platform.query<{ ids: number[] }>('select bound_connectors as ids from processes');
    return row!.ids.length === 0;
  });
  await sendRest(platform.url, account, { to: [mobile(3)] });
  assert.equal(await waitingOf(mobile(3)), 'no carrier is bound; see chappe carrier list');
  await platform.carrier.up();
  await until('the message is delivered', async () => (await platform.statusOf(mobile(3))) === 'delivered');
  assert.equal(await waitingOf(mobile(3)), null);
  await platform.advance(60 * 60 * minute);
  await platform.quiet();
});
