import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type RecentSegment, RecentSegments } from './recent-segments.ts';

function segment(messageId: number, durable = true): RecentSegment {
  return { bucket: 0, messageId, parts: 0, routeId: null, submittedAtMs: 0, durable, waiting: null };
}

test('a segment is found by any spelling of its reference, only on its connector', () => {
  const recent = new RecentSegments(10);
  recent.add(1, '1f', segment(7));
  assert.equal(recent.find(1, ['31', '1f'])?.messageId, 7);
  assert.equal(recent.find(2, ['1f']), undefined);
});

test('a reused reference means the later message', () => {
  const recent = new RecentSegments(10);
  recent.add(1, 'a', segment(1));
  recent.add(1, 'a', segment(2));
  assert.equal(recent.find(1, ['a'])?.messageId, 2);
});

test('the oldest segments are dropped first, except those that the table does not have yet', () => {
  const recent = new RecentSegments(2);
  for (const [i, name] of ['a', 'b', 'c', 'd', 'e'].entries()) recent.add(1, name, segment(i));
  assert.equal(recent.find(1, ['a']), undefined);
  for (const name of ['c', 'd', 'e']) assert.notEqual(recent.find(1, [name]), undefined);
  recent.add(2, 'a', segment(1, false));
  for (const name of ['b', 'c', 'd', 'e', 'f', 'g', 'h', 'i']) recent.add(2, name, segment(9));
  assert.equal(recent.find(2, ['a'])?.messageId, 1);
});

test('a reused reference means the later message, also while the first one is not stored', () => {
  const recent = new RecentSegments(2);
  recent.add(1, 'a', segment(1, false));
  for (const name of ['b', 'c']) recent.add(1, name, segment(9));
  recent.add(1, 'a', segment(2));
  for (const name of ['d', 'e']) recent.add(1, name, segment(9));
  assert.equal(recent.find(1, ['a'])?.messageId, 2);
});

test('a finished segment is removed from both generations, and a later message with the same reference stays', () => {
  const recent = new RecentSegments(2);
  const segments = [segment(0), segment(1), segment(2)];
  for (const [i, name] of ['a', 'b', 'c'].entries()) recent.add(1, name, segments[i]!);
  recent.forget(1, ['x', 'a'], segments[0]!);
  recent.forget(1, ['b'], segments[0]!);
  recent.forget(1, ['c'], segments[2]!);
  assert.equal(recent.find(1, ['a']), undefined);
  assert.equal(recent.find(1, ['c']), undefined);
  assert.equal(recent.find(1, ['b'])?.messageId, 1);
});
