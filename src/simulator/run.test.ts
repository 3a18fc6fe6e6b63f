// The simulated carrier as a separate process, driven by its command line and by lines of JSON.
import assert from 'node:assert/strict';
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';

interface ForeignSession {
  readonly socket: ReturnType<typeof connect>;
  bind_transceiver(fields: object, answered: () => void): void;
  submit_sm(fields: object, answered: (pdu: Record<string, unknown>) => void): void;
  send(pdu: object): void;
  on(event: string, listener: (pdu: { response(): object }) => void): void;
}

const foreign = createRequire(import.meta.url)('smpp') as { connect(options: object): ForeignSession };

async function run(t: TestContext, ...flags: string[]) {
  const script = fileURLToPath(new URL('./run.ts', import.meta.url));
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(
    process.execPath,
    [script, '--port', '0', '--control', ...flags],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  t.after(() => child.kill());
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => JSON.parse((await lines.next()).value as string) as Record<string, unknown>;
  const order = (value: object) => child.stdin.write(`${JSON.stringify(value)}\n`);
  return { child, next, order, port: (await next())['port'] as number };
}

test('it prints its port, logs accepted messages, holds receipts until the release, and stops', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'simulator-'));
  t.after(() => rm(folder, { recursive: true }));
  const [fates, log] = [join(folder, 'fates.json'), join(folder, 'log')];
  await writeFile(fates, JSON.stringify({ '33612345600': 'reply-stop' }));
  const { child, next, order, port } = await run(t, '--fates', fates, '--log', log, '--hold');

  const session = foreign.connect({ host: '127.0.0.1', port });
  session.on('error', () => {});
  await once(session.socket, 'connect');
  await new Promise<void>((resolve) => session.bind_transceiver({ system_id: 'foreign' }, resolve));
  const answer = await new Promise<Record<string, unknown>>((resolve) =>
    session.submit_sm(
      {
        destination_addr: '33612345600',
        registered_delivery: 1,
        short_message: 'Hello',
        user_message_reference: 77,
      },
      resolve,
    ),
  );
  order({ counters: true });
  assert.deepEqual((await next())['counters'], {
    submitted: 1,
    refused: 0,
    acknowledged: 0,
    redelivered: 0,
    lost: 0,
    waiting: 2,
  });

  let told = 0;
  const both = new Promise<void>((resolve) => {
    session.on('deliver_sm', (pdu) => {
      session.send(pdu.response());
      if (++told === 2) resolve();
    });
  });
  order({ behaviour: { holdReceipts: false } });
  await both;
  order({ inbox: true });
  assert.equal(((await next())['inbox'] as { text: string }[])[0]!.text, 'Hello');

  order({ stop: true });
  await once(child, 'exit');
  assert.equal(child.exitCode, 0);
  assert.match(
    await readFile(log, 'utf8'),
    new RegExp(`^${answer['message_id']} 33612345600 [0-9a-f]{8} 77\n$`),
  );
});

test('it stops on a signal', async (t) => {
  const { child } = await run(t);
  child.kill('SIGTERM');
  await once(child, 'exit');
  assert.equal(child.exitCode, 0);
});
