// One-time passwords: sent as an SMS, right once, within their time, and no more guesses than were allowed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mobile } from '../support/clients.ts';
import { openPlatform, priceMicros, type TestAccount, type TestPlatform } from '../support/platform.ts';
import { callRest } from '../support/rest.ts';
import { until } from '../support/until.ts';

/** A platform that shows the test each text as accepted, which is what the phone shows. */
async function openPlatformWithTexts(): Promise<TestPlatform> {
  const platform = await openPlatform();
  await platform.query('create table texts_seen (id bigint, text text)');
  await platform.query(
    `create function see_text() returns trigger language plpgsql as
     'begin insert into texts_seen values (new.id, new.text); return new; end'`,
  );
  await platform.query(
    'create trigger see_text before insert on campaigns for each row execute function see_text()',
  );
  return platform;
}

async function generate(platform: TestPlatform, account: TestAccount, input: Record<string, unknown> = {}) {
  const number = String(input['phone_number'] ?? `+${mobile(1)}`);
  const answer = await callRest(platform.url, account, 'POST service/otp/generate', {
    phone_number: number,
    ...input,
  });
  assert.equal(answer.status, 200, JSON.stringify(answer.members));
  assert.deepEqual([answer.code, answer.members['message']], [0, 'success']);
  await platform.customer.whenTaken(1);
  const texts = await platform.query<{ text: string }>(
    'select text from texts_seen order by id desc limit 1',
  );
  return { token: String(answer.members['otp_request_token']), text: texts[0]!.text };
}

const validate = (platform: TestPlatform, account: TestAccount, input: Record<string, unknown>) =>
  callRest(platform.url, account, 'PUT service/otp/validate', input);

test('a code is sent, is right once by its token, and neither it nor its token is stored', async () => {
  await using platform = await openPlatformWithTexts();
  const account = await platform.anAccount({ creditMicros: 1_000_000n });
  const { token, text } = await generate(platform, account, { text: 'Your code is ', channel: 'sms' });
  const code = /^Your code is (\d{6})$/.exec(text)?.[1];
  assert.ok(code, text);
  const stored = JSON.stringify(await platform.query('select * from one_time_codes'));
  assert.ok(!stored.includes(token));
  assert.ok(!stored.includes(`"${code}"`));
  await until('the code is forgotten', async () => {
    const [campaign] = await platform.query<{ text: string }>('select text from campaigns');
    return campaign!.text === 'Your code is ******';
  });
  assert.deepEqual(await platform.query('select 1 from secret_texts'), []);

  assert.equal((await validate(platform, account, { code })).code, 194);
  assert.equal((await validate(platform, account, { otp_request_token: token })).code, 195);
  assert.equal((await validate(platform, account, { code, otp_request_token: 'other' })).code, 198);
  const other = await platform.anAccount();
  assert.equal((await validate(platform, other, { code, otp_request_token: token })).code, 198);
  const wrong = await validate(platform, account, { code: 'x', otp_request_token: token });
  assert.deepEqual(wrong.members, {
    code: 199,
    message: 'Wrong OTP code.',
    remaining_number_of_attempts: 2,
  });
  const right = await validate(platform, account, { code, otp_request_token: token, phone_number: 'x' });
  assert.deepEqual(right.members, { code: 0, message: 'success' });
  assert.equal((await validate(platform, account, { code, otp_request_token: token })).code, 198);
  assert.equal((await platform.credit(account)).availableMicros, 1_000_000n - priceMicros);
});

test('a code that a client made a number of is compared with the zeros that it lost', async () => {
  await using platform = await openPlatformWithTexts();
  const account = await platform.anAccount();
  for (let i = 0; ; i++) {
    const { token, text: code } = await generate(platform, account, {
      code_length: 3,
      max_wrong_attempts: 1,
    });
    // One code in ten begins with a zero.
    if (!code.startsWith('0') && i < 200) continue;
    const short = await validate(platform, account, { code: Number(code), otp_request_token: token });
    assert.deepEqual(short.members, { code: 0, message: 'success' }, code);
    break;
  }
  const { token, text: code } = await generate(platform, account);
  const asText = await validate(platform, account, { code: `0${code}`, otp_request_token: token });
  assert.equal(asText.code, 199, 'a text counts as it was typed');
});

test('of a hundred guesses at once exactly as many are compared as were allowed', async () => {
  await using platform = await openPlatformWithTexts();
  const account = await platform.anAccount();
  const { token, text: code } = await generate(platform, account, { max_wrong_attempts: 5 });
  const guesses = Array.from({ length: 100 }, (_, i) => `g${i}`);
  const answers = await Promise.all(
    guesses.map((guess) => validate(platform, account, { code: guess, otp_request_token: token })),
  );
  const wrong = answers.filter((answer) => answer.code === 199);
  assert.deepEqual(
    wrong.map(({ members }) => Number(members['remaining_number_of_attempts'])).toSorted(),
    [0, 1, 2, 3, 4],
  );
  assert.equal(answers.filter((answer) => answer.code === 196).length, 95);
  assert.equal((await validate(platform, account, { code, otp_request_token: token })).code, 196);
});

test('of twenty concurrent requests with the right code, one succeeds', async () => {
  await using platform = await openPlatformWithTexts();
  const account = await platform.anAccount();
  const { token, text: code } = await generate(platform, account, { max_wrong_attempts: 100 });
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => validate(platform, account, { code, otp_request_token: token })),
  );
  assert.equal(answers.filter(({ status }) => status === 200).length, 1);
  assert.equal(answers.filter((answer) => answer.code === 198).length, 19);
});

test('a code expires; by the telephone alone the latest one counts; the address of the person must be the same', async () => {
  await using platform = await openPlatformWithTexts();
  const account = await platform.anAccount();
  const first = await generate(platform, account, { validity_period: 60 });
  await platform.advance(61_000);
  assert.equal(
    (await validate(platform, account, { code: first.text, otp_request_token: first.token })).code,
    197,
  );
  const old = await generate(platform, account);
  const latest = await generate(platform, account, { recipient_ip: '192.0.2.7' });
  const phone_number = mobile(1);
  const from = (recipient_ip: string | undefined, code: string) =>
    validate(platform, account, { code, phone_number, recipient_ip });
  assert.equal((await from('192.0.2.7', old.text === latest.text ? 'x' : old.text)).code, 199);
  assert.equal((await from(undefined, latest.text)).code, 199);
  assert.equal((await from('192.0.2.7', latest.text)).status, 200);
  assert.equal(
    (await validate(platform, account, { code: old.text, otp_request_token: old.token })).status,
    200,
  );
});

test('a code is of the characters that were allowed, and a refused one leaves no trace', async () => {
  await using platform = await openPlatformWithTexts();
  const account = await platform.anAccount({ creditMicros: priceMicros });
  const { text } = await generate(platform, account, {
    text: '{code} is yours until {hh:mm:ss}',
    code_length: 40,
    allow_digits: 'False',
    allow_upper_case: true,
    remove_confusing_characters: true,
    validity_period: '3600',
  });
  assert.match(text, /^[A-HJKMNP-Z]{32} is yours until 11:0\d:\d\d$/);
  const poor = await callRest(platform.url, account, 'POST service/otp/generate', {
    phone_number: mobile(2),
  });
  assert.equal(poor.code, 104);
  assert.equal((await platform.query('select 1 from one_time_codes')).length, 1);
  const refused = (input: Record<string, unknown>) =>
    callRest(platform.url, account, 'POST service/otp/generate', input);
  assert.equal((await refused({})).code, 194);
  assert.equal((await refused({ phone_number: 'x' })).code, 181);
  assert.equal((await refused({ phone_number: mobile(2), channel: 'voice_sms' })).code, 207);
});
