// The short way from a receipt to its message.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type RecentSegment, RecentSegments } from './recent-segments.ts';

function segment(messageId: number, durable = true): RecentSegment {
  return { bucket: 0, messageId, part: 0, submittedAtMs: 0, durable, waiting: null };
}

test('a segment is found by any spelling of its reference, on its own connector only', () => {
  const recent = new RecentSegments(10);
  recent.add(1, '1f', segment(7));
  assert.equal(recent.find(1, ['31', '1f'])?.messageId, 7);
  assert.equal(recent.find(2, ['1f']), undefined);
});

test('a reference used again means the later message', () => {
  const recent = new RecentSegments(10);
  recent.add(1, 'a', segment(1));
  recent.add(1, 'a', segment(2));
  assert.equal(recent.find(1, ['a'])?.messageId, 2);
});

test('the oldest are forgotten first, but never one that the table does not have yet', () => {
  const recent = new RecentSegments(2);
  recent.add(1, 'a', segment(1));
  recent.add(1, 'b', segment(2));
  recent.add(1, 'c', segment(3));
  assert.equal(recent.find(1, ['a']), undefined);
  recent.add(2, 'a', segment(1, false));
  for (const name of ['b', 'c', 'd']) recent.add(2, name, segment(9));
  assert.equal(recent.find(2, ['a'])?.messageId, 1);
});
