// Cost of a message without our code: a request received and answered by the web framework, and
// a POST made and answered by the HTTP client, with our body parser and our wrapper and no platform between them. The
// baseline of the figures of docs/performance.md: `node bin/node.mjs bench/baseline.ts`. The other ends are processes of
// their own and are not counted.

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { fastify } from 'fastify';
import { takeBodies } from '../src/dialects/shared/bodies.ts';
import { createHttpClient } from '../src/lib/net/http-client.ts';

const connections = 50;
const warmUp = 5_000;
const counted = 30_000;

const form =
  'user_login=bench%40example.com&api_key=abcdefghijklmnopqrstuvwxyz012345&sms_recipients=%2B33601020304' +
  '&sms_text=Your+code+is+123456&sms_type=FR&sms_sender=Chappe&transactional=1';
const push = 'message_id=sms_110000000001&number=0033601020304&status=DELIVERED&date=2026-11-22+10:00:00';
const answerOf200 = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';

/** Sends `count` requests over kept-alive connections, each the next when it has its answer. */
function load(port: number, count: number): Promise<void> {
  const request = `POST /api/sms HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${form.length}\r\n\r\n${form}`;
  return new Promise((resolve, reject) => {
    let sent = 0;
    let answered = 0;
    for (let i = 0; i < connections; i++) {
      const socket = connect(port, '127.0.0.1');
      const next = () => {
        if (sent++ < count) socket.write(request);
        else socket.end();
      };
      socket.on('connect', next);
      socket.on('error', reject);
      socket.on('data', (data) => {
        if (!data.includes('</octopush>')) return;
        if (++answered === count) resolve();
        next();
      });
    }
  });
}

/** Answers every POST with 200. */
async function receive(): Promise<number> {
  const server = createServer((socket) => {
    let text = '';
    socket.on('error', () => socket.destroy());
    socket.on('data', (data) => {
      text += data.toString('latin1');
      for (let end = text.indexOf(push); end !== -1; end = text.indexOf(push)) {
        text = text.slice(end + push.length);
        socket.write(answerOf200);
      }
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** The other ends: in the process that this file forks. */
async function serveParent(): Promise<void> {
  process.on('message', async ({ port, count }: { port: number; count: number }) => {
    await load(port, count);
    process.send!('loaded');
  });
  process.send!(await receive());
}

async function measure(others: ChildProcess, receiverPort: number, pushes: boolean): Promise<number> {
  const client = createHttpClient({ timeoutMs: 10_000, connectionsPerOrigin: 32 });
  const pushed: Promise<unknown>[] = [];
  const app = fastify();
  app.register(async (scope) => {
    takeBodies(scope, 1_000_000);
    scope.post('/api/sms', (_request, reply) => {
      if (pushes)
        pushed.push(
          client.send({
            method: 'POST',
            url: `http://127.0.0.1:${receiverPort}/callback`,
            headers: { 'content-type': 'application/x-www-form-urlencoded' },
            body: push,
            isGuarded: false,
          }),
        );
      reply.type('text/xml').send(`<octopush>${'x'.repeat(400)}</octopush>`);
    });
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  const run = async (count: number) => {
    others.send({ port, count });
    await once(others, 'message');
    await Promise.all(pushed.splice(0));
  };
  await run(warmUp);
  const before = process.cpuUsage();
  await run(counted);
  const { user, system } = process.cpuUsage(before);
  await app.close();
  await client.close();
  return (user + system) / counted;
}

async function main(): Promise<void> {
  const others = fork(import.meta.filename, ['others']);
  const [receiverPort] = (await once(others, 'message')) as [number];
  const taking = await measure(others, receiverPort, false);
  const both = await measure(others, receiverPort, true);
  others.kill();
  console.log(`a request taken and answered: ${taking.toFixed(0)} µs of processor time`);
  console.log(`and a POST made and answered: ${both.toFixed(0)} µs together`);
}

if (process.argv[2] === 'others') await serveParent();
else await main();
