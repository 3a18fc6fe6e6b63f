import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Account, defaultSettings } from './account.ts';
import { availableSenders, readSenderName } from './sender.ts';

test('names keep their spelling, and numbers have one form', () => {
  for (const [raw, expected] of [
    ['Chappe', { name: 'Chappe', type: 'alpha' }],
    [' BAH BOUH ', { name: 'BAH BOUH', type: 'alpha' }],
    ['A&B-Co_1.,+', { name: 'A&B-Co_1.,+', type: 'alpha' }],
    ['+33 6 01 02 03 04', { name: '+33601020304', type: 'numeric' }],
    ['0033601020304', { name: '+33601020304', type: 'numeric' }],
    ['33601020304', { name: '+33601020304', type: 'numeric' }],
    ['36180', { name: '36180', type: 'shortcode' }],
  ] as const)
    assert.deepEqual(readSenderName(raw), expected, raw);
  for (const raw of ['', 'twelve chars', 'Élan', 'a/b', 'a\nb', '12', '1'.repeat(16)])
    assert.equal(readSenderName(raw), null, raw);
});

const account: Account = {
  id: 1,
  bucket: 0,
  email: 'boss@mail.atelier.fr',
  name: 'Atelier',
  serviceName: 'sms-x-1',
  status: 'active',
  parentId: null,
  settings: defaultSettings,
};

test('a customer gets their domain and their name if these are valid senders', () => {
  const names = (differs: Partial<Account>) =>
    availableSenders({ ...account, ...differs }).map(({ name }) => name);
  assert.deepEqual(names({}), ['atelier', 'Atelier'], 'the whole domain is too long');
  assert.deepEqual(names({ email: 'me@a-b.fr' }), ['a-b.fr', 'a-b', 'Atelier']);
  assert.deepEqual(
    names({ email: 'me@gmail.com' }),
    ['Atelier'],
    'the domain of a mail provider is no sender',
  );
  assert.deepEqual(names({ email: 'me@gmail.com', name: 'Atelier de couture' }), []);
  assert.deepEqual(names({ parentId: 3 }), [], 'its customer wrote both himself');
});
