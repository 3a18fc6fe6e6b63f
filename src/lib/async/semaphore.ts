// Limits the pieces of work that run at the same time; further ones wait in the order of their calls.
// Used for work that is long and heavy, of which a few at a time are as fast as all together.
import { Queue } from './queue.ts';

export type Semaphore = <T>(work: () => Promise<T>) => Promise<T>;

export function createSemaphore(concurrency: number): Semaphore {
  const waiting = new Queue<() => void>();
  let running = 0;

  return async (work) => {
    if (running === concurrency) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await work();
    } finally {
      // The permit passes to the next caller, so `running` does not change.
      const next = waiting.shift();
      if (next === undefined) running--;
      else next();
    }
  };
}
