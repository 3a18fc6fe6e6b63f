// A loopback port for something that listens soon. For tests and the bench.
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * From 11000 to 31999: no outgoing connection takes those (Linux gives them 32768 to 60999), so that between the look and
 * the listening only another draw of the same number could come in between; and all lie above 10080, the last of the
 * ports that `fetch` refuses to speak to (Fetch standard, "bad port").
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 50; tries++) {
    const port = randomInt(11_000, 32_000);
    if (await isFree(port)) return port;
  }
  throw new Error('no free port between 11000 and 31999');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
