// OVH's mail form: both spellings of the subject, the end of the text, numbers in a file.
import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { MailRefusal } from '#dialects/shared/mail-refusals.ts';
import {
  type OvhMailOrder,
  readOvhCredentials,
  readOvhOrder,
  readOvhSubject,
  readOvhText,
} from './request.ts';

function read(subject: string, { text = 'Bonjour', contacts }: { text?: string; contacts?: string } = {}) {
  const items = readOvhSubject(subject);
  const attachments = contacts === undefined ? [] : [{ name: 'Contacts.csv', content: contacts }];
  const mail = { subject, text, from: null, messageId: null, attachments };
  return { ...readOvhCredentials(items), ...readOvhOrder(items, mail) };
}

const usual = {
  account: 'sms-ab1234-1',
  login: 'desk',
  password: 'Secret12',
  sender: 'Chappe',
  numbers: ['+33601010101'],
  senderForResponse: false,
  sendAtMs: null,
  messageClass: 1,
  isNoAdvertising: false,
};
const start = 'sms-ab1234-1:desk:Secret12:Chappe:+33601010101';
const deferred = { sendAtMs: Date.UTC(2026, 10, 25, 11, 50) };

const subjects: readonly (readonly [string, Partial<OvhMailOrder> & { account?: string }])[] = [
  [start, {}],
  [start.replaceAll(':', ';'), {}],
  [`[SPAM] Fwd: ${start}`, {}],
  [`${start},+33602020202, 0033603030303`, { numbers: ['+33601010101', '+33602020202', '0033603030303'] }],
  // As a checklist program of a restaurant wrote it: the 1 is the coding.
  [`${start}:::1`, {}],
  [`${start}:125025112026:0:1:1`, { ...deferred, messageClass: 0, isNoAdvertising: true }],
  [`${start}::::NoStop=1`, { isNoAdvertising: true }],
  [`${start}::2`, { messageClass: 2 }],
  // As net-tools/SMS-Ovh writes it.
  [
    'Account=sms-ab1234-1:Login=desk:Password=Secret12:From=Chappe:NoStop=1:To=+33601010101',
    { isNoAdvertising: true },
  ],
  [
    'to=+33601010101; class=3; deferred=125025112026; from=Chappe; password=Secret12; login=desk; account=sms-ab1234-1',
    { ...deferred, messageClass: 3 },
  ],
  [start.replace('Chappe', 'senderForResponse=1'), { sender: '', senderForResponse: true }],
  [
    `Account=sms-ab1234-1:Login=desk:Password=Secret12:From=senderForResponse=1:To=+33601010101`,
    { sender: '', senderForResponse: true },
  ],
  [start.replace(':+', '\n:+'), {}],
];

for (const [subject, expected] of subjects)
  test(`the subject ${JSON.stringify(subject)} is read`, () => {
    assert.deepEqual(read(subject), { ...usual, text: 'Bonjour', ...expected });
  });

test('a missing or invalid item is named', () => {
  const faults: readonly (readonly [string, RegExp])[] = [
    ['', /account is missing/],
    ['hello', /login is missing/],
    ['sms-ab1234-1:desk', /password is missing/],
    ['sms-ab1234-1:desk:Secret12', /from is missing/],
    ['sms-ab1234-1:desk:Secret12:Chappe', /receiver is missing/],
    ['sms-ab1234-1:desk:Secret12:Chappe:,,', /receiver is missing/],
    [`${start}:250011122026`, /date of sending/],
    [`${start}::9`, /class is invalid/],
  ];
  for (const [subject, problem] of faults) assert.throws(() => read(subject), problem, subject);
});

test('the text ends at an empty line or at --end, whichever comes first', () => {
  assert.equal(readOvhText('\n\n one\ntwo\n\n-- \nMy firm'), 'one\ntwo');
  assert.equal(readOvhText('one --end two\n\nthree'), 'one');
  assert.equal(readOvhText('one\n--end'), 'one');
  assert.throws(() => readOvhText('\n\n--end'), /text is missing/);
});

test('numbers are read from the subject, the attached file, or both', () => {
  assert.deepEqual(
    read(start.slice(0, start.lastIndexOf(':')), { contacts: '+33602020202\n\n+33603030303\n' }).numbers,
    ['+33602020202', '+33603030303'],
  );
  assert.equal(read(start, { contacts: '+33602020202' }).numbers.length, 2);
});

test('every subject is read or refused', () => {
  const piece = fc.oneof(
    fc.string(),
    fc.constantFrom(':', ';', '=', 'to=', 'Account=', '\n', ...start.split(':')),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), fc.string({ unit: 'binary' }), (pieces, text) => {
      try {
        read(pieces.join(''), { text });
      } catch (error) {
        assert.ok(error instanceof MailRefusal, String(error));
      }
    }),
  );
});
