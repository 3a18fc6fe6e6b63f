// The npm package `octopush` 1.0.2, unmodified, against a whole platform: each of its methods.
// Its host is fixed, so it reaches the platform through http_proxy.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { findAccount } from '../../src/store/accounts/accounts.ts';
import { deleteNews, insertNews } from '../../src/store/platform/news.ts';
import { field, mobile } from '../support/clients.ts';
import { openPlatform, type TestAccount, type TestPlatform } from '../support/platform.ts';

const runFile = promisify(execFile);

/** What the program tells, call by call: `[isError, answer]`. */
async function run(
  platform: TestPlatform,
  account: TestAccount,
  program: string,
): Promise<[boolean, unknown][]> {
  const source = `
    const { SMS, OWS, constants } = require('octopush');
    const keys = ${JSON.stringify([account.login, account.apiKey])};
    const told = [];
    const ask = (of, method, ...args) => new Promise((tell) => of[method](...args, (...a) => { told.push(a); tell(a[1]); }));
    (async () => { ${program} })().then(() => console.log(JSON.stringify(told)));`;
  const env = {
    PATH: process.env['PATH'],
    http_proxy: platform.url,
    HTTP_PROXY: platform.url,
    NODE_NO_WARNINGS: '1',
  };
  const { stdout } = await runFile(process.execPath, ['-e', source], { env, cwd: import.meta.dirname });
  return JSON.parse(stdout);
}

test('its immediate, deferred, personalized and simulated sendings arrive as requested', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const told = await run(
    platform,
    account,
    `const sms = new SMS();
    sms.set_user_login(keys[0]);
    sms.set_api_key(keys[1]);
    sms.set_sms_text('Bonjour {prenom} {nom} {ch1}{ch2}{ch3} STOP au XXXXX');
    sms.set_sms_type(constants.SMS_PREMIUM);
    sms.set_sms_recipients(['+${mobile(1)}', '00${mobile(2)}']);
    sms.set_recipients_first_names(['Zoé', 'Jean']);
    sms.set_recipients_last_names(['Martin', 'Petit']);
    sms.set_sms_fields_1(['a', 'b']);
    sms.set_sms_fields_2(['c', 'd']);
    sms.set_sms_fields_3(['e', 'f']);
    sms.set_sms_sender('Boutique');
    sms.set_sms_mode(constants.INSTANTANE);
    sms.set_sms_ticket('ignored');
    sms.set_sms_request_id(sms.uniqid('r', true));
    sms.set_option_with_replies(0);
    sms.set_option_transactional(0);
    sms.set_sender_is_msisdn(0);
    sms.set_user_batch_id('none');
    sms.set_finished(1);
    sms.set_action('status');
    sms.set_request_keys('TRYSMabcdeWNQD');
    await ask(sms, 'send');
    await ask(sms, 'send');
    sms.set_simulation_mode();
    sms.set_sms_request_id('other');
    await ask(sms, 'send');
    const later = new SMS(...keys);
    later.set_sms_text('Plus tard');
    later.set_sms_recipients(['+${mobile(3)}']);
    later.set_sms_type(constants.SMS_PREMIUM);
    later.set_sms_sender('Boutique');
    later.set_option_transactional(1);
    later.set_sms_mode(constants.DIFFERE);
    later.set_date(2026, 12, 24, 9, 30);
    await ask(later, 'send');`,
  );
  const codes = told.map(([isError, answer]) =>
    isError ? answer : (answer as { octopush: { error_code: string[] } }).octopush.error_code[0],
  );
  assert.deepEqual(codes, ['000', 'A SMS with the same request_id has already been sent.', '000', '000']);
  assert.partialDeepStrictEqual(told[2]![1], { octopush: { ticket: ['XXXSIMULATIONXXX'] } });
  await platform.customer.whenTold(mobile(2));
  const rows = await platform.query(
    'select msisdn, text from messages where text is not null order by msisdn',
  );
  assert.deepEqual(rows, [
    { msisdn: Number(mobile(1)), text: 'Bonjour Zoé Martin ace STOP au 36180' },
    { msisdn: Number(mobile(2)), text: 'Bonjour Jean Petit bdf STOP au 36180' },
  ]);
  const [deferred] = await platform.query<{ due: number }>(
    'select due_at as due from messages where msisdn = $1',
    [Number(mobile(3))],
  );
  assert.equal(deferred!.due, new Date(2026, 11, 24, 9, 30).getTime());
});

test('it reads balances, makes a sub-account, credits it and changes options', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount({ creditMicros: 100_000_000n });
  const told = await run(
    platform,
    account,
    `const sms = new SMS(...keys);
    await ask(sms, 'get_balance');
    const made = await ask(sms, 'create_sub_account', 'Zoé', 'Martin', 'Atelier', '234', 'FR');
    const [login] = made.octopush.user_login;
    await ask(sms, 'credit_sub_account', login, '1000', 'FR');
    await ask(sms, 'credit_sub_account', login, '100', 'WWW');
    await ask(sms, 'credit_sub_account', login, '0', 'FR');
    await ask(sms, 'credit_sub_account', login, '1000000', 'XXX');
    await ask(sms, 'credit_sub_account', 'a@b.example', '1', 'FR');
    const ows = new OWS();
    ows.set_user_login(keys[0]);
    ows.set_api_key(keys[1]);
    ows.set_answer_email('replies@example.com');
    ows.set_sms_alert_bound('1111');
    ows.set_sms_alert_type(constants.SMS_STANDARD);
    await ask(ows, 'edit_options');
    await ask(ows, 'get_balance');
    const sub = new SMS(login, made.octopush.api_key[0]);
    await ask(sub, 'get_balance');
    await ask(sub, 'credit_sub_account', keys[0], '1', 'FR');`,
  );
  assert.deepEqual(
    told.map(([isError, answer]) => (isError ? answer : '000')),
    [
      '000',
      '000',
      '000',
      '000',
      'The number of text messages you want to transfer is too low.',
      'You have run out of credit.',
      'This email is not specified in any of your sub accounts or affiliate users.',
      '000',
      '000',
      '000',
      'You do not have access to this feature.',
    ],
  );
  const balanceIn = (call: number) => (told[call]![1] as { octopush: { balance: unknown } }).octopush.balance;
  assert.deepEqual(balanceIn(0), { FR: '2000.00', XXX: '2564.10' });
  assert.deepEqual(balanceIn(8), { FR: '900.00', XXX: '1153.84' });
  assert.deepEqual(balanceIn(9), { FR: '1100.00', XXX: '1410.25' });
  const { settings } = (await findAccount(platform.query, account.login))!;
  assert.equal(settings.callbacks.replyEmail, 'replies@example.com');
  assert.deepEqual(settings.creditAlert, { bound: 1111, tier: 'low_cost', email: null });
  const [sub] = await platform.query(
    'select first_name as f, last_name as l, company as c from accounts where parent_id = $1',
    [account.id],
  );
  assert.deepEqual(sub, { f: 'Zoé', l: 'Martin', c: 'Atelier' });
});

test('its other way of crediting leaves out the login and fails as it did with the original', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const told = await run(
    platform,
    account,
    "await ask(new OWS(...keys), 'credit_sub_account', 'a@b.example', '1', 'FR');",
  );
  assert.deepEqual(told, [[true, 'You have not entered your login details.']]);
});

test('wrong keys are refused with their code', async () => {
  await using platform = await openPlatform();
  const account = { ...(await platform.anAccount()), apiKey: 'wrong' };
  const told = await run(
    platform,
    account,
    "await ask(new SMS(...keys), 'send'); await ask(new OWS(...keys), 'edit_options');",
  );
  assert.deepEqual(told, Array(2).fill([true, 'Incorrect login details.']));
});

test('news of the operator are read by every account, in its language if it is published', async () => {
  await using platform = await openPlatform({ processes: [['listeners', 'jobs', 'maintenance']] });
  const titles = async (fields: Record<string, string>) => {
    const body = new URLSearchParams(fields);
    const xml = await (await fetch(`${platform.url}/api/news`, { method: 'POST', body })).text();
    assert.match(xml, /<error_code>000</);
    return [...xml.matchAll(/<title>([^<]*)</g)].map(([, title]) => title);
  };
  assert.deepEqual(await titles({ lang: 'fr', channel: 'woo' }), []);
  const news = { text: 'x', author: 'x', channel: null };
  await insertNews(platform.query, { ...news, lang: 'fr', title: 'Ancien', publishedAtMs: 1 });
  await insertNews(platform.query, { ...news, lang: 'fr', title: 'Nouveau', publishedAtMs: 2 });
  const magento = await insertNews(platform.query, {
    ...news,
    lang: 'en',
    title: 'Magento',
    channel: 'magento',
    publishedAtMs: 3,
  });
  assert.deepEqual(await titles({ lang: 'fr_FR', channel: 'woo' }), ['Nouveau', 'Ancien']);
  assert.deepEqual(await titles({ lang: 'de', channel: 'woo' }), ['Nouveau', 'Ancien']);
  assert.deepEqual(await titles({ lang: 'en', channel: 'Magento' }), ['Magento']);
  assert.ok(await deleteNews(platform.query, magento));
  assert.ok(!(await deleteNews(platform.query, magento)));
  assert.deepEqual(await titles({ lang: 'en', channel: 'magento' }), ['Nouveau', 'Ancien']);
});

test('an account reads its data and those of its sub-accounts, and of no other account', async () => {
  await using platform = await openPlatform({ processes: [['listeners', 'jobs', 'maintenance']] });
  const account = await platform.anAccount({ creditMicros: 1_000_000n });
  const other = await platform.anAccount();
  const ask = async (path: string, fields: Record<string, string> = {}) => {
    const body = new URLSearchParams({ user_login: account.login, api_key: account.apiKey, ...fields });
    return (await fetch(`${platform.url}/api_sub/${path}`, { method: 'POST', body })).text();
  };
  const made = await ask('add_sub_account', { first_name: 'Zoé', alert_bound: '5', alert_sms_type: 'XXX' });
  const own = await ask('get_user_info');
  assert.equal(field(own, 'user_login'), account.login);
  assert.equal(field(own, 'credit'), '1.00');
  const sub = await ask('get_user_info', { sub_account_email: field(made, 'user_login') });
  assert.deepEqual(
    ['first_name', 'alert_bound', 'alert_sms_type', 'credit'].map((name) => field(sub, name)),
    ['Zoé', '5', 'XXX', '0.00'],
  );
  assert.equal(field(await ask('get_user_info', { login: other.login }), 'error_code'), '210');
});
