import assert from 'node:assert/strict';
import { test } from 'node:test';
import { joinOverdueParts, joinParts, type NewPart, type StoredPart } from './inbound-part.ts';

function part(number: number, text: string, over: Partial<NewPart> = {}): NewPart {
  return {
    connectorId: 1,
    source: '33601020304',
    msisdn: 33601020304,
    recipient: '36180',
    reference: 7,
    total: 3,
    part: number,
    text,
    isBinary: false,
    receivedAtMs: number * 1000,
    ...over,
  };
}

let ids = 0;
const stored = (of: NewPart, isJoined = false): StoredPart => ({ ...of, id: ++ids, isJoined });

test('parts become one text in their order, whatever the order of arrival and the number of batches', () => {
  const first = stored(part(3, 'c'));
  const { replies, inserted, joinedIds } = joinParts([first], [part(1, 'a'), part(2, 'b')]);
  assert.deepEqual(
    replies.map(({ text, isIncomplete, atMs }) => [text, isIncomplete, atMs]),
    [['abc', false, 1000]],
  );
  assert.deepEqual(joinedIds, [first.id]);
  assert.deepEqual(
    inserted.map(({ part: number, isJoined }) => [number, isJoined]),
    [
      [1, true],
      [2, true],
    ],
  );
});

test('a repeated part changes nothing, before and after the parts were joined', () => {
  const waiting = joinParts([stored(part(1, 'a'))], [part(1, 'a'), part(1, 'a')]);
  assert.deepEqual(waiting, { replies: [], inserted: [], joinedIds: [] });
  const joined = [1, 2, 3].map((number) => stored(part(number, 'abc'[number - 1]!), true));
  const again = joinParts(joined, [part(3, 'c'), part(1, 'a'), part(2, 'b')]);
  assert.deepEqual(again, { replies: [], inserted: [], joinedIds: [] });
});

test('the same part twice in one batch counts once', () => {
  const { replies, inserted } = joinParts(
    [],
    [part(1, 'a'), part(1, 'a'), part(2, 'b'), part(3, 'c'), part(3, 'c')],
  );
  assert.deepEqual(
    replies.map(({ text }) => text),
    ['abc'],
  );
  assert.equal(inserted.length, 3);
});

test('another text at the same position begins a new reply, and the earlier reply is recorded incomplete', () => {
  const old = [stored(part(1, 'old ')), stored(part(2, 'text'))];
  const { replies, joinedIds, inserted } = joinParts(old, [part(1, 'new')]);
  assert.deepEqual(
    replies.map(({ text, isIncomplete, hasBeginning }) => [text, isIncomplete, hasBeginning]),
    [['old text', true, true]],
  );
  assert.deepEqual(joinedIds, [old[0]!.id, old[1]!.id]);
  assert.deepEqual(
    inserted.map(({ text, isJoined }) => [text, isJoined]),
    [['new', false]],
  );
});

test('a reference that a phone uses again after its reply was joined begins another reply', () => {
  const joined = [1, 2, 3].map((number) => stored(part(number, 'abc'[number - 1]!), true));
  const { replies } = joinParts(joined, [part(1, 'x'), part(2, 'y'), part(3, 'z')]);
  assert.deepEqual(
    replies.map(({ text }) => text),
    ['xyz'],
  );
});

test('parts of different links, phones, numbers, references or totals are never joined', () => {
  const others: Partial<NewPart>[] = [
    { connectorId: 2 },
    { source: '33601020305' },
    { recipient: '38200' },
    { reference: 8 },
    { total: 4 },
  ];
  for (const other of others)
    assert.deepEqual(
      joinParts([stored(part(1, 'a')), stored(part(2, 'b'))], [part(3, 'c', other)]).replies,
      [],
    );
});

test('an overdue reply is recorded incomplete, with a flag for a missing beginning', () => {
  const parts = [stored(part(3, 'c')), stored(part(2, 'b')), stored(part(1, 'x', { reference: 8 }))];
  const { replies, joinedIds } = joinOverdueParts([
    ...parts,
    stored(part(1, 'done', { reference: 9 }), true),
  ]);
  assert.deepEqual(
    replies.map(({ text, isIncomplete, hasBeginning }) => [text, isIncomplete, hasBeginning]),
    [
      ['bc', true, false],
      ['x', true, true],
    ],
  );
  assert.deepEqual(
    joinedIds,
    parts.map(({ id }) => id),
  );
});
