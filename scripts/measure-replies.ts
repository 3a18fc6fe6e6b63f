// Measures the effect of a burst of STOPs on customers: `node bin/node.mjs scripts/measure-replies.ts [--replies N]`. Starts Chappe
// from outside with a simulated carrier, sends N marketing texts, lets all phones reply STOP within a second, and requests
// /readyz, a balance and a send concurrently. Prints one JSON line. docs/performance.md has the figures.
import { parseArgs } from 'node:util';
import { chappeJson, serve, temporaryFolder } from '../test/support/black-box.ts';
import { mobile, sendRest } from '../test/support/clients.ts';
import { ScriptedCarrier } from '../test/support/scripted-carrier.ts';

const { values } = parseArgs({ options: { replies: { type: 'string', default: '5000' } } });
const replies = Number(values.replies);
const perRequest = 500;

const folder = temporaryFolder();
const here = { dataDir: folder.path };
const carrier = new ScriptedCarrier();
await carrier.up();
interface Created {
  readonly octopush: { readonly user_login: string; readonly api_key: string };
}
const created = await chappeJson<Created>(
  ['account', 'create', '--email', 'burst@example.com', '--credit', '10000'],
  here,
);
const keys = { login: created.octopush.user_login, apiKey: created.octopush.api_key };
const link = ['--host', '127.0.0.1', '--port', String(carrier.port), '--system-id', 'a', '--password', 'b'];
await chappeJson(['carrier', 'add', 'smpp', 'burst', ...link], here);
const serving = await serve(here);
try {
  await carrier.whenBound();
  const phones = Array.from({ length: replies }, (_, i) => mobile(i));
  // Named in the text, not marketing: the script runs at night too.
  const text = 'Your table is booked. STOP au 36180';
  for (let i = 0; i < replies; i += perRequest) {
    const answer = await sendRest(serving.url, keys, { to: phones.slice(i, i + perRequest), text });
    if (!answer.isAccepted) throw new Error(answer.body);
  }
  while (carrier.taken < replies) await pause(100);
  await pause(2_000);
  const before = await probe(async () => pause(3_000));
  let lastMs = 0;
  const during = await probe(async () => {
    const startedAtMs = performance.now();
    await burst(phones);
    lastMs = performance.now() - startedAtMs;
    await pause(2_000);
  });
  const stored = await chappeJson<unknown[]>(['reply', 'list', '--limit', '10000'], here);
  console.log(
    JSON.stringify({ replies, stored: stored.length, allAnsweredMs: Math.round(lastMs), before, during }),
  );
} finally {
  await serving.end('SIGTERM');
  await carrier.down();
  folder.remove();
}

/** All within a second. */
async function burst(phones: readonly string[]): Promise<void> {
  const steps = 50;
  const size = Math.ceil(phones.length / steps);
  const answers: Promise<void>[] = [];
  for (let step = 0; step < steps; step++) {
    const some = phones.slice(step * size, (step + 1) * size).map((from) => ({
      source_addr: from,
      destination_addr: '36180',
      short_message: Buffer.from('STOP'),
    }));
    if (some.length > 0) answers.push(carrier.deliverAll(some));
    await pause(1_000 / steps);
  }
  await Promise.all(answers);
}

type Figures = Record<string, { count: number; medianMs: number; maxMs: number }>;

/** Asks every 50 ms (a send every 200 ms) while `work` runs. */
async function probe(work: () => Promise<void>): Promise<Figures> {
  const headers = { 'api-login': keys.login, 'api-key': keys.apiKey };
  const asks = {
    readyz: { everyMs: 50, ask: () => fetch(`${serving.url}/readyz`) },
    balance: {
      everyMs: 50,
      ask: () =>
        fetch(`${serving.url}/v1/public/wallet/check-balance?country_code=FR&product_name=sms_premium`, {
          headers,
        }),
    },
    send: { everyMs: 200, ask: () => sendRest(serving.url, keys, { to: [mobile(900_000)] }) },
  };
  const figures: Figures = {};
  const state = { isOver: false };
  const loops = Object.entries(asks).map(async ([name, { everyMs, ask }]) => {
    const tookMs: number[] = [];
    while (!state.isOver) {
      const startedAtMs = performance.now();
      const answer = await ask();
      if (answer.status > 201) throw new Error(`${name} answered ${answer.status}`);
      tookMs.push(performance.now() - startedAtMs);
      await pause(everyMs);
    }
    tookMs.sort((a, b) => a - b);
    figures[name] = {
      count: tookMs.length,
      medianMs: Math.round(tookMs[tookMs.length >> 1]!),
      maxMs: Math.round(tookMs.at(-1)!),
    };
  });
  await work();
  state.isOver = true;
  await Promise.all(loops);
  return figures;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
