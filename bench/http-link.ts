// Throughput and cost of a link to an HTTP carrier alone: a connector that always has messages, and a carrier that answers after
// 40 ms. `node bin/node.mjs bench/http-link.ts [CONNECTIONS] [BATCH]`; docs/performance.md has its figures. The carrier is a
// process of its own and is not counted. Without a database: the hand-over and the recording of outcomes are not measured.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { httpKind } from '../src/connectors/http/kind.ts';
import type { OutboundMessage, Outcome } from '../src/domain/delivery/connector.ts';
import { parseOptions } from '../src/domain/delivery/connector-kind.ts';
import { silentLog } from '../src/lib/observability/log.ts';
import { systemClock } from '../src/lib/time/clock.ts';
import { waitFor } from './ports.ts';

const answerAfterMs = 40;
const warmUp = 5_000;
const counted = 20_000;

/** The carrier: in the process that this file forks. It answers a batch with one result for each message. */
async function serveParent(): Promise<void> {
  let last = 0;
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (piece: Buffer) => {
      body += piece;
    });
    request.on('end', () => {
      const ids = (JSON.parse(body) as { messages: unknown[] }).messages.map(() => ({ id: String(++last) }));
      setTimeout(() => response.end(JSON.stringify({ results: ids })), answerAfterMs);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  process.send!((server.address() as AddressInfo).port);
}

function messageOf(id: number): OutboundMessage {
  return {
    id,
    msisdn: 33_600_000_000 + id,
    sender: 'Chappe',
    text: `Your code is ${100_000 + id}`,
    encoding: 'gsm7',
    segments: 1,
    expiresAtMs: Number.MAX_SAFE_INTEGER,
    messageClass: null,
  };
}

function open(port: number, connections: string, batch: string, onChange: () => void) {
  const { values, mistakes } = parseOptions(httpKind, {
    url: `http://127.0.0.1:${port}/messages`,
    'body-format': 'json',
    body: '{"messages":[{"to":"{{to}}","from":"{{from}}","text":"{{text}}","ref":"{{id}}"}]}',
    'batch-items': '/messages',
    'batch-results': '/results',
    'message-id': '/id',
    concurrency: connections,
    batch,
    'callback-token': 'token-of-the-benchmark',
  });
  if (mistakes.length > 0) throw new Error(mistakes.join('\n'));
  return httpKind.open(
    { id: 1, name: 'bench', options: values, learnt: {} },
    { onReceipt: () => {}, onReply: () => {}, onChange },
    { clock: systemClock, log: silentLog, random: Math.random, baseUrl: 'https://sms.example' },
  );
}

async function main(connections: string, batch: string): Promise<void> {
  const carrier = fork(import.meta.filename, ['carrier']);
  const [port] = (await once(carrier, 'message')) as [number];
  let sent = 0;
  let until = 0;
  let answered = 0;
  const others: Outcome[] = [];
  const connector = open(port, connections, batch, () => handOver());
  /** As the dispatcher does: as many as it has capacity for. */
  function handOver(): void {
    for (let capacity = connector.capacity(); capacity > 0 && sent < until; capacity--)
      connector.submit(messageOf(sent++), (outcome) => {
        answered++;
        if (outcome.kind !== 'submitted') others.push(outcome);
      });
  }
  const run = async (count: number) => {
    until += count;
    handOver();
    await waitFor('the answers', 120_000, async () => (answered === until ? true : null));
  };
  await run(warmUp);
  const startMs = performance.now();
  const before = process.cpuUsage();
  await run(counted);
  const { user, system } = process.cpuUsage(before);
  const seconds = (performance.now() - startMs) / 1000;
  await connector.stop(0);
  carrier.kill();
  if (others.length > 0) throw new Error(`${others.length} were not taken: ${JSON.stringify(others[0])}`);
  console.log(`${connections} connections, ${batch} in a request, an answer after ${answerAfterMs} ms:`);
  console.log(
    `${(counted / seconds).toFixed(0)} messages/s, ${((user + system) / counted).toFixed(0)} µs of processor time each`,
  );
}

if (process.argv[2] === 'carrier') await serveParent();
else await main(process.argv[2] ?? '100', process.argv[3] ?? '1');
