// The checker of answers is itself held against answers that are right and wrong. For tests only.
import assert from 'node:assert/strict';
import test from 'node:test';
import { contract } from '../../src/dialects/ovh/api/contract.ts';
import { differences } from './ovh-contract.ts';

const report = {
  ids: [1],
  invalidReceivers: [],
  tag: 'a',
  totalCreditsRemoved: 1.5,
  validReceivers: ['+33600000000'],
};

test('a right answer has no differences', () => {
  assert.deepEqual(differences('sms.SmsSendingReport', report), []);
  assert.deepEqual(differences('void', null), []);
  assert.deepEqual(differences('long[]', [1, 2]), []);
});

const wrong: readonly [what: string, type: string, value: unknown][] = [
  ['a missing field', 'sms.SmsSendingReport', { ...report, ids: undefined }],
  ['a field too many', 'sms.SmsSendingReport', { ...report, more: 1 }],
  ['a number as a string', 'sms.SmsSendingReport', { ...report, totalCreditsRemoved: '1.5' }],
  ['a fraction of an id', 'sms.SmsSendingReport', { ...report, ids: [1.5] }],
  ['a null that may not be', 'sms.SmsSendingReport', { ...report, ids: null }],
  ['a list that is none', 'long[]', {}],
  ['a word that the enum does not have', 'sms.PriorityEnum', 'highest'],
  ['a date in UTC', 'datetime', '2026-11-22T10:00:00Z'],
  ['something for nothing', 'void', {}],
];

for (const [what, type, value] of wrong)
  test(`${what} is a difference`, () => assert.equal(differences(type, value).length, 1));

test('every type that the description has for answers can be checked', () => {
  const types = [
    ...contract.routes.map(({ returns }) => returns),
    ...Object.values(contract.models).flatMap((model) => Object.values(model).map(({ type }) => type)),
  ];
  const unknown = types
    .flatMap((type) => differences(type.replace(/(\[\])+$/, ''), null))
    .filter((difference) => difference.includes('knows no type'));
  assert.deepEqual([...new Set(unknown)], []);
});
