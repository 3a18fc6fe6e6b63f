import assert from 'node:assert/strict';
import { test } from 'node:test';
import { usualTemplates, writeAlert } from './user-alert.ts';

const facts = { user: '$& |REMAINING|', remaining: 2.5, threshold: 3, creditsLeft: 40 };

test('the placeholders of OVH are replaced, each once, for every name of a user', () => {
  const texts = writeAlert(
    {
      ...usualTemplates,
      customizesMail: true,
      customizesSms: true,
      mailSubject: 'Low:\n|USER|',
      mailBody: '|REMAINING| of |CREDITSLEFT|',
      smsBody: '|ALERTTHRESHOLD| |ALERTTHRESHOLD|',
    },
    facts,
  );
  assert.deepEqual(texts, { subject: 'Low: $& |REMAINING|', mail: '2.5 of 40', sms: '3 3' });
});

test('a custom text is used if it is enabled and not empty', () => {
  const usual = writeAlert(usualTemplates, facts);
  assert.deepEqual(writeAlert({ ...usualTemplates, smsBody: 'own' }, facts), usual);
  assert.deepEqual(writeAlert({ ...usualTemplates, customizesSms: true, smsBody: ' ' }, facts), usual);
  assert.equal(writeAlert({ ...usualTemplates, customizesSms: true, smsBody: 'own' }, facts).sms, 'own');
});
