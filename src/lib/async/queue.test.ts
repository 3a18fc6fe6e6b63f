import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Queue } from './queue.ts';

test('a queue returns the same items as an array after every sequence of pushes and shifts', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.nat(2000), fc.constant('shift' as const)), { maxLength: 200 }),
      (steps) => {
        const queue = new Queue<number>();
        const array: number[] = [];
        let next = 0;
        for (const step of steps) {
          if (step === 'shift') for (let i = 0; i < 300; i++) assert.equal(queue.shift(), array.shift());
          else
            for (let i = 0; i < step; i++) {
              queue.push(next);
              array.push(next++);
            }
          assert.equal(queue.length, array.length);
        }
      },
    ),
    { numRuns: 30 },
  );
});
