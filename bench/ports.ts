// Free loopback ports and small loopback requests. Used by the starters of the system under test.

import { freePort } from '../test/support/free-port.ts';

/** Ports that are free now, no two the same. */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) ports.add(await freePort());
  return [...ports];
}

/** Polls until there is a result; throws after `forMs` with the awaited state. */
export async function waitFor<T>(what: string, forMs: number, ask: () => Promise<T | null>): Promise<T> {
  const untilMs = Date.now() + forMs;
  while (true) {
    const answer = await ask().catch(() => null);
    if (answer !== null) return answer;
    if (Date.now() > untilMs) throw new Error(`waited ${forMs} ms in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
