import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ParkedQueue } from './parked-queue.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

function shelvesOf(limit: number) {
  const used: string[] = [];
  const room = new Map<string, number>();
  const shelves = new ParkedQueue<string>({
    limit,
    hasRoom: (key) => (room.get(key) ?? 0) > 0,
    async use(item) {
      const key = item[0]!;
      room.set(key, room.get(key)! - 1);
      used.push(item);
      await turn();
    },
  });
  return { shelves, used, room };
}

test('each key gets its own back in the order it came, as far as there is room', async () => {
  const { shelves, used, room } = shelvesOf(10);
  for (const item of ['a1', 'b1', 'a2', 'a3']) shelves.put(item[0]!, item);
  shelves.lookAt('a');
  assert.deepEqual(used, []);
  room.set('a', 2);
  shelves.lookAt('a');
  // Looked at again and again, it is emptied once.
  shelves.lookAt('a');
  shelves.lookAtAll();
  for (let i = 0; i < 5; i++) await turn();
  assert.deepEqual(used, ['a1', 'a2']);
  room.set('a', 5).set('b', 5);
  shelves.lookAtAll();
  for (let i = 0; i < 5; i++) await turn();
  assert.deepEqual(used.toSorted(), ['a1', 'a2', 'a3', 'b1']);
});

test('they are full with so much of all keys together, and have room again when something is used', async () => {
  const { shelves, room } = shelvesOf(2);
  shelves.put('a', 'a1');
  assert.equal(shelves.isFull, false);
  shelves.put('b', 'b1');
  assert.equal(shelves.isFull, true);
  room.set('b', 1);
  shelves.lookAt('b');
  await turn();
  assert.equal(shelves.isFull, false);
});

test('what waits for one key can be taken away unused, and the others keep theirs', async () => {
  const { shelves, used, room } = shelvesOf(3);
  for (const item of ['a1', 'a2', 'b1']) shelves.put(item[0]!, item);
  assert.deepEqual(shelves.takeAll('a'), ['a1', 'a2']);
  assert.equal(shelves.isFull, false);
  room.set('a', 9).set('b', 9);
  shelves.lookAtAll();
  await turn();
  assert.deepEqual(used, ['b1']);
});

test('what is left when they stop is answered, after what was under way', async () => {
  const { shelves, used, room } = shelvesOf(10);
  for (const item of ['a1', 'a2', 'a3', 'b1']) shelves.put(item[0]!, item);
  room.set('a', 9);
  shelves.lookAt('a');
  assert.deepEqual(await shelves.stop(), ['a2', 'a3', 'b1']);
  assert.deepEqual(used, ['a1']);
  shelves.lookAtAll();
  await turn();
  assert.deepEqual(used, ['a1']);
});
