import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeldBytes } from './held-bytes.ts';

function open(bounds = { mostBytes: 100, mostBytesPerAddress: 60 }) {
  const given: string[] = [];
  let nowMs = 0;
  const held = new HeldBytes({ ...bounds, graceMs: 1000, leastRate: 10, now: () => nowMs });
  return {
    held,
    given,
    body: (name: string, address = name) => held.open(address, (reason) => given.push(`${name} ${reason}`)),
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

test('the oldest unfinished body is given up for a new one, and its bytes count no longer', () => {
  const { held, given, body, pass } = open();
  assert.ok(body('a').add(50));
  pass(1);
  assert.ok(body('b').add(40));
  pass(1);
  assert.ok(body('c').add(20));
  assert.deepEqual(given, ['a crowded']);
  assert.equal(held.bytes, 60);
});

test('a finished body is not given up and counts until it is closed', () => {
  const { held, given, body, pass } = open();
  const first = body('a');
  first.add(50);
  first.finish();
  const second = body('b');
  second.add(50);
  second.finish();
  pass(1);
  const third = body('c');
  assert.equal(third.add(1), false);
  assert.deepEqual(given, []);
  assert.equal(held.bytes, 100);
  first.close();
  first.close();
  assert.equal(held.bytes, 50);
  assert.ok(third.add(1));
});

test('an address beyond its limit loses its own bodies and not those of others', () => {
  const { held, given, body, pass } = open();
  body('other').add(30);
  pass(1);
  body('one', 'x').add(40);
  pass(1);
  assert.ok(body('two', 'x').add(30));
  assert.deepEqual(given, ['one crowded']);
  assert.equal(held.bytes, 60);
  assert.equal(body('three', 'x').add(61), false);
});

test('a body larger than every limit is refused without giving up another', () => {
  const { held, body } = open();
  const large = body('a');
  assert.equal(large.add(101), false);
  assert.equal(held.bytes, 0);
  large.close();
  assert.equal(held.unfinished, 0);
});

test('a body below the minimum rate is given up after its grace, a faster one is not', () => {
  const { held, given, body, pass } = open();
  const silent = body('silent');
  const slow = body('slow');
  slow.add(1);
  const quick = body('quick');
  quick.add(60);
  pass(1000);
  held.sweep();
  assert.deepEqual(given, []);
  quick.add(1);
  pass(200);
  held.sweep();
  assert.deepEqual(given, ['silent slow', 'slow slow']);
  quick.add(1);
  pass(1000);
  held.sweep();
  assert.deepEqual(given, ['silent slow', 'slow slow']);
  quick.add(1);
  pass(1200);
  held.sweep();
  assert.deepEqual(given, ['silent slow', 'slow slow', 'quick slow']);
  assert.equal(held.bytes, 0);
  silent.close();
});

test('a dropped body holds nothing, and the minimum rate still holds for it', () => {
  const { held, given, body, pass } = open();
  const dropped = body('a');
  dropped.add(40);
  dropped.drop();
  assert.equal(held.bytes, 0);
  pass(1100);
  held.sweep();
  assert.deepEqual(given, ['a slow']);
});
