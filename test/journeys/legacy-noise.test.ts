// Random requests to the paths of plug-ins and sub-accounts: a whole platform answers 200 with a code of the published list, and
// its ledger is consistent.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { legacyErrorMeanings } from '../../src/dialects/octopush/legacy/errors.ts';
import { field, mobile } from '../support/clients.ts';
import { openPlatform } from '../support/platform.ts';
import { sized } from '../support/size.ts';

const paths = [
  '/api/edit_options',
  '/api/news',
  '/api_sub/add_sub_account',
  '/api_sub/get_user_info',
  '/api_sub/credit_sub_account_get_session',
  '/api_sub/credit_sub_account',
  '/api_wooc_os/sms_parts',
  '/api_mag_ss/sms_parts',
  '/api_mag_ss/sms_batch',
];

const texts = ['Soldes STOP au XXXXX', '{prenom} STOP au XXXXX', 'x'.repeat(460), ''];
const value = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom('', '0', '-1', '9'.repeat(30)),
);
const oneOf = (...values: string[]) => fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...values) }, value);

const fields = fc.record(
  {
    user_batch_id: oneOf('a', 'b', 'c'),
    sms_text: oneOf(...texts),
    sms_recipients: oneOf(`+${mobile(1)}`, `00${mobile(2)},${mobile(3)},<&>`, '+14155550100', ',,,'),
    recipients_first_names: oneOf('', 'Zoé', 'a,b,c'),
    sms_type: oneOf('FR', 'XXX', 'WWW'),
    sms_sender: oneOf('Boutique'),
    request_mode: fc.constantFrom('real', 'real', 'simu'),
    finished: oneOf('0', '1'),
    action: oneOf('status', 'send', 'delete'),
    sending_time: oneOf('1', '1800000000', '4000000000'),
    answer_email: oneOf('a@b.example', ''),
    sms_alert_bound: oneOf('0', '100', '999999999'),
    sms_alert_type: oneOf('FR', 'XXX', 'WWW'),
    first_name: oneOf('Zoé'),
    alert_bound: oneOf('5'),
    sub_account_email: oneOf('nobody@sub-accounts.com'),
    sms_number: oneOf('1', '999999999', '1000000000'),
    token: oneOf('0'.repeat(32)),
    lang: oneOf('fr'),
    channel: oneOf('woo'),
  },
  {
    requiredKeys: ['user_batch_id', 'sms_text', 'sms_recipients', 'sms_type', 'sms_sender', 'action'],
    noNullPrototype: true,
  },
);

test('noise of every kind is answered with a listed code', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount({ creditMicros: 2_000_000n, callbackPath: null });
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...paths), fields, async (path, form) => {
      const body = new URLSearchParams({ user_login: account.login, api_key: account.apiKey, ...form });
      const answer = await fetch(`${platform.url}${path}`, { method: 'POST', body });
      const code = field(await answer.text(), 'error_code');
      assert.equal(answer.status, 200);
      assert.ok(Object.hasOwn(legacyErrorMeanings, code), code);
      assert.notEqual(code, '125');
      seen.add(code);
    }),
    { numRuns: sized(250, 5_000) },
  );
  assert.ok(seen.size >= 10, [...seen].join());
});

test('a campaign of twenty thousand is confirmed as one', async () => {
  await using platform = await openPlatform({ processes: [['listeners', 'jobs', 'maintenance']] });
  const account = await platform.anAccount({ creditMicros: 2_000_000_000n, callbackPath: null });
  const ask = async (path: string, form: Record<string, string>) => {
    const body = new URLSearchParams({ user_login: account.login, api_key: account.apiKey, ...form });
    return (await fetch(`${platform.url}/api_wooc_os/${path}`, { method: 'POST', body })).text();
  };
  for (let i = 0; i < 4; i++) {
    const to = Array.from({ length: 5000 }, (_, n) => `+${mobile(i * 5000 + n)}`).join(',');
    const part = { sms_text: texts[0]!, sms_type: 'FR', sms_sender: 'Boutique', sms_recipients: to };
    const answer = await ask('sms_parts', { ...part, user_batch_id: 'all', finished: i === 3 ? '1' : '0' });
    assert.equal(field(answer, 'error_code'), '000');
  }
  assert.equal(field(await ask('sms_batch', { action: 'status', user_batch_id: 'all' }), 'cost'), '1000.000');
  const sent = await ask('sms_batch', { action: 'send', user_batch_id: 'all' });
  assert.equal(field(sent, 'number_of_sendings'), '20000');
  assert.equal(await platform.count('messages'), 20_000);
});
