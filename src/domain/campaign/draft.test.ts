import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { type Submission, submissionDefaults } from '#domain/base/submission.ts';
import { asPart, isOneCampaign, joinParts } from './draft.ts';

const submission: Submission = {
  ...submissionDefaults,
  dialect: 'octopush-legacy',
  text: 'Bonjour {prenom} STOP au XXXXX',
  recipients: [],
  sender: 'Boutique',
  purpose: 'marketing',
  stopClause: 'demanded',
};

const recipient = fc.record(
  {
    number: fc.string(),
    merge: fc
      .array(fc.tuple(fc.constantFrom('{nom}', '{prenom}', '{ch1}', '__proto__'), fc.string()))
      .map((entries) => new Map(entries)),
  },
  { requiredKeys: ['number'], noNullPrototype: true },
);

test('parts that were stored as JSON are joined to the original submissions, in order', () => {
  fc.assert(
    fc.property(fc.array(fc.array(recipient), { minLength: 1 }), (lists) => {
      const kept = lists.map((recipients) => JSON.stringify(asPart({ ...submission, recipients })));
      const joined = joinParts(kept.map((part) => JSON.parse(part)));
      assert.deepEqual(joined?.recipients, lists.flat());
      assert.deepEqual({ ...joined, recipients: [] }, submission);
    }),
  );
  assert.equal(joinParts([]), null);
});

test('parts belong together by text, sender, tier and purpose, not by their time', () => {
  const part = asPart(submission);
  assert.ok(isOneCampaign(part, { ...part, sendAtMs: 5 }));
  for (const other of [
    { text: 'Bonsoir' },
    { sender: null },
    { tier: 'world' },
    { purpose: 'transactional' },
    { withReplies: true },
  ] as const)
    assert.ok(!isOneCampaign(part, { ...part, ...other }), JSON.stringify(other));
});
