import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { MailRefusal } from '#dialects/shared/mail-refusals.ts';
import { defaultSettings } from '#domain/account/account.ts';
import { RefusedError } from '#domain/base/refusals.ts';
import type { Submission } from '#domain/base/submission.ts';
import { readMailCredentials, readMailRequest, readMailSubmission } from './request.ts';

const nowMs = Date.UTC(2026, 5, 1, 12);
const subject = 'user_login=login%40login.com&api_key=k3y';
const parameters =
  'sms_text=bla+bla.+STOP+au+XXXXX&sms_recipients=0033601020304&sms_type=FR&sms_sender=UnSender&request_id=RET65Y6UTJ78Jghjuj87';
const framed = `start=start&${parameters}&end=end`;
const everything = `${subject}&sms_recipients=0033601020304&sms_type=FR&sms_sender=UnSender&request_id=RET65Y6UTJ78Jghjuj87`;

interface Read {
  readonly login: string;
  readonly key: string;
  readonly submission: Submission;
}

function read(mail: { subject?: string; text?: string }, settings = defaultSettings): Read {
  const request = readMailRequest({ subject, text: framed, ...mail });
  return { ...readMailCredentials(request), submission: readMailSubmission(request, settings, nowMs) };
}

function faultOf(mail: { subject?: string; text?: string }): string {
  try {
    read(mail);
  } catch (error) {
    if (error instanceof MailRefusal) return error.reason;
    if (error instanceof RefusedError) return error.refusal.reason;
    throw error;
  }
  return 'accepted';
}

const expected = {
  text: 'bla bla. STOP au XXXXX',
  recipients: [{ number: '0033601020304' }],
  sender: 'UnSender',
  tier: 'premium',
  purpose: 'marketing',
  dialect: 'smtp',
  idempotencyKey: 'RET65Y6UTJ78Jghjuj87',
  idempotencyTtlMs: null,
};

const wrappedAt = (width: number, form: string) => form.replace(new RegExp(`.{${width}}`, 'g'), '$&\n');

const sameMails: readonly (readonly [what: string, mail: { subject?: string; text?: string }])[] = [
  ['as the manual writes it', {}],
  [
    'with the typing error of the manual in the login',
    { subject: 'user_login@login%40login.com&api_key=k3y' },
  ],
  ['with the line break of the manual', { text: framed.replace('sms_sender=', 'sms_sender\n=') }],
  ['wrapped every 10 characters', { text: wrappedAt(10, framed) }],
  ['wrapped every 7 characters', { text: wrappedAt(7, framed) }],
  ['wrapped every character', { text: wrappedAt(1, framed) }],
  [
    'with a footer below',
    { text: `${framed}\n-- \nsms_recipients=33609090909\nSent from 0033 6 09 09 09 09` },
  ],
  ['with a footer on the same line', { text: `${framed}&sms_recipients=33609090909` }],
  ['with words above', { text: `Bonjour,\nCe message vient de:\n${framed}` }],
  ['with values that are not encoded', { text: framed.replaceAll('+', ' ') }],
  [
    'with values that are not encoded, wrapped at a blank',
    { text: framed.replaceAll('+', ' ').replace('. ', '.\n') },
  ],
  ['without a frame, on one line', { text: `${parameters}\n` }],
  ['with a subject that a relay decoded', { subject: 'user_login=login@login.com&api_key=k3y' }],
  ['with a subject that a relay marked', { subject: `[SPAM?] Fwd: ${subject}` }],
  ['with a folded subject', { subject: wrappedAt(20, subject) }],
  ['with the credentials in the frame', { subject: 'an SMS', text: framed.replace('&', `&${subject}&`) }],
];

for (const [what, mail] of sameMails)
  test(`a mail in the form of the manual is read ${what}`, () => {
    const { login, key, submission } = read(mail);
    assert.deepEqual([login, key], ['login@login.com', 'k3y']);
    assert.partialDeepStrictEqual(submission, expected);
    assert.equal(submission.recipients.length, 1);
  });

const plainMails: readonly (readonly [what: string, text: string, understood?: string])[] = [
  ['alone', 'bla bla. STOP au XXXXX'],
  ['between empty lines', '\n\nbla bla. STOP au XXXXX\n\n'],
  ['between hyphens and underscores', '-----bla bla. STOP au XXXXX_____'],
  ['between them on lines of their own', '-----\nbla bla. STOP au XXXXX\n_____\n'],
  ['with a footer below them', '-----bla bla. STOP au XXXXX_____\n-- \nA footer\n_______________\nthe list'],
  ['encoded after all', 'bla%20bla.%20STOP%20au%20XXXXX'],
  ['with a plus that is one', 'A+B. STOP au XXXXX', 'A+B. STOP au XXXXX'],
  ['of one word with a plus', 'C+D', 'C+D'],
  ['with a percent sign that is one', '-20% STOP au XXXXX', '-20% STOP au XXXXX'],
  ['of several lines', 'un\ndeux', 'un\ndeux'],
  ['with hyphens and no underscores', 'a ----- b', 'a ----- b'],
];

for (const [what, text, understood] of plainMails)
  test(`a text as the body is read ${what}`, () => {
    const { login, submission } = read({ subject: everything, text });
    assert.equal(login, 'login@login.com');
    assert.partialDeepStrictEqual(submission, { ...expected, text: understood ?? expected.text });
  });

test('a subject decoded by a relay keeps the plus of its numbers and of its login', () => {
  const decoded = decodeURIComponent(
    everything.replace('login%40', 'log%2Bin%40').replace('0033601020304', '%2B33601020304,%2B33602020202'),
  );
  const { login, submission } = read({ subject: decoded, text: 'bla' });
  assert.equal(login, 'log+in@login.com');
  assert.deepEqual(submission.recipients, [{ number: '+33601020304' }, { number: '+33602020202' }]);
});

test('the body is ignored if the text is in the subject', () => {
  const { submission } = read({ subject: `${everything}&sms_text=Bonjour`, text: 'a footer' });
  assert.equal(submission.text, 'Bonjour');
});

const faults: readonly (readonly [fault: string, mail: { subject?: string; text?: string }])[] = [
  ['frame-open', { text: framed.replace('&end=end', '') }],
  ['frame-open', { subject: everything, text: 'start=start&sms_text=x' }],
  ['frame-missing', { text: `${parameters}\n\n-- \na footer` }],
  ['frame-missing', { text: wrappedAt(40, parameters) }],
  ['frame-missing', { text: 'Hello, is this the SMS service?' }],
  ['login-missing', { subject: 'Hello' }],
  ['key-missing', { subject: 'user_login=a%40b.c' }],
  ['request-id-missing', { text: framed.replace(/&request_id=\w+/, '') }],
  ['request-id-missing', { text: framed.replace(/request_id=\w+/, 'request_id=') }],
  ['request-id-malformed', { text: framed.replace(/request_id=\w+/, 'request_id=elevenChars') }],
  ['request-id-malformed', { text: framed.replace(/request_id=\w+/, `request_id=${'x'.repeat(31)}`) }],
  ['request-id-malformed', { text: framed.replace(/request_id=\w+/, 'request_id=twelve-chars') }],
  ['text-missing', { text: framed.replace(/sms_text=[^&]*/, 'sms_text=') }],
  ['text-missing', { subject: everything, text: '' }],
  ['recipients-missing', { text: framed.replace(/&sms_recipients=\d+/, '') }],
  ['tier-missing', { text: framed.replace(/&sms_type=FR/, '') }],
  ['sender-invalid', { text: framed.replace('UnSender', 'U') }],
  ['accepted', {}],
];

for (const [fault, mail] of faults)
  test(`${fault}: ${JSON.stringify(mail).slice(0, 90)}`, () => {
    assert.equal(faultOf(mail), fault);
  });

const line = fc.string({
  unit: fc.constantFrom(...'&=%+ \n-_0123456789startendsm'.split('')),
  maxLength: 200,
});

test('every subject and body is read or refused', () => {
  fc.assert(
    fc.property(fc.oneof(line, fc.string()), fc.oneof(line, fc.string({ unit: 'binary' })), (head, text) => {
      faultOf({ subject: head, text });
      faultOf({ subject: everything, text });
      faultOf({ text: `start=start&${text}&end=end` });
    }),
  );
});

test('text around a frame adds no recipient', () => {
  const around = line.filter((text) => !/s\s*t\s*a\s*r\s*t\s*=\s*s\s*t\s*a\s*r\s*t\s*&/i.test(text));
  const numbers = fc.array(fc.integer({ min: 33600000000, max: 33799999999 }), {
    minLength: 1,
    maxLength: 20,
  });
  fc.assert(
    fc.property(around, around, numbers, fc.integer({ min: 3, max: 100 }), (above, below, list, width) => {
      const frame = framed.replace('0033601020304', list.join('%2C'));
      const text = `${above}\n${wrappedAt(width, frame)}${below}`;
      const { submission } = read({ text });
      assert.deepEqual(
        submission.recipients.map(({ number }) => number),
        list.map(String),
      );
    }),
  );
});

test('a mail built to take long is read or refused without a time-out', () => {
  for (const piece of [
    's',
    ' ',
    '-----',
    'start=start',
    '&',
    'sms_',
    's\n',
    '_____',
    'user_login@',
    '%2',
    ',',
  ])
    for (const end of ['', '=', '&end=end']) {
      const text = piece.repeat(200_000 / piece.length) + end;
      faultOf({ text });
      faultOf({ text: `start=start&${text}` });
      faultOf({ subject: text });
      faultOf({ subject: everything, text });
    }
});

test('a frame that is cut off anywhere is refused', () => {
  for (let length = 0; length < framed.length; length++)
    assert.notEqual(faultOf({ text: framed.slice(0, length) }), 'accepted', framed.slice(0, length));
});

test('a frame written by URLSearchParams is read back', () => {
  const word = fc.string({ minLength: 1, maxLength: 60 }).filter((text) => text.trim() !== '');
  fc.assert(
    fc.property(word, fc.integer({ min: 20, max: 90 }), (text, width) => {
      const form = new URLSearchParams({ sms_text: text, sms_recipients: '+33601020304', sms_type: 'WWW' });
      form.set('sms_sender', 'Chappe');
      form.set('request_id', 'abcdefghijkl');
      const settings = { ...defaultSettings, legacyDecodeTwice: false };
      const { submission } = read({ text: wrappedAt(width, `start=start&${form}&end=end`) }, settings);
      assert.equal(submission.text, text.replaceAll('\0', ''));
      assert.deepEqual(submission.recipients, [{ number: '+33601020304' }]);
    }),
  );
});
