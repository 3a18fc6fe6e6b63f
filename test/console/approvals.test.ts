// The approval of a campaign by a second member, through the API of the console: nobody decides about their own, one decision of
// two holds, and what is sent is what was approved.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Body, CallName } from '../../src/dialects/console/contract.ts';
import { readAccount } from '../../src/store/accounts/accounts.ts';
import { notify } from '../../src/store/database/notices.ts';
import { replaceRates } from '../../src/store/money/rates.ts';
import { insertOptOut } from '../../src/store/recipients/opt-outs.ts';
import { type ConsoleMember, signInMember, signInOperator } from '../support/console.ts';
import { openPlatform } from '../support/platform.ts';
import { until } from '../support/until.ts';

const content: Body<'compose.create'>['content'] = {
  ...{ name: 'Parcels', sender: 'Chappe', purpose: 'transactional', tier: 'premium', withReplies: false },
  ...{ typed: '0601010100\n0601010200\n0601010300', groups: [], file: null, skipsRefused: false },
  ...{ text: 'Your parcel is there', sendAt: null, validityMinutes: null, tag: null },
};

test('a campaign above the limit is sent after another member approved it, and only as it was approved', async () => {
  await using platform = await openPlatform();
  const holder = await platform.anAccount();
  const { serviceName: account } = holder;
  const operator = await signInOperator(platform);
  const invite = (role: 'owner' | 'editor' | 'viewer') =>
    signInMember(platform, operator, { account, email: `${role}@example.com`, role });
  const [boss, editor, viewer] = [await invite('owner'), await invite('editor'), await invite('viewer')];
  const refused = async (member: ConsoleMember, name: CallName, values: object) => {
    const { status, body } = await member.try(name, { account, ...values });
    return [status, body.reason, ...Object.values(body.fields ?? {})];
  };

  assert.deepEqual(await refused(editor, 'account.setApproval', { body: { above: 2 } }), [
    403,
    'permission-missing',
  ]);
  await boss.call('account.setApproval', { account, body: { above: 2 } });
  assert.equal((await viewer.call('account.read', { account })).approveAbove, 2);

  // Asked for: the content is bound, and only the wait can be taken back.
  const { draft, version } = await editor.call('compose.create', { account, body: { content } });
  const { estimate, messages } = await editor.call('compose.estimate', { account, draft });
  assert.equal(messages, 3);
  const send = (member: ConsoleMember, id: string) =>
    member.call('compose.send', { account, draft, body: { estimate: id } });
  assert.equal((await send(editor, estimate)).state, 'approval-missing');
  const question = { draft, body: { estimate, question: 'for Monday' } };
  assert.equal((await refused(viewer, 'approvals.ask', question))[0], 403);
  await editor.call('approvals.ask', { account, ...question });
  assert.deepEqual(await refused(editor, 'approvals.ask', question), [409, 'conflict', 'changed']);
  assert.deepEqual(await refused(editor, 'compose.save', { draft, body: { version, content } }), [
    409,
    'conflict',
    'outdated',
  ]);
  assert.equal((await send(boss, estimate)).state, 'approval-missing');
  const [row] = (await boss.call('home.read', { account })).attention;
  assert.deepEqual([row?.kind, row?.draft, row?.count], ['approval-waiting', draft, 3]);
  const page = await viewer.call('approvals.read', { account, draft });
  assert.deepEqual(
    [page.approval.state, page.approval.question, page.isOwn, page.estimate.cost, page.estimate.text],
    ['waiting', 'for Monday', false, '0.150000', 'Your parcel is there'],
  );

  // Decided: not by the asker, nor by a viewer, and once. The estimate is older than 15 minutes by then.
  platform.clock.advance(3 * 3_600_000);
  const yes = { draft, body: { estimate, approves: true, note: '' } };
  assert.deepEqual(await refused(editor, 'approvals.decide', yes), [409, 'conflict', 'own']);
  assert.equal((await refused(viewer, 'approvals.decide', yes))[0], 403);
  const both = await Promise.all([boss, operator].map((by) => refused(by, 'approvals.decide', yes)));
  assert.deepEqual(both.map(([status]) => status).sort(), [200, 409]);
  assert.equal((await viewer.call('compose.read', { account, draft })).approval?.state, 'approved');

  // A price that rose while it waited: nothing is sent, and the approval does not cover the new sum.
  await replaceRates(platform.query, [{ country: 'FR', tier: 'premium', priceMicros: 60_000n }]);
  await notify(platform.query, 'rates');
  await until('the new price is read', async () => {
    const { tiers } = await boss.call('compose.options', { account });
    return tiers.some(({ price }) => price === '0.060000');
  });
  const moved = await send(editor, estimate);
  assert.equal(moved.maySend, false);
  assert.deepEqual(moved.differences[0], { kind: 'cost', before: '0.150000', after: '0.180000' });
  assert.equal((await send(editor, moved.estimate!.estimate)).state, 'approval-missing');
  assert.equal(await platform.count('messages'), 0);

  // Asked again with the new sum by another member than before: the first author may decide now.
  const second = { draft, body: { estimate: moved.estimate!.estimate, question: '' } };
  const fine = { draft, body: { estimate: moved.estimate!.estimate, approves: true, note: 'fine' } };
  await boss.call('approvals.ask', { account, ...second });
  assert.deepEqual(await refused(boss, 'approvals.decide', fine), [409, 'conflict', 'own']);
  await editor.call('approvals.decide', { account, ...fine });

  // An opt-out costs less: it is shown, and needs no other approval. The author has left the account meanwhile.
  const keys = (await readAccount(platform.query, holder.id))!;
  await insertOptOut(platform.query, keys, 33601010300, null, platform.clock.now());
  await platform.query('update accounts set settings = settings || $1 where id = $2', [
    JSON.stringify({ optOutsCoverTransactional: true }),
    holder.id,
  ]);
  const { rows } = await boss.call('members.list', { account });
  const author = rows.find(({ email }) => email === 'editor@example.com')!.member;
  await boss.call('members.remove', { account, member: author });
  assert.equal((await refused(editor, 'compose.send', { draft, body: { estimate } }))[0], 404);
  const less = await send(boss, moved.estimate!.estimate);
  assert.deepEqual([less.maySend, less.estimate?.messages], [true, 2]);
  const [one, two] = await Promise.all([
    send(boss, less.estimate!.estimate),
    send(operator, less.estimate!.estimate),
  ]);
  assert.deepEqual([one.state, two.state, one.campaign], ['sent', 'sent', two.campaign]);
  await platform.quiet();
  assert.equal(await platform.count('messages'), 2);
  assert.deepEqual((await boss.call('approvals.list', { account })).rows, []);

  const { rows: entries } = await boss.call('audit.list', { account, limit: 50 });
  const actions = entries.map(({ action }) => action).filter((action) => action.startsWith('approval.'));
  assert.deepEqual(actions, [
    ...['approval.given', 'approval.asked', 'approval.given', 'approval.asked', 'approval.rule-changed'],
  ]);
});
