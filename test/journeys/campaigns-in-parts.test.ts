// A shop's plug-in sends a campaign part by part, requests its cost, and confirms or deletes it: once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allRoles } from '../../src/main/config/roles.ts';
import { field, type Keys, mobile } from '../support/clients.ts';
import { anotherProcess, declareDead } from '../support/other-process.ts';
import { openPlatform, priceMicros, type TestPlatform } from '../support/platform.ts';
import { until } from '../support/until.ts';

const text = 'Soldes chez nous. STOP au XXXXX';

async function ask(url: string, keys: Keys, path: string, fields: Record<string, string>) {
  const body = new URLSearchParams({ user_login: keys.login, api_key: keys.apiKey, ...fields });
  const answer = await (await fetch(`${url}${path}`, { method: 'POST', body })).text();
  return { code: field(answer, 'error_code'), body: answer };
}

const part = (url: string, keys: Keys, to: readonly string[], fields: Record<string, string> = {}) =>
  ask(url, keys, '/api_wooc_os/sms_parts', {
    sms_text: text,
    sms_type: 'FR',
    sms_sender: 'Boutique',
    sms_recipients: to.join(','),
    user_batch_id: 'b1',
    finished: '1',
    ...fields,
  });

/** Plug-ins always send a time; one that is past means now. */
const batch = (url: string, keys: Keys, action: string, name = 'b1') =>
  ask(url, keys, '/api_mag_ss/sms_batch', { action, user_batch_id: name, sending_time: '1' });

const numbers = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => `00${mobile(from + i)}`);

function urls(platform: TestPlatform): string[] {
  return platform.processes.flatMap(({ running }) => (running.httpUrl === null ? [] : [running.httpUrl]));
}

test('a campaign in three parts is estimated, confirmed, and one campaign under the ticket of its parts', async () => {
  await using platform = await openPlatform();
  const shop = await platform.anAccount({ callbackPath: null });
  const { url } = platform;
  assert.equal((await batch(url, shop, 'status')).code, '131');
  const parts = [];
  for (const [i, finished] of ['0', '0', '1'].entries()) {
    const to = numbers(i * 200, i === 2 ? 50 : 200);
    const answer = await part(url, shop, to, { finished });
    assert.equal(answer.code, '000');
    const echoed = [...answer.body.matchAll(/<recipient>([^<]*)</g)].map(([, number]) => number);
    assert.deepEqual(echoed, to);
    parts.push(answer);
    if (finished === '0') {
      assert.equal((await batch(url, shop, 'status')).code, '130');
      assert.equal((await batch(url, shop, 'send')).code, '130');
    }
  }
  assert.equal(await platform.count('ledger_entries'), 1, 'nothing is held before the confirmation');
  const estimate = await batch(url, shop, 'status');
  assert.equal(field(estimate.body, 'cost'), '22.500');
  const sent = await batch(url, shop, 'send');
  assert.equal(sent.code, '000');
  assert.equal(field(sent.body, 'number_of_sendings'), '450');
  for (const { body } of parts) assert.equal(field(body, 'ticket'), field(sent.body, 'ticket'));
  for (const action of ['status', 'send', 'delete'])
    assert.equal((await batch(url, shop, action)).code, '132', action);
  assert.equal((await part(url, shop, numbers(900, 1))).code, '133');
  await platform.quiet();
  assert.equal(platform.carrier.taken.length, 450);
  assert.equal(await platform.count('campaigns'), 1);
  assert.equal((await platform.credit(shop)).availableMicros, 1_000_000_000n - 450n * priceMicros);
});

for (const count of [1, 2])
  test(`thirty confirmations at once to ${count} process(es) make one campaign`, async () => {
    await using platform = await openPlatform({ processes: Array.from({ length: count }, () => allRoles) });
    const shop = await platform.anAccount({ callbackPath: null });
    const addresses = urls(platform);
    assert.equal(addresses.length, count);
    await part(addresses[0]!, shop, numbers(0, 20));
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, i) => batch(addresses[i % count]!, shop, 'send')),
    );
    assert.deepEqual(answers.map(({ code }) => code).toSorted(), ['000', ...Array<string>(29).fill('132')]);
    await platform.quiet();
    assert.equal(platform.carrier.taken.length, 20);
  });

test('a campaign that is confirmed and deleted at once is sent or dropped, never both', async () => {
  await using platform = await openPlatform();
  const shop = await platform.anAccount({ callbackPath: null });
  let sent = 0;
  for (let round = 0; round < 15; round++) {
    const name = `round${round}`;
    assert.equal((await part(platform.url, shop, numbers(round, 1), { user_batch_id: name })).code, '000');
    const actions = round % 2 === 0 ? ['send', 'delete'] : ['delete', 'send'];
    const codes = await Promise.all(
      actions.map(async (action) => [action, (await batch(platform.url, shop, action, name)).code]),
    );
    const { send, delete: dropped } = Object.fromEntries(codes) as Record<string, string>;
    if (send === '000') assert.equal(dropped, '132');
    else assert.deepEqual([dropped, send], ['000', '131']);
    if (send === '000') sent++;
  }
  await platform.quiet();
  assert.equal(await platform.count('campaigns'), sent);
  assert.equal(platform.carrier.taken.length, sent);
});

test('a deleted campaign is unknown, and its name is free for another text', async () => {
  await using platform = await openPlatform();
  const shop = await platform.anAccount({ callbackPath: null });
  const { url } = platform;
  await part(url, shop, numbers(0, 3), { finished: '0' });
  assert.equal((await part(url, shop, numbers(3, 1), { sms_text: `Autre ${text}` })).code, '133');
  assert.equal((await batch(url, shop, 'delete')).code, '000');
  for (const action of ['status', 'send', 'delete'])
    assert.equal((await batch(url, shop, action)).code, '131', action);
  assert.equal((await part(url, shop, numbers(3, 1), { sms_text: `Autre ${text}` })).code, '000');
  assert.equal((await batch(url, shop, 'send')).code, '000');
  await platform.quiet();
  assert.deepEqual(
    platform.carrier.taken.map(({ to }) => to),
    [mobile(3)],
  );
});

test('a confirmation without the credit is refused, and is good once there is credit', async () => {
  await using platform = await openPlatform();
  const shop = await platform.anAccount({ creditMicros: priceMicros, callbackPath: null });
  await part(platform.url, shop, numbers(0, 2));
  assert.equal((await batch(platform.url, shop, 'status')).code, '000');
  assert.equal((await batch(platform.url, shop, 'send')).code, '104');
  await platform.query(
    `with entry as (insert into ledger_entries (bucket, account_id, kind, amount_micros, at)
       values (0, $1, 'top_up', 60000, now()))
     update balances set balance_micros = balance_micros + 60000 where account_id = $1`,
    [shop.id],
  );
  assert.equal((await batch(platform.url, shop, 'send')).code, '000');
  await platform.quiet();
});

test('of many concurrent estimates of a campaign one is computed, and the others receive the answer to retry', async () => {
  await using platform = await openPlatform();
  const shop = await platform.anAccount({ callbackPath: null });
  await part(platform.url, shop, numbers(0, 500));
  const answers = await Promise.all(Array.from({ length: 8 }, () => batch(platform.url, shop, 'status')));
  const codes = new Set(answers.map(({ code }) => code));
  assert.ok(codes.has('000'));
  assert.ok(
    [...codes].every((code) => code === '000' || code === '129'),
    [...codes].join(),
  );
  assert.equal((await batch(platform.url, shop, 'status')).code, '000');
});

test('an estimate of a fenced process is computed by another process immediately', async () => {
  await using platform = await openPlatform();
  const shop = await platform.anAccount({ callbackPath: null });
  await part(platform.url, shop, numbers(0, 5));
  const other = await anotherProcess(platform);
  await platform.query(
    'update drafts set process_id = $1, estimating_until = to_timestamp($2::float8 / 1000)',
    [other, platform.clock.now() + 60_000],
  );
  assert.equal((await batch(platform.url, shop, 'status')).code, '129');
  await declareDead(platform.database, other);
  await until('it is computed', async () => (await batch(platform.url, shop, 'status')).code === '000');
});

test('every number of a part is returned as it was sent: written twice, unreachable, or all unreachable', async () => {
  await using platform = await openPlatform();
  const shop = await platform.anAccount({ callbackPath: null });
  const to = [`+${mobile(1)}`, `00${mobile(1)}`, 'nobody', '+33142020202'];
  const mixed = (await part(platform.url, shop, to, { finished: '0' })).body;
  const told = [...mixed.matchAll(/<recipient>([^<]*)<\/recipient>\s*<(\w+)>([^<]*)</g)];
  assert.deepEqual(
    told.map(([, number, name, value]) => [number, name, value]),
    [
      [to[0], 'cost', '0.0500'],
      [to[1], 'cost', '0.0000'],
      [to[2], 'error_code', '117'],
      [to[3], 'error_code', '117'],
    ],
  );
  const last = await part(platform.url, shop, ['nobody', '+99912345678']);
  assert.equal(last.code, '000', 'the campaign is finished all the same');
  assert.deepEqual(
    [...last.body.matchAll(/<error_code>(\d+)</g)].map(([, code]) => code),
    ['000', '117', '150'],
  );
  assert.equal(field((await batch(platform.url, shop, 'status')).body, 'cost'), '0.050');
  assert.equal((await batch(platform.url, shop, 'send')).code, '000');
  await platform.quiet();
  assert.equal(platform.carrier.taken.length, 1);
});

test('a part that is sent again because its answer was lost is kept once', async () => {
  await using platform = await openPlatform();
  const shop = await platform.anAccount({ callbackPath: null });
  await part(platform.url, shop, numbers(0, 2), { finished: '0' });
  for (let i = 0; i < 3; i++) assert.equal((await part(platform.url, shop, numbers(2, 2))).code, '000');
  assert.equal((await part(platform.url, shop, numbers(4, 2))).code, '133');
  const [row] = await platform.query('select parts, recipients from drafts');
  assert.deepEqual(row, { parts: 2, recipients: 4 });
});

test('merge values stay with their numbers, and the STOP mention is required as in any campaign', async () => {
  await using platform = await openPlatform();
  const shop = await platform.anAccount({ callbackPath: null });
  assert.equal((await part(platform.url, shop, numbers(0, 1), { sms_text: 'Soldes' })).code, '121');
  const lowCost = { sms_text: 'Soldes', sms_type: 'XXX' };
  assert.equal((await part(platform.url, shop, numbers(0, 1), lowCost)).code, '122');
  for (const [i, finished] of ['0', '1'].entries())
    await part(platform.url, shop, numbers(i * 2, 2), {
      sms_text: `{prenom}: ${text}`,
      recipients_first_names: `Zoé${i},Jean${i}`,
      finished,
    });
  assert.equal((await batch(platform.url, shop, 'send')).code, '000');
  await platform.quiet();
  const rows = await platform.query<{ msisdn: number; text: string }>(
    'select msisdn, text from messages order by msisdn',
  );
  assert.deepEqual(
    rows.map((row) => [String(row.msisdn), row.text.split(':')[0]]),
    [
      [mobile(0), 'Zoé0'],
      [mobile(1), 'Jean0'],
      [mobile(2), 'Zoé1'],
      [mobile(3), 'Jean1'],
    ],
  );
});

test('parts outlive the process that took them', async () => {
  await using platform = await openPlatform();
  const shop = await platform.anAccount({ callbackPath: null });
  await part(platform.url, shop, numbers(0, 5), { finished: '0' });
  await platform.processes[0]!.stop();
  const { running } = await platform.start();
  const url = running.httpUrl!;
  await part(url, shop, numbers(5, 5));
  assert.equal((await batch(url, shop, 'send')).code, '000');
  await platform.quiet();
  assert.equal(platform.carrier.taken.length, 10);
});

test('an account has a limited number of waiting campaigns, and old ones are deleted', async () => {
  await using platform = await openPlatform();
  const shop = await platform.anAccount({ callbackPath: null });
  const begin = (i: number) =>
    part(platform.url, shop, numbers(0, 1), { user_batch_id: `b${i}`, finished: '0' });
  for (let i = 0; i < 50; i++) assert.equal((await begin(i)).code, '000');
  assert.equal((await begin(50)).code, '126');
  await platform.advance(31 * 86_400_000);
  assert.equal((await begin(50)).code, '000');
  assert.equal((await batch(platform.url, shop, 'status', 'b0')).code, '131');
});

test('a campaign whose process ended right after its confirmation stays sent', async () => {
  await using platform = await openPlatform();
  const shop = await platform.anAccount({ callbackPath: null });
  await part(platform.url, shop, numbers(0, 2));
  const kept = await platform.query<{ part: string }>('select submission::text as part from draft_parts');
  assert.equal((await batch(platform.url, shop, 'send')).code, '000');
  // As the tables are when nobody came to note it.
  await platform.query('update drafts set sent_at = null');
  await platform.query('insert into draft_parts select bucket, campaign_id, 1, $1::jsonb from drafts', [
    kept[0]!.part,
  ]);
  for (const days of [0, 40]) {
    await platform.advance(days * 86_400_000);
    for (const action of ['status', 'send', 'delete'])
      assert.equal((await batch(platform.url, shop, action)).code, '132', action);
    assert.equal((await part(platform.url, shop, numbers(0, 2))).code, '133');
    assert.equal((await part(platform.url, shop, numbers(0, 2), { user_batch_id: `b${days}` })).code, '000');
  }
  await platform.quiet();
  assert.equal(platform.carrier.taken.length, 2);
});
