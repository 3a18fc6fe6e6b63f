// Fills a believable shop and takes a picture of every page of the console, in both themes, two widths and two languages, for
// a person to look at. `--out FOLDER` (outside the repository), `--only NAME,NAME` for some pages, `--all` for both languages.
// Never a test: pictures depend on the fonts of a machine.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { closeBrowser, openPage, type PageOptions } from '../test/support/browser.ts';
import { addressOf, consolePages } from '../test/support/console-pages.ts';
import { type Serving, serve } from '../test/support/serving.ts';

const root = join(import.meta.dirname, '..');

interface Shop {
  readonly serving: Serving;
  readonly account: string;
  readonly state: NonNullable<PageOptions['storageState']>;
  readonly message: number;
}

const texts = [
  'Votre commande 4812 est prête. À tout de suite chez Boulangerie Martin, 12 rue des Lilas.',
  'Rappel : votre rendez-vous est demain à 9 h 30. Répondez OK pour confirmer.',
  'Votre code est 481 502. Il est valable dix minutes.',
  'Bonjour Élise, votre gâteau au cœur fondant vous attend jusqu’à 19 h.',
  'Livraison entre 10 h et 12 h. Le livreur appellera en bas de chez vous.',
];

const names = [
  'Élise Fontaine',
  'Karim Benali',
  'Louise Martin',
  'Hugo Petit',
  'Inès Moreau',
  'Jules Lefèvre',
];
const numberAt = (index: number, ending: string) => `+33601${String(2000 + index * 7).slice(-4)}${ending}`;
/** Most are delivered; each fate that ends at once occurs. */
const endings = ['01', '02', '98', '03', '04', '90', '05', '92', '06', '91', '07', '93', '99', '08'];

function command(dataDir: string, ...args: readonly string[]): string {
  const env = { ...process.env, CHAPPE_DATA_DIR: dataDir };
  const { stdout, stderr, status } = spawnSync(process.execPath, ['bin/chappe.mjs', ...args], {
    cwd: root,
    env,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** Signs the operator in by the one-time link and chooses a password. */
async function enter(serving: Serving): Promise<Shop['state']> {
  const link = /\S+\/console\/enter#\S+/.exec(serving.stdout())![0];
  const { page, context } = await openPage(serving.url);
  await page.goto(link);
  await page.fill('[name=name]', 'Ana Diallo');
  await page.fill('[name=email]', 'ana@example.com');
  await page.fill('[name=password]', 'un long pain de campagne');
  await page.click('button[type=submit]');
  await page.waitForURL(/\/console\/a\//);
  const state = await context.storageState();
  await context.close();
  return state;
}

/** Calls the console's API as the signed-in operator. */
async function consoleApi(serving: Serving, state: Shop['state']) {
  const cookie = state.cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  const session = (await (
    await fetch(`${serving.url}/console/api/session`, { headers: { cookie } })
  ).json()) as { csrf: string };
  return async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(`${serving.url}/console/api${path}`, {
      method,
      headers: {
        cookie,
        'x-chappe-csrf': session.csrf,
        'content-type': 'application/json',
        origin: serving.url,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = (await response.json()) as T;
    if (!response.ok) console.error(`${method} ${path}: ${JSON.stringify(answer)}`);
    return answer;
  };
}

async function sendMessages(serving: Serving, login: string, key: string): Promise<void> {
  const send = (body: object) =>
    fetch(`${serving.url}/v1/public/sms-campaign/send`, {
      method: 'POST',
      headers: { 'api-login': login, 'api-key': key, 'content-type': 'application/json' },
      body: JSON.stringify({ type: 'sms_premium', purpose: 'alert', sender: 'MARTIN', ...body }),
    });
  for (const [i, text] of texts.entries())
    await send({
      recipients: [{ phone_number: numberAt(i, '01') }],
      text,
      sender: undefined,
      with_replies: true,
    });
  for (let i = 0; i < 56; i++)
    await send({
      recipients: [{ phone_number: numberAt(i, endings[i % endings.length]!) }],
      text: texts[i % texts.length]!,
    });
  const many = Array.from({ length: 300 }, (_, i) => ({
    phone_number: numberAt(i + 100, endings[i % endings.length]!),
  }));
  await send({
    recipients: many,
    text: '-20 % sur toutes les viennoiseries samedi matin chez Boulangerie Martin.',
  });
  // Refused: an empty list, and a sender that no carrier takes.
  await send({ recipients: [], text: texts[0] });
  await send({ recipients: many.slice(0, 1), text: texts[0], sender: 'Boulangerie Martin' });
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 19);
  await send({
    recipients: many.slice(0, 40),
    text: 'Fermé lundi pour travaux, merci de votre patience.',
    send_at: `${tomorrow}Z`,
  });
}

async function fill(
  serving: Serving,
  dataDir: string,
  state: Shop['state'],
  failing: string,
): Promise<Omit<Shop, 'serving' | 'state'>> {
  const added = command(
    dataDir,
    'account',
    'create',
    '--email',
    'martin@example.com',
    '--name',
    'Boulangerie Martin',
    '--credit',
    '2500',
    '--json',
  );
  const account =
    (JSON.parse(added) as { serviceName?: string; service?: string }).serviceName ??
    /sms-[\w-]+/.exec(added)![0];
  const api = await consoleApi(serving, state);
  const base = `/accounts/${account}`;
  const { values } = await api<{ values: { name: string; value: string }[] }>('POST', `${base}/keys`, {
    dialect: 'octopush',
  });
  const keyValue = (name: string) => values.find((one) => one.name === name)!.value;
  for (const dialect of ['ovh', 'http2sms', 'smpp']) await api('POST', `${base}/keys`, { dialect });
  await api('PATCH', `${base}/callbacks`, { receiptUrl: failing, replyUrl: failing });
  await api('POST', `${base}/senders`, { sender: 'MARTIN', reason: 'Nom de la boulangerie' });
  await api('POST', `${base}/senders`, { sender: 'Fournil', reason: 'Seconde boutique' });
  await api('POST', `${base}/templates`, {
    name: 'commande-prete',
    activity: 'transactional',
    message: 'Votre commande #VALUE# est prête.',
  });
  await api('POST', `${base}/contacts`, {
    contacts: names.map((name, i) => ({
      number: numberAt(i, endings[i]!),
      firstName: name.split(' ')[0],
      lastName: name.split(' ')[1],
    })),
    lists: ['Clients fidèles'],
    tags: ['samedi'],
  });
  await api('POST', `${base}/contact-groups`, { kind: 'list', name: 'Traiteur' });
  await api('POST', `${base}/invitations`, { email: 'louise@example.com', role: 'editor' });
  await api('POST', `${base}/credit/orders`, { quantity: 1000 });
  await sendMessages(serving, keyValue('user_login'), keyValue('api_key'));
  await sleep(4000);
  const { rows } = await api<{ rows: { message: number; status: string; text: string }[] }>(
    'GET',
    `${base}/messages?limit=100`,
  );
  // A name cannot be answered: only texts from the pool of numbers get replies.
  const { rows: answerable } = await api<{ rows: { message: number; text: string }[] }>(
    'GET',
    `${base}/messages?limit=10&country=FR&number=${numberAt(0, '01').slice(1)}`,
  );
  for (const row of answerable)
    await api('POST', '/phone/reply', {
      account,
      message: row.message,
      text: row.text.includes('code') ? 'Merci' : 'OK, à demain',
    });
  await sleep(2000);
  const interesting =
    rows.find(({ status, text }) => status === 'undelivered' && text.includes('œ')) ??
    rows.find(({ status }) => status === 'undelivered') ??
    rows[0]!;
  return { account, message: interesting.message };
}

interface View {
  readonly suffix: string;
  readonly options: PageOptions;
}

const views = (isAll: boolean): readonly View[] => [
  { suffix: 'light', options: {} },
  { suffix: 'phone-dark-fr', options: { width: 390, height: 844, colorScheme: 'dark', language: 'fr' } },
  ...(isAll
    ? ([
        { suffix: 'dark-fr', options: { colorScheme: 'dark', language: 'fr' } },
        { suffix: 'phone-light', options: { width: 390, height: 844 } },
      ] as const)
    : []),
];

async function shoot(
  { serving, account, state, message }: Shop,
  out: string,
  { only, isAll }: { only: string | undefined; isAll: boolean },
): Promise<void> {
  for (const { suffix, options } of views(isAll)) {
    const { page, context, faults } = await openPage(serving.url, { ...options, storageState: state });
    const language = options.language ?? 'en';
    await page.addInitScript(
      `localStorage.setItem('chappe-language', '${language}'); localStorage.setItem('chappe-account', '${account}');`,
    );
    for (const name of Object.keys(consolePages)) {
      if (only !== undefined && !only.split(',').includes(name)) continue;
      await page.goto(serving.url + addressOf(name, { account, message }));
      await page.locator('h1').first().waitFor();
      await page.waitForTimeout(1200);
      await page.screenshot({ path: join(out, `${name}-${suffix}.png`), fullPage: true });
    }
    for (const fault of new Set(faults)) console.error(`${suffix}: ${fault}`);
    await context.close();
  }
}

const { values } = parseArgs({
  options: { out: { type: 'string' }, only: { type: 'string' }, all: { type: 'boolean' } },
});
const out = values.out ?? join(tmpdir(), 'chappe-console-shots');
mkdirSync(out, { recursive: true });
const dataDir = mkdtempSync(join(tmpdir(), 'chappe-shots-'));
// Answers 503 to every callback: the delivery log has something to show.
const endpoint = createServer((_, response) => response.writeHead(503).end()).listen(0, '127.0.0.1');
const serving = await serve({ CHAPPE_DATA_DIR: dataDir, CHAPPE_ALLOW_PRIVATE_CALLBACKS: 'true' });
try {
  const state = await enter(serving);
  const { port } = endpoint.address() as { port: number };
  const shop = await fill(serving, dataDir, state, `http://127.0.0.1:${port}/receipts`);
  await shoot({ serving, state, ...shop }, out, { only: values.only, isAll: values.all === true });
  console.log(out);
} finally {
  await closeBrowser();
  await serving.end('SIGTERM');
  endpoint.close();
  rmSync(dataDir, { recursive: true, force: true });
}
