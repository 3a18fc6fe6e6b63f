// Free loopback ports and small loopback questions. Serves those who start what is measured.

import { createServer } from 'node:net';

/** Ports that are free now: all are held open until all are known, so no two are the same. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve, reject) => {
          server.once('error', reject);
          server.listen(0, '127.0.0.1', () => {
            const address = server.address();
            if (typeof address === 'object' && address !== null) resolve(address.port);
          });
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
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
