import assert from 'node:assert/strict';
import { test } from 'node:test';
import { causeOf, recipientCause } from './failure-causes.ts';

const cases = [
  ['delivered', null, null],
  ['accepted', null, null],
  ['undelivered', null, 'the carrier could not deliver it'],
  ['undelivered', '000', 'the carrier could not deliver it'],
  ['undelivered', '027', 'the carrier could not deliver it (code 027 of the carrier)'],
  ['rejected', 'ESME_RINVDSTADR', 'the carrier does not accept its number (ESME_RINVDSTADR)'],
  ['rejected', '0x00000450', 'the carrier rejected it (code 0x00000450 of the carrier)'],
  ['rejected', 'opted out', 'opted out'],
  [
    'expired',
    'its validity ran out before a carrier took it',
    'its validity ran out before a carrier took it',
  ],
  ['unknown', 'no receipt came in time', 'no receipt came in time'],
  ['cancelled', null, 'it was cancelled by the account'],
] as const;

for (const [status, error, cause] of cases)
  test(`${status} with the error ${error} is told as: ${cause ?? 'no failure'}`, () => {
    assert.equal(causeOf(status, error), cause);
  });

test('a recipient without a message has a cause, also for a reason without its own words', () => {
  assert.equal(recipientCause('country-not-covered'), 'there is no price for its country');
  assert.equal(recipientCause('some-new-reason'), 'some new reason');
});
