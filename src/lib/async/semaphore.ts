// Lets so many pieces of work run at once; the others wait for their turn, in the order they came. Serves work that is
// long and heavy, of which a few at a time are as fast as all together.
import { Queue } from './queue.ts';

export type Semaphore = <T>(work: () => Promise<T>) => Promise<T>;

export function createSemaphore(atOnce: number): Semaphore {
  const waiting = new Queue<() => void>();
  let running = 0;

  return async (work) => {
    if (running === atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await work();
    } finally {
      // Handed over: whoever waits goes on in the same place.
      const next = waiting.shift();
      if (next === undefined) running--;
      else next();
    }
  };
}
