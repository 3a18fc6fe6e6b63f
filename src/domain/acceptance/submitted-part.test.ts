import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Submission, submissionDefaults } from '#domain/base/submission.ts';
import { joinSubmission, placePart, type StoredSubmittedPart, type SubmittedPart } from './submitted-part.ts';

function partOf(id: number, part: number, text: string, more: Partial<Submission> = {}): SubmittedPart {
  const submission: Submission = {
    ...submissionDefaults,
    dialect: 'smpp',
    text,
    recipients: [{ number: '+33612345678' }],
    sender: 'Chappe',
    purpose: 'transactional',
    stopClause: 'none',
    ...more,
  };
  return { id, reference: 7, total: 3, part, textHash: text, submission };
}

const stored = (part: SubmittedPart, isJoined = false): StoredSubmittedPart => ({ ...part, isJoined });

test('parts are complete in any order', () => {
  const [one, two, three] = [partOf(1, 1, 'a'), partOf(2, 2, 'b'), partOf(3, 3, 'c')];
  assert.deepEqual(placePart([], three), { id: 3, isNew: true, complete: [] });
  assert.deepEqual(placePart([stored(three)], one), { id: 1, isNew: true, complete: [] });
  assert.deepEqual(placePart([stored(three), stored(one)], two), {
    id: 2,
    isNew: true,
    complete: [[3, 1, 2]],
  });
});

test('a repeated part keeps its id, and submits a complete text that a killed process left', () => {
  const known = [stored(partOf(1, 1, 'a')), stored(partOf(2, 2, 'b')), stored(partOf(3, 3, 'c'))];
  assert.deepEqual(placePart(known, partOf(9, 2, 'b')), { id: 2, isNew: false, complete: [[1, 2, 3]] });
  const joined = known.map((part) => ({ ...part, isJoined: true }));
  assert.deepEqual(placePart(joined, partOf(9, 2, 'b')), { id: 2, isNew: false, complete: [] });
});

test('another text at a taken position ends the earlier text, which is sent as it is', () => {
  const known = [stored(partOf(1, 1, 'a')), stored(partOf(2, 2, 'b'))];
  assert.deepEqual(placePart(known, partOf(9, 1, 'other')), { id: 9, isNew: true, complete: [[1, 2]] });
});

test('the same reference after a complete text begins a new one', () => {
  const known = [stored(partOf(1, 1, 'a'), true), stored(partOf(2, 2, 'b'), true)];
  assert.deepEqual(placePart(known, partOf(9, 1, 'other')), { id: 9, isNew: true, complete: [] });
});

test('the whole has the request of its first part, the id of that part, and the receipts that parts asked for', () => {
  const returnPath = { wants: 'all', source: [5, 0, 'Chappe'] } as const;
  const whole = joinSubmission([
    partOf(3, 3, 'c', { purpose: 'marketing', stopClause: 'demanded' }),
    partOf(1, 1, 'a', { returnPath }),
    partOf(2, 2, 'b', { returnPath: { ...returnPath, wants: 'failures' } }),
  ]);
  assert.equal(whole.text, 'abc');
  assert.equal(whole.draftId, 1);
  assert.deepEqual([whole.purpose, whole.stopClause], ['marketing', 'demanded']);
  assert.deepEqual(whole.returnPath, { ...returnPath, partIds: [1, 2] });
  assert.equal(joinSubmission([partOf(1, 1, 'a')]).returnPath, undefined);
});
