import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import test from 'node:test';
import fc from 'fast-check';
import { readAttachmentText, readMail, UnreadableMailError } from './mime.ts';

const read = (lines: readonly string[], encoding: BufferEncoding = 'utf8') =>
  readMail(Buffer.from(lines.join('\r\n'), encoding));

const text = 'Été à Noël: 5 € — œuf';
const utf16 = Buffer.from(text, 'utf16le').toString('base64');
const bigEndian = Buffer.from(text, 'utf16le').swap16().toString('base64');
const html = `<html><head><style>p{a:b}</style></head><body><p>&Eacute;t&eacute; &agrave; No&euml;l:
 5 &euro; &mdash; &#339;uf</p></body></html>`;

const alternatives = (...parts: readonly (readonly string[])[]) => [
  'Content-Type: multipart/alternative; boundary=XX',
  '',
  ...parts.flatMap((part) => ['--XX', ...part]),
  '--XX--',
];

const bodies: readonly (readonly [what: string, lines: readonly string[], encoding?: BufferEncoding])[] = [
  ['without any header', ['', text]],
  ['in UTF-8 as eight bits', ['Content-Type: text/plain; charset=utf-8', '', text]],
  [
    'quoted-printable, with soft line breaks',
    [
      'Content-Type: text/plain; charset=utf-8',
      'Content-Transfer-Encoding: quoted-printable',
      '',
      '=C3=89t=C3=A9 =C3=A0 No=C3=ABl:=',
      ' 5 =E2=82=AC =E2=80=94 =C5=93uf',
    ],
  ],
  [
    'base64 in Windows-1252',
    [
      'Content-Type: text/plain; charset="windows-1252"',
      'Content-Transfer-Encoding: base64',
      '',
      Buffer.from('\xc9t\xe9 \xe0 No\xebl: 5 \x80 \x97 \x9cuf', 'latin1').toString('base64'),
    ],
  ],
  [
    'in UTF-16, little end first',
    ['Content-Type: text/plain; charset=utf-16le', 'Content-Transfer-Encoding: base64', '', utf16],
  ],
  [
    'in UTF-16, big end first',
    ['Content-Type: text/plain; charset=utf-16be', 'Content-Transfer-Encoding: base64', '', bigEndian],
  ],
  ['in eight bits without a charset', ['', '\xc9t\xe9 \xe0 No\xebl: 5 \x80 \x97 \x9cuf'], 'latin1'],
  ['as HTML alone', ['Content-Type: text/html; charset=utf-8', '', html]],
  [
    'as text beside HTML',
    alternatives(
      ['Content-Type: text/plain; charset=utf-8', '', text],
      ['Content-Type: text/html', '', '<p>something else</p>'],
    ),
  ],
  [
    'as HTML beside an empty text',
    alternatives(['Content-Type: text/plain', '', ' '], ['Content-Type: text/html', '', html]),
  ],
  [
    'beside an attachment',
    [
      'Content-Type: multipart/mixed; boundary=YY',
      '',
      '--YY',
      ...alternatives(['Content-Type: text/plain; charset=utf-8', '', text]),
      '--YY',
      'Content-Type: text/plain',
      'Content-Disposition: attachment; filename=numbers.txt',
      '',
      '33609090909',
      '--YY--',
    ],
  ],
  [
    'beside a forwarded mail',
    [
      'Content-Type: multipart/mixed; boundary=YY',
      '',
      '--YY',
      'Content-Type: text/plain; charset=utf-8',
      '',
      text,
      '--YY',
      'Content-Type: message/rfc822',
      '',
      'Subject: x',
      '',
      'start=start&sms_recipients=33609090909&end=end',
      '--YY--',
    ],
  ],
];

for (const [what, lines, encoding] of bodies)
  test(`a text ${what} is read`, async () => {
    assert.equal((await read(lines, encoding)).text.trim(), text);
  });

test('lines end with a line feed, whichever line end the mail has', async () => {
  assert.equal((await readMail(Buffer.from('A: b\n\nx\r\ny\nz'))).text.trim(), 'x\ny\nz');
});

const subjects: readonly (readonly [
  what: string,
  lines: readonly string[],
  subject: string,
  encoding?: BufferEncoding,
])[] = [
  ['as it is', ['Subject: a=b%40c&d=e'], 'a=b%40c&d=e'],
  ['whatever its case', ['SUBJECT : x'], 'x'],
  ['with line feeds for its folds', ['Subject: a=b c&d=', ' e&f'], 'a=b c&d=\ne&f'],
  [
    'in encoded words',
    ['Subject: =?utf-8?B?' + Buffer.from('a=b&c=é').toString('base64') + '?=', ' =?utf-8?Q?=26d=3De?='],
    'a=b&c=é&d=e',
  ],
  ['in encoded words of Latin-1', ['Subject: =?iso-8859-1?Q?=E9t=E9?='], 'été'],
  ['in eight bits', ['Subject: été'], 'été'],
  ['in eight bits of Windows-1252', ['Subject: \xe9t\xe9'], 'été', 'latin1'],
  ['of the mail and not of its text', ['To: x', '', 'Subject: no'], ''],
  ['that is the first of two', ['Subject: one', 'Subject: two'], 'one'],
];

for (const [what, lines, subject, encoding] of subjects)
  test(`a subject is read ${what}`, async () => {
    const body = lines.includes('') ? [] : ['', 'text'];
    assert.equal((await read([...lines, ...body], encoding)).subject, subject);
  });

test('spaces at line ends are not part of a text', async () => {
  assert.equal((await read(['A: b', '', 'x \t', ' y'])).text.trim(), 'x\ny');
});

test('a mail that is made to take long is read or refused without a time-out', async () => {
  for (const piece of [' ', '\n ', '=?', '=?utf-8?Q?a?=', '?=\n=?', ':']) {
    await read([
      `Subject: ${piece.repeat(200_000 / piece.length)}`,
      '',
      piece.repeat(1_000_000 / piece.length),
    ]).catch((error: unknown) => assert.ok(error instanceof UnreadableMailError));
  }
});

test('a mail with 40 levels of parts is unreadable', async () => {
  const nested = Array.from({ length: 40 }, (_, i) => [
    `Content-Type: multipart/mixed; boundary=b${i}`,
    '',
    `--b${i}`,
  ]).flat();
  await assert.rejects(read([...nested, '', 'x']), UnreadableMailError);
});

test('random bytes are a mail, or unreadable', async () => {
  const header = fc.constantFrom(
    '',
    'Subject: a\r\n',
    'Content-Type: multipart/mixed; boundary=a\r\n',
    'Content-Type: text/html; charset=utf-16\r\nContent-Transfer-Encoding: base64\r\n',
    'Content-Transfer-Encoding: quoted-printable\r\nContent-Type: text/plain; charset=nonsense\r\n',
  );
  await fc.assert(
    fc.asyncProperty(header, fc.uint8Array({ maxLength: 300 }), async (head, bytes) => {
      const raw = Buffer.concat([Buffer.from(`${head}\r\n`), bytes]);
      const mail = await readMail(raw).catch((error: unknown) => {
        if (!(error instanceof UnreadableMailError)) throw error;
        return { subject: '', text: '' };
      });
      assert.ok(mail.text.isWellFormed() && !mail.text.includes('\0') && !mail.text.includes('\r'));
    }),
    { numRuns: 300 },
  );
});

test('the text of an attachment is read in its encoding, with a line feed at each line end', async () => {
  const { text, attachments } = await read([
    'Subject: x',
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    'Content-Type: text/plain',
    '',
    'Bonjour',
    '--b',
    'Content-Type: text/plain; name=contact.txt',
    'Content-Disposition: attachment; filename=contact.txt',
    'Content-Transfer-Encoding: base64',
    '',
    Buffer.from('+33601010101\r\n+33602020202\r\n').toString('base64'),
    '--b--',
    '',
  ]);
  assert.equal(text.trim(), 'Bonjour');
  const [contacts] = attachments;
  assert.equal(contacts!.name, 'contact.txt');
  assert.equal(readAttachmentText(contacts!), '+33601010101\n+33602020202\n');
});
