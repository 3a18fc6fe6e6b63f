// Free loopback ports and small loopback questions. Serves those who start what is measured.

import { freePort } from '../test/support/free-port.ts';

/** Ports that are free now, no two the same. */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) ports.add(await freePort());
  return [...ports];
}

/** Asks until the answer is there; throws after `forMs` with what was waited for. */
export async function waitFor<T>(what: string, forMs: number, ask: () => Promise<T | null>): Promise<T> {
  const untilMs = Date.now() + forMs;
  while (true) {
    const answer = await ask().catch(() => null);
    if (answer !== null) return answer;
    if (Date.now() > untilMs) throw new Error(`waited ${forMs} ms in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
