import assert from 'node:assert/strict';
import test from 'node:test';
import { defaultSettings } from '#domain/account/account.ts';
import { RefusedError } from '#domain/base/refusals.ts';
import { readBody, readSubmission } from './request.ts';

const valid = { text: 'Bonjour', recipients: [{ phone_number: '+33601010101' }] };
const read = (given: object, settings = defaultSettings) =>
  readSubmission(readBody(Buffer.from(JSON.stringify({ ...valid, ...given }))), settings);

function refusalOf(given: object): string {
  try {
    read(given);
  } catch (error) {
    if (error instanceof RefusedError) return error.refusal.reason;
    throw error;
  }
  return 'accepted';
}

const casts: readonly (readonly [given: object, member: string, value: unknown])[] = [
  [{ text: 123 }, 'text', '123'],
  [{ type: 'sms_low_cost' }, 'tier', 'low_cost'],
  [{ sms_type: 'sms_low_cost' }, 'tier', 'low_cost'],
  [{ sms_type: 'FR' }, 'tier', 'premium'],
  [{ type: null }, 'tier', 'premium'],
  [{ type: 'anything' }, 'tier', 'premium'],
  [{ purpose: 'alert' }, 'purpose', 'transactional'],
  [{ purpose: 'Alerting' }, 'purpose', 'transactional'],
  [{ purpose: 'WholeSale' }, 'purpose', 'marketing'],
  [{ purpose: null }, 'purpose', 'transactional'],
  [{ purpose: '' }, 'purpose', 'transactional'],
  [{ purpose: 'promo' }, 'purpose', 'marketing'],
  [{ text: 'SOLDES : -50% en magasin, profitez-en' }, 'purpose', 'marketing'],
  [{ text: 'SOLDES : -50% en magasin, profitez-en', purpose: 'alert' }, 'purpose', 'transactional'],
  [{ text: 'Nos horaires changent. STOP au 30101' }, 'purpose', 'marketing'],
  [{ purpose: 'wholesale' }, 'stopClause', 'demanded'],
  [{ purpose: 'wholesale', simulation_mode: true }, 'stopClause', 'none'],
  [{ with_replies: 'True' }, 'withReplies', true],
  [{ with_answers: 1 }, 'withReplies', true],
  [{ with_replies: '' }, 'withReplies', false],
  [{ simulation_mode: 'true' }, 'dryRun', true],
  [{ simulation_mode: 'false' }, 'dryRun', false],
  [{ auto_optimize_text: false }, 'optimizeText', false],
  [{ auto_optimize_text: 'False' }, 'optimizeText', false],
  [{ auto_optimize_text: null }, 'optimizeText', true],
  [{ auto_optimize_text: '' }, 'optimizeText', true],
  [{ request_id: 17 }, 'idempotencyKey', '17'],
  [{ request_id: ' ' }, 'idempotencyKey', null],
  [{ sender: '' }, 'sender', null],
  [{ sender: 'Company X' }, 'sender', 'Company X'],
  [{ sender: 'Une très longue enseigne' }, 'sender', 'Une tres lo'],
  [{ sender: 'L’Épicerie!' }, 'sender', 'LEpicerie'],
  [{ sender: '+33612345678' }, 'sender', '+33612345678'],
  [{ sender: '+33 6 01 02 03 04' }, 'sender', '+33 6 01 02 03 04'],
  [{ sender: '+33(0)601020304' }, 'sender', '+33(0)601020304'],
  [{ sender: '0601020304' }, 'sender', '0601020304'],
  [
    { recipients: ['+33601010101', 33602020202] },
    'recipients',
    [{ number: '+33601010101' }, { number: '33602020202' }],
  ],
  [{ recipients: { phone_number: 33601010101 } }, 'recipients', [{ number: '33601010101' }]],
  [{ recipients: '+336, +337' }, 'recipients', [{ number: '+336' }, { number: '+337' }]],
  [{ recipients: [{}, null, { phone_number: '1' }] }, 'recipients', [{ number: '1' }]],
];

for (const [given, member, value] of casts) {
  test(`${JSON.stringify(given)} is read as ${member} ${JSON.stringify(value)}`, () => {
    assert.deepEqual(read(given)[member as 'text'], value);
  });
}

const dates: readonly (readonly [written: unknown, sendAtMs: number | null])[] = [
  [null, null],
  ['', null],
  ['2018-10-03T07:42:39-07:00', Date.UTC(2018, 9, 3, 14, 42, 39)],
  ['2026-06-10T09:30:00Z', Date.UTC(2026, 5, 10, 9, 30)],
  ['2026-06-10T09:30:00.250+0200', Date.UTC(2026, 5, 10, 7, 30)],
  ['2026-06-10T09:30:00 02:00', Date.UTC(2026, 5, 10, 7, 30)],
  ['2026-06-10T09:30+02', Date.UTC(2026, 5, 10, 7, 30)],
  ['2026-06-10 09:30:00', Date.UTC(2026, 5, 10, 7, 30)],
  ['2026-01-10 09:30', Date.UTC(2026, 0, 10, 8, 30)],
  ['2026-01-10', Date.UTC(2026, 0, 9, 23)],
  [1_800_000_000, 1_800_000_000_000],
];

for (const [written, sendAtMs] of dates) {
  test(`send_at ${JSON.stringify(written)} is ${sendAtMs === null ? 'now' : new Date(sendAtMs).toISOString()}`, () => {
    assert.equal(read({ send_at: written }).sendAtMs, sendAtMs);
  });
}

const refusals: readonly (readonly [given: object, reason: string])[] = [
  [{ text: '' }, 'text-missing'],
  [{ text: null }, 'text-missing'],
  [{ text: { a: 1 } }, 'text-missing'],
  [{ recipients: null }, 'recipients-missing'],
  [{ recipients: [] }, 'recipients-empty'],
  [{ recipients: [{ phone_number: '' }] }, 'recipients-empty'],
  [{ recipients: Array(10_001).fill('1') }, 'recipients-too-many'],
  [{ type: 'vocal_sms' }, 'feature-unavailable'],
  [{ sender: 'ab' }, 'sender-invalid'],
  [{ sender: '!!!!' }, 'sender-invalid'],
  [{ send_at: 'tomorrow' }, 'send-at-invalid'],
  [{ send_at: '2026-02-30T00:00:00Z' }, 'send-at-invalid'],
  [{ send_at: '9999-01-01T00:00:00Z' }, 'send-at-invalid'],
  [{ send_at: '2026-01-31T09:30:00+25:00' }, 'send-at-invalid'],
  [{ send_at: '2026-01-31T09:30:00+01:60' }, 'send-at-invalid'],
  [{ send_at: '2026-01-31T09:30:00-14:30' }, 'send-at-invalid'],
  [{ send_at: '2026-13-01T09:30:00+01:00' }, 'send-at-invalid'],
  [{ send_at: '2026-01-31T24:00:00+01:00' }, 'send-at-invalid'],
  [{ send_at: '2026-01-31 09:60:00' }, 'send-at-invalid'],
];

for (const [given, reason] of refusals) {
  test(`${JSON.stringify(given).slice(0, 60)} is refused: ${reason}`, () => {
    assert.equal(refusalOf(given), reason);
  });
}

test('an account may let a request without a purpose be marketing, whatever its text', () => {
  const settings = { ...defaultSettings, defaultPurpose: 'marketing' } as const;
  assert.equal(read({}, settings).purpose, 'marketing');
  assert.equal(read({}, settings).stopClause, 'demanded');
  assert.equal(read({ purpose: 'alert' }, settings).purpose, 'transactional');
});

test('an account may let a request without a purpose be transactional, whatever its text', () => {
  const settings = { ...defaultSettings, defaultPurpose: 'transactional' } as const;
  assert.equal(read({}, settings).purpose, 'transactional');
  assert.equal(read({}, settings).stopClause, 'none');
  assert.equal(read({ purpose: 'other' }, settings).purpose, 'transactional');
  assert.equal(read({ purpose: 'wholesale' }, settings).purpose, 'marketing');
});

test('the placeholders of the text are filled from each contact, and others are not read', () => {
  const { recipients } = read({
    text: 'Cher {param1} {last_name}',
    recipients: [
      { phone_number: '1', first_name: 'Axelle', last_name: 'Durand', param1: null },
      { phone_number: '2', param1: 7 },
    ],
  });
  assert.deepEqual(
    recipients.map(({ merge }) => Object.fromEntries(merge!)),
    [
      { '{last_name}': 'Durand', '{param1}': '' },
      { '{last_name}': '', '{param1}': '7' },
    ],
  );
});

test('of equal names the last counts, and a byte order mark is no obstacle', () => {
  const body = readBody(Buffer.from('\ufeff{"text":"a","text":"b"}'));
  assert.equal(body['text'], 'b');
});

test('a body that is not a JSON object is refused', () => {
  for (const text of ['', '{', '[]', '"x"', 'null', 'a=1']) {
    assert.throws(() => readBody(Buffer.from(text)), RefusedError);
  }
});
