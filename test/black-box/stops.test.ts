// A stop signal ends the process and its database, also with a carrier that never answers unbind, and with a lost database.
import assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
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

/** A platform that is bound to the carrier; all is removed after the test, the process first. */
async function openBound(t: TestContext) {
  const bound = Promise.withResolvers<void>();
  const sockets = new Set<Socket>();
  const carrier = createServer((socket) => {
    sockets.add(socket);
    answer(socket);
    socket.once('data', () => bound.resolve());
  });
  await new Promise<void>((resolve) => carrier.listen(0, '127.0.0.1', resolve));
  const folder = temporaryFolder();
  const here = { dataDir: `${folder.path}/data` };
  const serving = await serve(here);
  const close = () => {
    carrier.close();
    for (const socket of sockets) socket.destroy();
  };
  t.after(async () => {
    await serving.end('SIGKILL');
    close();
    folder.remove();
  });
  const { port } = carrier.address() as AddressInfo;
  const address = ['--host', '127.0.0.1', '--port', String(port), '--system-id', 'us'];
  const binds = ['--bind-mode', 'separate', '--binds', '2'];
  await chappeJson(['carrier', 'add', 'smpp', 'silent', ...address, ...binds], here);
  await bound.promise;
  return { serving, dataDir: here.dataDir, closeCarrier: close };
}

test('a stop does not wait for a carrier that ignores unbind, and stops the embedded PostgreSQL', async (t) => {
  const { serving, dataDir } = await openBound(t);
  // A stop that takes longer than its time ends with status 1.
  assert.equal(await serving.end('SIGTERM'), 0);
  assert.equal(existsSync(`${dataDir}/postgres/postmaster.pid`), false);
});

test('a stop ends the process with status 1 if its data folder and its carrier are missing', async (t) => {
  const { serving, dataDir, closeCarrier } = await openBound(t);
  closeCarrier();
  rmSync(dataDir, { recursive: true });
  assert.equal(await serving.end('SIGTERM'), 1);
});
