// Drafts made from campaigns: the whole, those that it did not reach, and its recipients as a list. Through the API of the console.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Body } from '../../src/dialects/console/contract.ts';
import { readAccount } from '../../src/store/accounts/accounts.ts';
import { insertOptOut } from '../../src/store/recipients/opt-outs.ts';
import { signInMember, signInOperator } from '../support/console.ts';
import { openPlatform } from '../support/platform.ts';

const content: Body<'compose.create'>['content'] = {
  ...{ name: null, sender: 'Chappe', purpose: 'transactional', tier: 'premium', withReplies: false },
  ...{ typed: '', groups: [], file: null, skipsRefused: false, text: '', sendAt: null },
  ...{ validityMinutes: null, tag: 'parcels' },
};

test('a campaign is copied whole, to those that it did not reach, and into a list', async () => {
  await using platform = await openPlatform();
  const holder = await platform.anAccount();
  const { serviceName: account } = holder;
  const member = await signInOperator(platform);
  const viewer = await signInMember(platform, member, { account, email: 'v@example.com', role: 'viewer' });
  const send = async (draft: string) => {
    const { estimate } = await member.call('compose.estimate', { account, draft });
    const { campaign } = await member.call('compose.send', { account, draft, body: { estimate } });
    await platform.quiet();
    return campaign!;
  };
  const compose = async (change: Partial<typeof content>) =>
    (await member.call('compose.create', { account, body: { content: { ...content, ...change } } })).draft;
  const copy = (campaign: number, statuses: readonly string[] | null) =>
    member.call('campaigns.copy', { account, campaign, body: { statuses } });
  const read = async (draft: string) => (await member.call('compose.read', { account, draft })).content;

  // 90 is undelivered, 92 expires; 91 is refused by the carrier for its number, which another try repeats.
  const typed = ['00', '01', '90', '91', '92'].map((end) => `+336010101${end}`).join('\n');
  const text = 'Soldes';
  const first = await send(await compose({ typed, text, purpose: 'marketing' }));
  const whole = await copy(first, null);
  assert.equal(whole.recipients, 5);
  const cloned = await read(whole.draft);
  assert.deepEqual(
    [cloned.text, cloned.typed, cloned.purpose, cloned.sender, cloned.tag],
    [text, typed, 'marketing', 'Chappe', 'parcels'],
  );

  const keys = (await readAccount(platform.query, holder.id))!;
  await insertOptOut(platform.query, keys, 33601010192, null, platform.clock.now());
  const statuses = ['undelivered', 'expired', 'rejected'];
  const rest = await copy(first, statuses);
  assert.deepEqual(rest.leftOut, { optedOut: 1, lasting: 1 });
  assert.deepEqual([rest.recipients, (await read(rest.draft)).typed], [1, '+33601010190']);

  // With merge fields each recipient has the text that they were sent, in a file.
  const upload = await member.upload(
    'compose.upload',
    { account, name: 'x.csv' },
    Uint8Array.from(Buffer.from('number;name\n0601010200;Ana\n0601010290;"Zoe; B"\n0601010292;Luc\n')),
  );
  const file = {
    ...{ document: upload.body.document, name: 'x.csv', sizeBytes: 40, separator: null, headerRows: 1 },
    ...{ header: ['number', 'name'], country: 'FR' },
    columns: [{ role: 'number' as const }, { role: 'field' as const, name: 'name' }],
  };
  const merged = await send(await compose({ file, text: 'Hello {name}' }));
  const again = await copy(merged, statuses);
  assert.equal((await read(again.draft)).text, '{text}');
  const shown = await member.call('compose.preview', { account, draft: again.draft, which: 'first' });
  assert.deepEqual([shown.row?.number, shown.row?.values], ['+33601010290', { text: 'Hello Zoe; B' }]);
  const second = await send(again.draft);
  const { rows: sent } = await member.call('messages.list', { account, campaign: second });
  assert.deepEqual(sent.map(({ text: received }) => received).sort(), ['Hello Luc', 'Hello Zoe; B']);

  const list = { account, campaign: first, body: { list: 'Autumn' } };
  assert.equal((await member.call('campaigns.keepAsList', list)).recipients, 5);
  const { available: _, groups } = await member.call('compose.options', { account });
  assert.deepEqual(groups, [{ kind: 'list', name: 'Autumn' }]);

  for (const call of ['campaigns.copy', 'campaigns.keepAsList'] as const) {
    const body = call === 'campaigns.copy' ? { statuses: null } : { list: 'x' };
    assert.equal((await viewer.try(call, { account, campaign: first, body })).status, 403);
    assert.equal((await member.try(call, { account, campaign: 1, body })).status, 404);
  }
  const nobody = await member.try('campaigns.copy', {
    account,
    campaign: first,
    body: { statuses: ['unknown'] },
  });
  assert.deepEqual([nobody.status, nobody.body.fields], [409, { copy: 'none' }]);
});
