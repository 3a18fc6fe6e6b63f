// Times pages and searches as a customer's program and the console ask for them, over HTTP. Used by measure.ts in the scenario
// `reads`. The budgets are those of docs/performance.md#reads.

import { createHash } from 'node:crypto';
import { nearestRank } from './quantiles.ts';

/** Access to what one account can read. */
export interface ReadAccess {
  readonly url: string;
  readonly account: string;
  readonly ovh: {
    readonly applicationKey: string;
    readonly applicationSecret: string;
    readonly consumerKey: string;
  };
  /** Of a link that signs an operator in once. */
  readonly token: string;
}

export interface ReadFigures {
  readonly name: string;
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly budgetMs: number;
}

type Ask = () => Promise<unknown>;

interface Read {
  readonly name: string;
  readonly budgetMs: number;
  readonly times: number;
  /** Prepares nothing that is timed; returns the timed request. */
  readonly ask: (round: number) => Promise<Ask> | Ask;
}

const rounds = 40;

interface Page {
  readonly rows: readonly {
    readonly message?: string;
    readonly campaign: string;
    readonly number?: string;
  }[];
  readonly next: string | null;
}

/** Signs in, and times every read. Throws if a read is refused. */
export async function timeReads(access: ReadAccess): Promise<ReadFigures[]> {
  const get = await signIn(access);
  const own = `/console/api/accounts/${access.account}`;
  const page = async (query = ''): Promise<Page> => (await get(`${own}/messages${query}`)) as Page;
  const first = await page();
  const { campaigns } = await largestCampaigns(get, own);
  const [someone] = first.rows;
  const reads: readonly Read[] = [
    { name: 'console: home', budgetMs: 100, times: rounds, ask: () => () => get(`${own}/home`) },
    { name: 'console: messages, first page', budgetMs: 60, times: rounds, ask: () => () => page() },
    {
      name: 'console: messages, next page',
      budgetMs: 60,
      times: rounds,
      ask: () => () => page(`?after=${encodeURIComponent(first.next!)}`),
    },
    {
      name: 'console: messages with filters',
      budgetMs: 250,
      times: rounds,
      ask: () => () => page('?status=delivered&country=FR&text=commande'),
    },
    {
      name: 'console: messages to a number',
      budgetMs: 80,
      times: rounds,
      ask: () => () => page(`?number=${encodeURIComponent(someone!.number!)}`),
    },
    {
      name: 'console: one message',
      budgetMs: 50,
      times: rounds,
      ask: () => () => get(`${own}/messages/${someone!.message}`),
    },
    { name: 'console: campaigns', budgetMs: 100, times: rounds, ask: () => () => get(`${own}/campaigns`) },
    {
      name: 'console: report of a large campaign, first time',
      budgetMs: 250,
      times: campaigns.length,
      ask: (round) => () => get(`${own}/campaigns/${campaigns[round]}/report`),
    },
    {
      name: 'console: report of a large campaign, again',
      budgetMs: 40,
      times: rounds,
      ask: (round) => () => get(`${own}/campaigns/${campaigns[round % campaigns.length]}/report`),
    },
    {
      name: 'OVH: ids of all messages sent',
      budgetMs: 100,
      times: rounds,
      ask: () => () => askOvh(access, `/sms/${access.account}/outgoing`),
    },
  ];
  const figures: ReadFigures[] = [];
  for (const read of reads) figures.push(await time(read));
  return figures;
}

async function time({ name, budgetMs, times, ask }: Read): Promise<ReadFigures> {
  const latencies = new Float64Array(times);
  for (let round = 0; round < times; round++) {
    const request = await ask(round);
    const begunMs = performance.now();
    await request();
    latencies[round] = performance.now() - begunMs;
  }
  latencies.sort();
  return {
    name,
    count: times,
    p50: nearestRank(latencies, 0.5),
    p95: nearestRank(latencies, 0.95),
    budgetMs,
  };
}

type Get = (path: string) => Promise<unknown>;

async function signIn({ url, token }: ReadAccess): Promise<Get> {
  const entered = await fetch(`${url}/console/api/session/enter`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  });
  if (entered.status !== 200) throw new Error(`no session: ${entered.status} ${await entered.text()}`);
  const cookie = entered.headers.get('set-cookie')!.split(';', 1)[0]!;
  return async (path) => readJson(path, await fetch(url + path, { headers: { cookie } }));
}

/** Campaigns of the size that the budget speaks of; the list has campaigns of 500 as well. */
async function largestCampaigns(get: Get, own: string): Promise<{ campaigns: readonly string[] }> {
  interface Campaigns {
    readonly rows: readonly { readonly campaign: string; readonly messages: number }[];
  }
  const { rows } = (await get(`${own}/campaigns?limit=50&text=rapport`)) as Campaigns;
  return { campaigns: rows.map(({ campaign }) => campaign) };
}

async function askOvh({ url, ovh }: ReadAccess, path: string): Promise<unknown> {
  const address = `${url}/1.0${path}`;
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signed = [ovh.applicationSecret, ovh.consumerKey, 'GET', address, '', timestamp].join('+');
  const headers = {
    'x-ovh-application': ovh.applicationKey,
    'x-ovh-consumer': ovh.consumerKey,
    'x-ovh-timestamp': timestamp,
    'x-ovh-signature': `$1$${createHash('sha1').update(signed).digest('hex')}`,
  };
  return readJson(path, await fetch(address, { headers }));
}

async function readJson(path: string, response: Response): Promise<unknown> {
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${path}: ${response.status} ${text.slice(0, 300)}`);
  return JSON.parse(text);
}
