// A carrier that takes messages and never answers unbind: the platform stops in time, with status 0, and with its database.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { chappeJson, serve, temporaryFolder } from '../support/black-box.ts';

const responses: Readonly<Record<number, string>> = {
  1: '0000001180000001', // bind_receiver
  2: '0000001180000002', // bind_transmitter
  9: '0000001180000009', // bind_transceiver
  4: '0000001180000004', // submit_sm
};

/** Answers binds and submit_sm; ignores unbind and enquire_link. */
function answer(socket: Socket): void {
  let rest = Buffer.alloc(0);
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 16 && rest.length >= rest.readUInt32BE(0)) {
      const head = responses[rest.readUInt32BE(4)];
      const sequence = rest.subarray(12, 16);
      if (head !== undefined)
        socket.write(Buffer.concat([Buffer.from(head, 'hex'), Buffer.alloc(4), sequence, Buffer.alloc(1)]));
      rest = rest.subarray(rest.readUInt32BE(0));
    }
  });
}

test('a stop does not wait for a carrier that ignores unbind, and stops the embedded PostgreSQL', async (t) => {
  const bound = Promise.withResolvers<void>();
  const carrier = createServer((socket) => {
    answer(socket);
    socket.once('data', () => bound.resolve());
  });
  const folder = temporaryFolder();
  t.after(() => {
    carrier.close();
    folder.remove();
  });
  await new Promise<void>((resolve) => carrier.listen(0, '127.0.0.1', resolve));
  const here = { dataDir: `${folder.path}/data` };
  const serving = await serve(here);
  const { port } = carrier.address() as AddressInfo;
  const link = [
    '--host',
    '127.0.0.1',
    '--port',
    String(port),
    '--system-id',
    'us',
    '--bind-mode',
    'separate',
    '--binds',
    '2',
  ];
  await chappeJson(['carrier', 'add', 'smpp', 'silent', ...link], here);
  await bound.promise;
  const startedAtMs = performance.now();
  assert.equal(await serving.end('SIGTERM'), 0);
  const tookMs = performance.now() - startedAtMs;
  assert.ok(tookMs < 8_000, `the stop took ${Math.round(tookMs)} ms`);
  assert.equal(existsSync(`${here.dataDir}/postgres/postmaster.pid`), false);
});
