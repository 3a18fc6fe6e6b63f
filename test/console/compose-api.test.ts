// The composer of the console through its API: drafts, the check of a file, the estimate, and a sending that is exactly the
// estimate or nothing.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Body } from '../../src/dialects/console/contract.ts';
import { readAccount } from '../../src/store/accounts/accounts.ts';
import { notify } from '../../src/store/database/notices.ts';
import { replaceRates } from '../../src/store/money/rates.ts';
import { insertOptOut } from '../../src/store/recipients/opt-outs.ts';
import { signInOperator } from '../support/console.ts';
import { openPlatform } from '../support/platform.ts';

type Content = Body<'compose.create'>['content'];

const empty: Content = {
  name: null,
  sender: 'Chappe',
  purpose: 'transactional',
  tier: 'premium',
  withReplies: false,
  typed: '',
  groups: [],
  file: null,
  skipsRefused: false,
  text: '',
  sendAt: null,
  validityMinutes: null,
  tag: null,
};

test('typed recipients are estimated, sent once and delivered', async () => {
  await using platform = await openPlatform();
  const { serviceName: account } = await platform.anAccount();
  const member = await signInOperator(platform);
  const content = {
    ...empty,
    text: 'Your parcel is there',
    typed: '0601010100, 06 01 01 02 00\n+33601010100\nx',
  };
  const { draft } = await member.call('compose.create', { account, body: { content } });
  const check = await member.call('compose.check', { account, draft });
  assert.deepEqual(
    [check.rows, check.ready, check.duplicates, check.refused, check.countries, check.reasons],
    [4, 2, 1, 1, { FR: 2 }, { 'number-invalid': 1 }],
  );
  const estimate = await member.call('compose.estimate', { account, draft });
  assert.equal(estimate.messages, 2);
  assert.equal(estimate.cost, '0.100000');
  const send = () => member.call('compose.send', { account, draft, body: { estimate: estimate.estimate } });
  const [first, second] = await Promise.all([send(), send()]);
  assert.deepEqual([first.state, second.state], ['sent', 'sent']);
  assert.equal(first.campaign, second.campaign);
  assert.equal((await send()).campaign, first.campaign);
  await platform.quiet();
  assert.equal(await platform.count('campaigns'), 1);
  assert.equal(await platform.statusOf('33601010100'), 'delivered');
  const sent = await member.call('compose.read', { account, draft });
  assert.equal(sent.campaign, first.campaign);
  assert.equal(sent.content.typed, '');
});

const windows1252 = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(text, (character) => character.charCodeAt(0));

const listOfFrance = [
  'Clients de novembre',
  'Pr\xe9nom;T\xe9l\xe9phone;Ville',
  'Andr\xe9;06 01 01 01 00;Nice',
  '=HYPERLINK("x");0600;Lyon',
  'Zo\xeb;0601010200;Brest',
  '',
  'Luc;0601010100;Nice',
  'Ana;;Pau',
  'Guy;0142000000;Paris',
].join('\r\n');

const fileContent = (document: string): Content => ({
  ...empty,
  text: 'Bonjour {prenom} !',
  file: {
    document,
    name: 'clients.csv',
    sizeBytes: 100,
    separator: null,
    headerRows: 2,
    header: ['Pr\xe9nom', 'T\xe9l\xe9phone', 'Ville'],
    columns: [{ role: 'field', name: 'prenom' }, { role: 'number' }, { role: 'ignore' }],
    country: 'FR',
  },
});

test('a file in Windows-1252 is checked with its own row numbers and sent with its merge fields', async () => {
  await using platform = await openPlatform();
  const { serviceName: account } = await platform.anAccount();
  const member = await signInOperator(platform);
  const { status, body } = await member.upload(
    'compose.upload',
    { account, name: 'clients.csv' },
    windows1252(listOfFrance),
  );
  assert.equal(status, 200);
  const content = fileContent(body.document);
  const { draft } = await member.call('compose.create', { account, body: { content } });
  const check = await member.call('compose.check', { account, draft });
  assert.deepEqual([check.rows, check.ready, check.duplicates, check.refused], [6, 2, 1, 3]);
  assert.deepEqual(
    check.samples.refused.map(({ line, reason }) => [line, reason]),
    [
      [4, 'number-invalid'],
      [8, 'number-invalid'],
      [9, 'number-not-mobile'],
    ],
  );
  const rows = await member.download('compose.downloadRows', {
    account,
    draft,
    kind: 'refused',
    language: 'fr',
  });
  const lines = rows.split('\r\n');
  assert.equal(lines[0], '\uFEFFPr\xe9nom;T\xe9l\xe9phone;Ville;ligne du fichier;motif');
  assert.ok(lines[1]!.startsWith(`"'=HYPERLINK(""x"")";0600;Lyon;4;`), lines[1]);
  const longest = await member.call('compose.preview', { account, draft, which: 'longest' });
  assert.deepEqual([longest.row?.line, longest.row?.values], [3, { prenom: 'Andr\xe9' }]);
  const estimate = await member.call('compose.estimate', { account, draft });
  assert.deepEqual(
    [estimate.messages, estimate.refused],
    [2, { 'number-invalid': 2, 'number-not-mobile': 1 }],
  );
  const sent = await member.call('compose.send', { account, draft, body: { estimate: estimate.estimate } });
  assert.equal(sent.state, 'sent');
  await platform.quiet();
  const texts = await platform.query<{ text: string }>('select text from messages order by msisdn');
  assert.deepEqual(
    texts.map(({ text }) => text),
    ['Bonjour Andr\xe9 !', 'Bonjour Zo\xeb !'],
  );
});

test('a price and an opt-out that change after the estimate send nothing and show the differences', async () => {
  await using platform = await openPlatform();
  const holder = await platform.anAccount();
  const account = holder.serviceName;
  const member = await signInOperator(platform);
  const content: Content = {
    ...empty,
    purpose: 'marketing',
    text: 'Soldes',
    typed: '0601010100\n0601010200\n0601010300',
  };
  const { draft } = await member.call('compose.create', { account, body: { content } });
  const first = await member.call('compose.estimate', { account, draft });
  assert.equal(first.text, 'Soldes\nSTOP au 36180');
  await insertOptOut(
    platform.query,
    (await readAccount(platform.query, holder.id))!,
    33601010200,
    null,
    platform.clock.now(),
  );
  await replaceRates(platform.query, [{ country: 'FR', tier: 'premium', priceMicros: 60_000n }]);
  await notify(platform.query, 'rates');
  await new Promise((resolve) => setTimeout(resolve, 500));
  const send = (estimate: string) => member.call('compose.send', { account, draft, body: { estimate } });
  const moved = await send(first.estimate);
  assert.equal(moved.state, 'moved');
  assert.equal(await platform.count('messages'), 0);
  assert.deepEqual(moved.differences, [
    { kind: 'cost', before: '0.150000', after: '0.120000' },
    { kind: 'messages', before: 3, after: 2 },
    { kind: 'segments', before: 3, after: 2 },
    { kind: 'opted-out', before: 0, after: 1 },
    { kind: 'price', country: 'FR', before: '0.050000', after: '0.060000' },
  ]);
  const second = await send(moved.estimate!.estimate);
  assert.equal(second.state, 'sent');
  assert.equal((await send(first.estimate)).campaign, second.campaign);
  await platform.quiet();
  assert.equal(await platform.count('messages'), 2);
});

const utf16 = (text: string): Uint8Array<ArrayBuffer> => {
  const bytes = new Uint8Array(2 + 2 * text.length);
  bytes.set([0xff, 0xfe]);
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    bytes.set([code & 255, code >> 8], 2 + 2 * at);
  }
  return bytes;
};

test('a file that cannot be used is refused with the kind of its fault, and one in UTF-16 is read', async () => {
  await using platform = await openPlatform();
  const { serviceName: account } = await platform.anAccount();
  const member = await signInOperator(platform);
  const upload = (bytes: Uint8Array<ArrayBuffer>) =>
    member.upload('compose.upload', { account, name: 'x.csv' }, bytes);
  const checked = async (
    bytes: Uint8Array<ArrayBuffer>,
    columns?: NonNullable<Content['file']>['columns'],
  ) => {
    const { body } = await upload(bytes);
    const content = fileContent(body.document);
    const file = { ...content.file!, headerRows: 1, columns: columns ?? content.file!.columns };
    const { draft } = await member.call('compose.create', {
      account,
      body: { content: { ...content, file } },
    });
    const { status, body: answer } = await member.try('compose.check', { account, draft });
    return status === 200 ? answer.ready : Object.values(answer.fields!)[0];
  };
  const spreadsheet = await upload(Uint8Array.from([0x50, 0x4b, 3, 4, 1, 2, 3, 4]));
  assert.deepEqual([spreadsheet.status, spreadsheet.body.fields], [422, { file: 'file-spreadsheet' }]);
  const text = 'Pr\xe9nom;T\xe9l;Ville\r\nZo\xeb;0601010100;Nice\r\n';
  assert.equal(await checked(utf16(text)), 1);
  assert.equal(
    await checked(windows1252(`a;b;c\r\n"x;0601010100;y\r\n${'z;0601010100;y\r\n'.repeat(9000)}`)),
    'file-unreadable',
  );
  assert.equal(await checked(windows1252(`${'c;'.repeat(5000)}\r\n`)), 'too-many-columns');
  assert.equal(
    await checked(windows1252(text), [{ role: 'number' }, { role: 'number' }]),
    'two-number-columns',
  );
  assert.equal(await checked(windows1252(text), [{ role: 'ignore' }]), 'no-number-column');
  assert.equal(await checked(windows1252('tel\r\n0601010100\r\n'), [{ role: 'number' }]), 1);
});
