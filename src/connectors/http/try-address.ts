// Connects once to the address of an HTTP carrier and closes. Used by kind.ts for `chappe carrier test` and the console. Sends no
// request: a carrier's API has none that checks a key and sends no message.
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { LinkTest } from '#domain/delivery/connector-kind.ts';

const maxWaitMs = 10_000;

export function tryAddress(target: string | null, clock: { now(): number }): Promise<LinkTest> {
  const beginMs = clock.now();
  const url = target === null ? null : URL.parse(target);
  return new Promise((resolve) => {
    if (url === null)
      return resolve({ result: 'misconfigured', reason: 'the address is missing', durationMs: 0 });
    const isTls = url.protocol === 'https:';
    const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
    const port = Number(url.port || (isTls ? 443 : 80));
    const socket = isTls ? connectTls({ host, port, servername: host }) : connect({ host, port });
    const finish = (result: LinkTest['result'], reason: string | null) => {
      resolve({ result, reason, durationMs: clock.now() - beginMs });
      socket.destroy();
    };
    socket.setTimeout(maxWaitMs, () => finish('unreachable', 'no connection in time'));
    socket.once('error', (error) => finish('unreachable', error.message));
    socket.once(isTls ? 'secureConnect' : 'connect', () => finish('reachable', null));
  });
}
