// Phonebooks through OVH's API: phonebooks, contacts, and tables of them that are imported and exported.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ovhClient } from '../support/ovh.ts';
import { assertModel } from '../support/ovh-contract.ts';
import { openPlatform, type TestAccount, type TestPlatform } from '../support/platform.ts';

interface Contact {
  readonly id: number;
  readonly group: string;
  readonly name: string;
  readonly surname: string;
  readonly homeMobile: string | null;
  readonly workPhone: string | null;
}

interface Refused {
  readonly message: string;
}

function clientOf(platform: TestPlatform, account: TestAccount) {
  return ovhClient(platform.url, account.ovh, () => platform.clock.now());
}

async function upload(
  platform: TestPlatform,
  account: TestAccount,
  name: string,
  text: string,
): Promise<string> {
  const document = { name };
  const made = await clientOf(platform, account).ok<{ id: string; putUrl: string }>(
    'POST',
    '/me/document',
    document,
  );
  await fetch(made.putUrl, { method: 'PUT', body: text });
  return made.id;
}

test('a phonebook is created, renamed, read and deleted with its contacts', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const client = clientOf(platform, account);
  const path = `/sms/${account.serviceName}/phonebooks`;
  const key = await client.ok<string>('POST', path, { name: 'Friends' });
  assert.deepEqual(await client.ok('GET', path), [key]);
  const phonebook = await client.ok<{ name: string; bookKey: string }>('GET', `${path}/${key}`);
  assertModel('sms.Phonebook', phonebook);
  assert.deepEqual([phonebook.name, phonebook.bookKey], ['Friends', key]);
  assert.equal(await client.ok('PUT', `${path}/${key}`, { name: 'Family' }), null);
  assert.equal((await client.ok<{ name: string }>('GET', `${path}/${key}`)).name, 'Family');
  await client.ok('POST', `${path}/${key}/phonebookContact`, { group: '', name: 'A', surname: 'B' });
  const stranger = await platform.anAccount();
  const theirs = `/sms/${stranger.serviceName}/phonebooks`;
  assert.equal((await clientOf(platform, stranger).call('GET', `${theirs}/${key}`)).status, 404);
  assert.equal(await client.ok('DELETE', `${path}/${key}`), null);
  for (const below of ['', '/phonebookContact', '/export?format=csv'])
    assert.equal((await client.call('GET', `${path}/${key}${below}`)).status, 404, below);
  const [left] = await platform.query<{ n: number }>('select count(*) as n from phonebook_contacts');
  assert.equal(left!.n, 0);
});

test('a contact has a name, a group and numbers of any line, each changed alone', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const client = clientOf(platform, account);
  const path = `/sms/${account.serviceName}/phonebooks`;
  const key = await client.ok<string>('POST', path, { name: 'Friends' });
  const contacts = `${path}/${key}/phonebookContact`;
  const id = await client.ok<number>('POST', contacts, {
    group: '',
    name: 'Durant',
    surname: 'Pierre',
    homeMobile: '0033600000001',
    workPhone: '+33.123456789',
  });
  assert.deepEqual(await client.ok('GET', contacts), [id]);
  const contact = await client.ok<Contact>('GET', `${contacts}/${id}`);
  assertModel('sms.PhonebookContact', contact);
  assert.deepEqual(
    [contact.group, contact.homeMobile, contact.workPhone],
    ['No group', '+33600000001', '+33123456789'],
  );
  assert.equal(await client.ok('PUT', `${contacts}/${id}`, { surname: 'Paul', homeMobile: null }), null);
  const changed = await client.ok<Contact>('GET', `${contacts}/${id}`);
  assert.deepEqual([changed.name, changed.surname, changed.homeMobile], ['Durant', 'Paul', null]);
  const national = await client.call<Refused>('PUT', `${contacts}/${id}`, { homePhone: '0123456789' });
  assert.equal(national.status, 400);
  assert.match(national.body.message, /^\[homePhone\]/);
  assert.equal((await client.call('POST', contacts, { group: 'x', name: 'y' })).status, 400);
  assert.equal(await client.ok('DELETE', `${contacts}/${id}`), null);
  for (const method of ['GET', 'DELETE'])
    assert.equal((await client.call(method, `${contacts}/${id}`)).status, 404);
});

test('an exported phonebook is imported again, and a fault is refused with its line', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const client = clientOf(platform, account);
  const path = `/sms/${account.serviceName}/phonebooks`;
  const key = await client.ok<string>('POST', path, { name: 'Été 2026' });
  // The last two were exported from what would be a formula, and from what was marked as a text before.
  const table =
    'name;surname;group;homeMobile;homePhone;workMobile;workPhone\n' +
    'Durant;"Pierre; fils";Amis;+33600000001;;;+33123456789\n' +
    'Dupont;Jeanne;No group;;;+33600000002;\n' +
    "'=1+1;'@A1;''=group;;;;\n";
  const imported = await client.ok('POST', `${path}/${key}/import`, {
    documentId: await upload(platform, account, 'contacts.csv', table),
  });
  assertModel('telephony.Task', imported);
  const ids = await client.ok<number[]>('GET', `${path}/${key}/phonebookContact`);
  assert.equal(ids.length, 3);
  const formula = await client.ok<Contact>('GET', `${path}/${key}/phonebookContact/${ids[2]}`);
  assert.deepEqual([formula.name, formula.surname, formula.group], ['=1+1', '@A1', "'=group"]);
  const file = await client.ok<{ url: string; filename: string }>('GET', `${path}/${key}/export?format=csv`);
  assertModel('telephony.PcsFile', file);
  assert.equal(file.filename, 'Été 2026.csv');
  assert.equal(await (await fetch(file.url)).text(), table);
  assert.equal(
    (await client.ok<string[]>('GET', '/me/document')).length,
    1,
    'the export is no document of his',
  );

  for (const [text, message] of [
    ['name;homeMobile\nA;+33600000003\nB;nobody\n', /homeMobile is not a telephone number on line 3$/],
    ['name;homeMobile\n;+33600000003\n', /name is missing on line 2$/],
    ['tel\n+33600000003\n', /no column "name"$/],
  ] as const) {
    const documentId = await upload(platform, account, 'contacts.csv', text);
    const refused = await client.call<Refused>('POST', `${path}/${key}/import`, { documentId });
    assert.equal(refused.status, 400);
    assert.match(refused.body.message, message);
  }
  const excel = await upload(platform, account, 'contacts.xlsx', 'PK');
  assert.equal((await client.call('POST', `${path}/${key}/import`, { documentId: excel })).status, 400);
  assert.equal((await client.call('POST', `${path}/${key}/import`, { documentId: 'none' })).status, 400);
  assert.equal((await client.ok<number[]>('GET', `${path}/${key}/phonebookContact`)).length, 3);
});
