import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeliveryQueue, type DeliveryReceiver } from './delivery-queue.ts';

class Receiver implements DeliveryReceiver<number> {
  room: number;
  readonly received: number[] = [];

  constructor(room: number) {
    this.room = room;
  }

  deliver(item: number): void {
    this.room--;
    this.received.push(item);
  }
}

function queueOf(...items: number[]): DeliveryQueue<number> {
  const queue = new DeliveryQueue<number>();
  for (const item of items) queue.add(item);
  return queue;
}

test('a queue fills the windows of its receivers and keeps the other messages', () => {
  const queue = queueOf(1, 2, 3, 4, 5);
  queue.pump(0);
  assert.equal(queue.waiting, 5);
  const [left, right] = [new Receiver(1), new Receiver(2)];
  queue.attach(left);
  queue.attach(right);
  queue.pump(0);
  assert.deepEqual([left.received.length, right.received.length, queue.waiting], [1, 2, 2]);
});

test('a delivery without a response is sent first, over the remaining bind', () => {
  const queue = queueOf(1, 2);
  const [lost, remaining] = [new Receiver(1), new Receiver(0)];
  queue.attach(lost);
  queue.attach(remaining);
  queue.pump(0);
  queue.detach(lost);
  queue.repeat(1);
  remaining.room = 2;
  queue.pump(0);
  assert.deepEqual(remaining.received, [1, 2]);
});

test('a postponed delivery is sent at its time, and counts as waiting before it', () => {
  const queue = queueOf();
  const receiver = new Receiver(9);
  queue.attach(receiver);
  queue.postpone(1, 500);
  queue.pump(499);
  assert.deepEqual([receiver.received, queue.waiting], [[], 1]);
  queue.pump(500);
  assert.deepEqual([receiver.received, queue.waiting], [[1], 0]);
});

test('a held queue sends nothing', () => {
  const queue = queueOf(1);
  const receiver = new Receiver(9);
  queue.attach(receiver);
  queue.isHeld = true;
  queue.pump(0);
  assert.deepEqual(receiver.received, []);
  queue.isHeld = false;
  queue.pump(0);
  assert.deepEqual(receiver.received, [1]);
});

test('a queue sends a hundred thousand deliveries in their order', () => {
  const items = Array.from({ length: 100_000 }, (_, index) => index);
  const queue = queueOf(...items);
  const receiver = new Receiver(0);
  queue.attach(receiver);
  while (queue.waiting > 0) {
    receiver.room = 700;
    queue.pump(0);
  }
  assert.deepEqual(receiver.received, items);
});
