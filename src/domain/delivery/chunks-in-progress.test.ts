import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DispatchableMessage } from '#domain/acceptance/chunking.ts';
import { ChunksInProgress, pauseAfterMs } from './chunks-in-progress.ts';

const nowMs = 1_000_000;

function chunkOf(id: number, messages: number) {
  const list = Array.from({ length: messages }, (_, i) => ({ id: i }) as DispatchableMessage);
  return { bucket: 3, id, priorityClass: 0, messages: list };
}

test('a chunk is open until its last message is settled, and in the set until it is deleted', () => {
  const chunks = new ChunksInProgress();
  const { chunk, items } = chunks.open(chunkOf(7, 2));
  assert.deepEqual([chunks.unsettled, chunks.all()], [2, [chunk]]);
  chunks.settle(items[0]!);
  assert.deepEqual([chunks.unsettled, chunks.all()], [1, [chunk]]);
  chunks.settle(items[1]!);
  assert.deepEqual([chunks.unsettled, chunks.all()], [0, []]);
  assert.equal(chunks.isKnown({ bucket: 3, id: 7 }), true);
  chunks.forget([chunk]);
  assert.equal(chunks.isKnown({ bucket: 3, id: 7 }), false);
});

test('a chunk without messages is known and never open', () => {
  const chunks = new ChunksInProgress();
  const { items } = chunks.open(chunkOf(7, 0));
  assert.deepEqual([items, chunks.all(), chunks.unsettled], [[], [], 0]);
  assert.equal(chunks.isKnown({ bucket: 3, id: 7 }), true);
  assert.equal(chunks.isKnown({ bucket: 4, id: 7 }), false);
});

test('a released chunk counts only the messages that were settled before', () => {
  const chunks = new ChunksInProgress();
  const { chunk, items } = chunks.open(chunkOf(7, 3));
  chunks.open(chunkOf(8, 1));
  chunks.settle(items[0]!);
  chunks.release([chunk]);
  assert.equal(chunks.unsettled, 1);
  assert.equal(chunk.released, true);
  assert.equal(chunks.isKnown(chunk), false);
  assert.deepEqual(
    chunks.all().map(({ id }) => id),
    [8],
  );
});

test('a chunk is stuck if it has waited long enough and no connector has a message of it', () => {
  const chunks = new ChunksInProgress();
  const { chunk, items } = chunks.open(chunkOf(7, 2));
  assert.deepEqual(chunks.stuckAt(nowMs), []);
  chunk.stuckSinceMs = nowMs - 10_001;
  chunks.handOver(items[0]!);
  assert.deepEqual([chunks.stuckAt(nowMs), chunks.withConnectors], [[], 1]);
  chunks.takeBack(items[0]!);
  assert.deepEqual([chunks.stuckAt(nowMs), chunks.withConnectors], [[chunk], 0]);
  assert.deepEqual(chunks.stuckAt(nowMs - 1), []);
});

test('a chunk that was claimed before is held for half a second only, and rests for longer each time', () => {
  const chunks = new ChunksInProgress();
  const { chunk } = chunks.open({ ...chunkOf(7, 2), attempts: 2 });
  chunk.stuckSinceMs = nowMs - 501;
  assert.deepEqual([chunks.stuckAt(nowMs), chunks.stuckAt(nowMs - 1)], [[chunk], []]);
  assert.deepEqual([1, 2, 3, 6, 7, 32_767].map(pauseAfterMs), [1_000, 2_000, 4_000, 32_000, 60_000, 60_000]);
});
