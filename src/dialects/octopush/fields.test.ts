import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import type { Fields } from '#dialects/shared/form-fields.ts';
import { defaultSettings } from '#domain/account/account.ts';
import { RefusedError } from '#domain/base/refusals.ts';
import { readCredentials, readSubmission } from './fields.ts';

const nowMs = Date.UTC(2026, 5, 1, 12);
const valid = {
  sms_text: 'Bonjour toi',
  sms_recipients: '+33601010101',
  sms_type: 'FR',
  sms_sender: 'UnSender',
};

function read(given: Record<string, string>, settings = defaultSettings) {
  return readSubmission(new Map(Object.entries({ ...valid, ...given })), settings, nowMs);
}

function refusalOf(given: Record<string, string>): string {
  try {
    read(given);
  } catch (error) {
    if (error instanceof RefusedError) return error.refusal.reason;
    throw error;
  }
  return 'accepted';
}

const recipients: readonly (readonly [list: string, numbers: string[]])[] = [
  ['+33601010101', ['+33601010101']],
  ['+33601010101,0033602020202,33603030303', ['+33601010101', '0033602020202', '33603030303']],
  [' 33601010101, 33602020202', ['+33601010101', '+33602020202']],
  ['0601010101, 0602020202', ['0601010101', '0602020202']],
  ['33601010101, 2025550101', ['33601010101', '2025550101']],
  ['33601010101,,33602020202,', ['33601010101', '33602020202']],
];

for (const [list, numbers] of recipients) {
  test(`the recipients of "${list}" are ${numbers.join(' and ')}`, () => {
    assert.deepEqual(
      read({ sms_recipients: list }).recipients.map((recipient) => recipient.number),
      numbers,
    );
  });
}

const dates: readonly (readonly [what: string, given: Record<string, string>, sendAtMs: number | null])[] = [
  ['nothing', {}, null],
  ['a date without the mode', { sending_date: '1800000000' }, null],
  ['a date with the instant mode', { sms_mode: '1', sending_date: '1800000000' }, null],
  ['a date with the deferred mode', { sms_mode: '2', sending_date: '1800000000' }, 1_800_000_000_000],
  ['sending_time in the deferred mode', { sms_mode: '2', sending_time: '1800000000' }, 1_800_000_000_000],
  ['sending_time alone', { sending_time: '1800000000' }, 1_800_000_000_000],
  [
    'a date beside sending_time',
    { sms_mode: '2', sending_date: '1800000000', sending_time: '1' },
    1_800_000_000_000,
  ],
  ['a period', { sending_period: '90' }, nowMs + 90_000],
  ['a fraction of a second', { sending_time: '1800000000.5' }, 1_800_000_000_000],
  [
    'date parts in the deferred mode, in Paris',
    { sms_mode: '2', sms_d: '10', sms_m: '06', sms_y: '2026', sms_h: '9', sms_i: '05' },
    Date.UTC(2026, 5, 10, 7, 5),
  ],
  [
    'date parts with two digits of the year',
    { sms_mode: '2', sms_d: '10', sms_m: '1', sms_y: '27', sms_h: '9', sms_i: '5' },
    Date.UTC(2027, 0, 10, 8, 5),
  ],
  [
    'date parts in the instant mode',
    { sms_d: '10', sms_m: '6', sms_y: '2030', sms_h: '9', sms_i: '5' },
    null,
  ],
];

for (const [what, given, sendAtMs] of dates) {
  test(`${what} ${sendAtMs === null ? 'means now' : 'is the time of sending'}`, () => {
    assert.equal(read(given).sendAtMs, sendAtMs);
  });
}

const refusals: readonly (readonly [given: Record<string, string>, reason: string])[] = [
  [{ sms_mode: '2' }, 'send-at-invalid'],
  [{ sms_mode: '2', sending_date: 'tomorrow' }, 'send-at-invalid'],
  [{ sending_time: '1800000000000' }, 'send-at-invalid'],
  [{ sms_mode: '2', sms_d: '31', sms_m: '2', sms_y: '2026', sms_h: '9', sms_i: '0' }, 'send-at-invalid'],
  [{ sms_text: '  ' }, 'text-missing'],
  [{ sms_recipients: '' }, 'recipients-empty'],
  [{ sms_recipients: ' , ,' }, 'recipients-empty'],
  [{ sms_recipients: '1,'.repeat(10_001) }, 'recipients-too-many'],
  [{ sms_type: '' }, 'tier-missing'],
  [{ sms_type: 'sms_premium' }, 'tier-unknown'],
  [{ sms_sender: '' }, 'sender-invalid'],
  [{ sms_sender: 'ab' }, 'sender-invalid'],
  [{ sms_sender: 'Octopush sdk' }, 'accepted'],
  [{ sms_sender: 'Octopush sdk é' }, 'sender-invalid'],
  [{ sms_sender: '336010101012' }, 'sender-invalid'],
  [{ sms_sender: 'ab         c' }, 'sender-invalid'],
  [{ sms_sender: 'Café' }, 'sender-invalid'],
  [{ sms_sender: '+33601010101' }, 'sender-invalid'],
  [{ sms_sender: '+33601010101', msisdn_sender: '1' }, 'accepted'],
  [{ sms_sender: '+33 6 01 01 01 01', msisdn_sender: '1' }, 'accepted'],
  [{ sms_sender: 'Mon magasin' }, 'accepted'],
  [{ sms_sender: '', sms_type: 'XXX' }, 'accepted'],
  [{ recipients_first_names: 'Jean,Paul' }, 'merge-count-mismatch'],
  [{ sms_recipients: '1,2', sms_fields_1: 'a' }, 'merge-count-mismatch'],
  [{ sms_recipients: '1,2', sms_fields1: 'a' }, 'merge-count-mismatch'],
  [{ sms_recipients: '1,2,', sms_fields_1: 'a,b,' }, 'accepted'],
  [{ sms_fields_2: 'x'.repeat(31) }, 'merge-value-too-long'],
  [{ sms_fields_2: 'x'.repeat(30) }, 'accepted'],
  [{ request_keys: 'TR' }, 'checksum-missing'],
  [{ request_keys: 'TR', request_sha1: 'x' }, 'checksum-mismatch'],
  [{ request_keys: 'T'.repeat(33), request_sha1: 'x' }, 'checksum-mismatch'],
];

for (const [given, reason] of refusals) {
  const what = JSON.stringify(given).slice(0, 60);
  test(`${what} is ${reason === 'accepted' ? reason : `refused: ${reason}`}`, () => {
    assert.equal(refusalOf(given), reason);
  });
}

const texts: readonly (readonly [received: string, understood: string])[] = [
  ['un+exemple+de+texte', 'un+exemple+de+texte'],
  ['AB+CD', 'AB+CD'],
  ['A+B', 'A+B'],
  ['100%25', '100%25'],
  ['50%', '50%'],
  ['1+1%20font%202', '1+1 font 2'],
  ['Solde%20-50%', 'Solde%20-50%'],
  ['Solde%20-50%25', 'Solde -50%'],
  ['Code%3A123', 'Code%3A123'],
  ['a%20b c', 'a%20b c'],
  ['café%20noir', 'café%20noir'],
  ['Serveur%20%C3%A9teint%21', 'Serveur éteint!'],
  ['100% sure', '100% sure'],
  ['1+1=2', '1+1=2'],
  ['Code:+123', 'Code:+123'],
  ['C++', 'C++'],
  ['https://x.fr/a%20b', 'https://x.fr/a%20b'],
  ['Promo-50%', 'Promo-50%'],
];

for (const [received, understood] of texts) {
  test(`the text "${received}" is ${received === understood ? 'left as it is' : 'decoded once more'}`, () => {
    assert.equal(read({ sms_text: received }).text, understood);
    assert.equal(
      read({ sms_text: received }, { ...defaultSettings, legacyDecodeTwice: false }).text,
      received,
    );
  });
}

test('a text that came in JSON or multipart is left as it is', () => {
  const fields: Fields = new Map(Object.entries({ ...valid, sms_text: 'Serveur%20en%20panne' }));
  assert.equal(readSubmission(fields, defaultSettings, nowMs).text, 'Serveur en panne');
  fields.literalNames = new Set(['sms_text']);
  assert.equal(readSubmission(fields, defaultSettings, nowMs).text, 'Serveur%20en%20panne');
});

test('the fingerprint may be of the text as sent or as it was understood', () => {
  const sha1 = (text: string) => createHash('sha1').update(text).digest('hex');
  for (const [sms_text, hashed, outcome] of [
    ['AB+CD', 'AB+CD', 'accepted'],
    ['AB+CD', 'AB CD', 'checksum-mismatch'],
    ['Serveur%20en%20panne', 'Serveur%20en%20panne', 'accepted'],
    ['Serveur%20en%20panne', 'Serveur en panne', 'accepted'],
    ['100%25', '100%25', 'accepted'],
    ['100%25', '100%', 'checksum-mismatch'],
  ] as const)
    assert.equal(refusalOf({ sms_text, request_keys: 'T', request_sha1: sha1(hashed) }), outcome, hashed);
});

test('a text of spaces and invisible characters is missing', () => {
  for (const sms_text of ['\u200b', '\u2060', '\u00ad', ' \u00a0\ufeff', '\u200b\r\n\u200d', '%20%20'])
    assert.equal(refusalOf({ sms_text }), 'text-missing', JSON.stringify(sms_text));
});

test('a field sent empty is empty, one that is not sent leaves its placeholder', () => {
  const mergeOf = (given: Record<string, string>) =>
    read({ sms_text: 'Bonjour {prenom} {nom}', ...given }).recipients.map(({ merge }) =>
      merge === undefined ? null : Object.fromEntries(merge),
    );
  assert.deepEqual(mergeOf({ recipients_first_names: '' }), [{ '{prenom}': '' }]);
  assert.deepEqual(mergeOf({ recipient_first_names: ' ', recipients_last_names: 'Durant' }), [
    { '{prenom}': '', '{nom}': 'Durant' },
  ]);
  assert.deepEqual(mergeOf({ sms_recipients: '1,2', recipients_first_names: '' }), [
    { '{prenom}': '' },
    { '{prenom}': '' },
  ]);
  assert.deepEqual(mergeOf({}), [null]);
  assert.deepEqual(mergeOf({ sms_text: 'Bonjour', recipients_first_names: '' }), [null]);
});

test('a blank in front of a list is a lost plus only where that makes a number', () => {
  for (const [list, number] of [
    [' 33601010101', '+33601010101'],
    [' 4915112345678', '+4915112345678'],
    [' 612345678', '612345678'],
    [' 0601010101', '0601010101'],
    ['\u200b', undefined],
  ] as const)
    if (number === undefined) assert.equal(refusalOf({ sms_recipients: list }), 'recipients-empty');
    else assert.equal(read({ sms_recipients: list }).recipients[0]!.number, number);
});

test('merge values stay with their number, empty values included', () => {
  const submission = read({
    sms_recipients: '1, ,3',
    recipients_first_names: 'Jean, Anne ,Paul',
    recipients_last_names: ',,',
    sms_fields3: 'a,b,c',
  });
  assert.deepEqual(
    submission.recipients.map(({ number, merge }) => [number, Object.fromEntries(merge!)]),
    [
      ['1', { '{prenom}': 'Jean', '{nom}': '', '{ch3}': 'a' }],
      ['3', { '{prenom}': 'Paul', '{nom}': '', '{ch3}': 'c' }],
    ],
  );
});

test('the purpose decides whether the way out is demanded, except for world', () => {
  const stop = ({ purpose, stopClause }: { purpose: string; stopClause: string }) => [purpose, stopClause];
  assert.deepEqual(stop(read({})), ['marketing', 'demanded']);
  assert.deepEqual(stop(read({ sms_type: 'XXX' })), ['marketing', 'demanded']);
  assert.deepEqual(stop(read({ sms_type: 'WWW' })), ['marketing', 'none']);
  assert.deepEqual(stop(read({ transactional: '1' })), ['transactional', 'none']);
  assert.deepEqual(stop(read({ transactional: '0' })), ['marketing', 'demanded']);
});

test('the fingerprint may count the date as sent, as a field never sent, or not at all', () => {
  const sha1 = (text: string) => createHash('sha1').update(text).digest('hex');
  const deferred = { sms_mode: '2', sending_date: '1800000000', request_keys: 'TDxM' };
  for (const hashed of ['Bonjour toi18000000002', 'Bonjour toi2']) {
    assert.equal(refusalOf({ ...deferred, request_sha1: sha1(hashed).toUpperCase() }), 'accepted');
  }
  assert.equal(refusalOf({ ...deferred, sms_date: '9', request_sha1: sha1('Bonjour toi92') }), 'accepted');
  assert.equal(refusalOf({ ...deferred, request_sha1: sha1('Bonjour toi') }), 'checksum-mismatch');
  assert.equal(refusalOf({ request_keys: '', request_sha1: '' }), 'accepted');
});

test('the fingerprint of every letter is over its own field', () => {
  const fields = {
    recipients_first_names: 'a1',
    recipients_last_names: 'b2',
    sms_fields_1: 'c3',
    sms_fields_2: 'd4',
    sms_fields_3: 'e5',
    with_replies: '1',
    transactional: '0',
    request_id: 'id',
    sms_mode: '1',
    request_keys: 'TRMYSabcdeWNQ',
  };
  const hashed = 'Bonjour toi+336010101011FRUnSendera1b2c3d4e510id';
  const request_sha1 = createHash('sha1').update(hashed).digest('hex');
  assert.equal(refusalOf({ ...fields, request_sha1 }), 'accepted');
});

test('a login without @ is decoded once more, and user_password is an alias of the key', () => {
  const fields = new Map([
    ['user_login', ' user%40example.com '],
    ['user_password', 'k'],
  ]);
  assert.deepEqual(readCredentials(fields), { login: 'user@example.com', key: 'k' });
});
