import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultSettings } from '#domain/account/account.ts';
import { invalidNumber, optedOut } from '#domain/plan/recipient-refusals.ts';
import type { AcceptedCampaign, Submitted } from './chunking.ts';
import { hasNoSideRecords, sideRecordsOf } from './side-records.ts';

function submitted(submission: object, plan: object = {}): Submitted {
  const callbacks = { ...defaultSettings.callbacks, receiptUrl: 'https://example.com/' };
  return {
    account: { id: 7, settings: { ...defaultSettings, callbacks } },
    submission: { dialect: 'octopush-rest', purpose: 'transactional', withReplies: false, ...submission },
    plan: { review: null, failures: [], notes: [], ...plan },
    campaignId: 11,
  } as unknown as Submitted;
}

const campaign = { id: 11, firstMessageId: 100, messages: [{}, {}], sender: 'Chappe' };
const campaigns = [campaign as unknown as AcceptedCampaign];

test('an ordinary transactional campaign has no side records', () => {
  assert.ok(hasNoSideRecords(submitted({})));
  const none = { conversations: [], reviews: [], skipped: [], origins: [], secrets: [] };
  assert.deepEqual(sideRecordsOf([submitted({})], campaigns), none);
});

test('a campaign that can be answered has a conversation with its sender', () => {
  const marketing = submitted({ purpose: 'marketing' });
  assert.equal(hasNoSideRecords(marketing), false);
  assert.deepEqual(sideRecordsOf([marketing], campaigns).conversations, [
    { firstMessageId: 100, messageCount: 2, number: 'chappe' },
  ]);
});

test('skipped recipients are stored if the answer cannot report them', () => {
  const failures = [{ number: '0601010101', msisdn: 33601010101, refusal: optedOut }];
  const ids = { accountId: 7, campaignId: 11 };
  const skipped = [{ ...ids, msisdn: 33601010101, writtenNumber: null, reason: 'recipient-opted-out' }];
  const rest = submitted({ purpose: 'marketing' }, { failures, reportsFailures: true });
  assert.deepEqual(sideRecordsOf([rest], campaigns).skipped, skipped);
  const legacy = submitted({ purpose: 'marketing' }, { failures, reportsFailures: false });
  assert.deepEqual(sideRecordsOf([legacy], campaigns).skipped, []);
  const removed = submitted(
    { purpose: 'marketing', skipsOptedOut: true },
    { failures, reportsFailures: true },
  );
  assert.deepEqual(sideRecordsOf([removed], campaigns).skipped, [], 'a recipient to remove is not reported');
  const bad = [
    ...failures,
    { number: '+3361177', refusal: invalidNumber },
    { number: '+3361177', refusal: invalidNumber },
    { number: 'x'.repeat(60), refusal: invalidNumber },
  ];
  const withBad = submitted({ skipsOptedOut: true }, { failures: bad, reportsFailures: true });
  assert.equal(hasNoSideRecords(withBad), false);
  assert.deepEqual(sideRecordsOf([withBad], campaigns).skipped, [
    { ...ids, msisdn: null, writtenNumber: '+3361177', reason: 'number-invalid' },
    { ...ids, msisdn: null, writtenNumber: 'x'.repeat(50), reason: 'number-invalid' },
  ]);
});

test('the origin and the secret text of a campaign are stored', () => {
  const origin = { listName: 'clients', wholeId: 9 };
  const listed = submitted({ origin });
  assert.equal(hasNoSideRecords(listed), false);
  assert.deepEqual(sideRecordsOf([listed], campaigns).origins, [{ accountId: 7, campaignId: 11, ...origin }]);
  const secret = submitted({ maskedText: 'Code ***' });
  assert.equal(hasNoSideRecords(secret), false);
  assert.deepEqual(sideRecordsOf([secret], campaigns).secrets, [
    { accountId: 7, campaignId: 11, maskedText: 'Code ***' },
  ]);
});

test('a campaign that looks like advertising has a review with its cues', () => {
  const noted = submitted({}, { review: { state: 'noted', cues: ['sales'] } });
  assert.equal(hasNoSideRecords(noted), false);
  assert.deepEqual(sideRecordsOf([noted], campaigns).reviews, [
    { accountId: 7, campaignId: 11, state: 'noted', cues: ['sales'] },
  ]);
});
