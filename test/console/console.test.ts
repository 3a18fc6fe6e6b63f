// The console in a real Chromium against a real server: first sign-in, a live message, its page, a key whose snippet runs, and a
// sweep of every page in both themes and languages for accessibility, policy and untranslated words.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { en as enFirst } from '../../console/src/words/en.ts';
import { enRest } from '../../console/src/words/en-rest.ts';
import { fr as frFirst } from '../../console/src/words/fr.ts';
import { frRest } from '../../console/src/words/fr-rest.ts';
import { closeBrowser, openPage, type PageOptions } from '../support/browser.ts';
import { addressOf, consolePages } from '../support/console-pages.ts';
import { type Serving, serve } from '../support/serving.ts';
import { sized } from '../support/size.ts';
import { registerFolder } from '../support/started.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'chappe-console-'));
const forgetFolder = registerFolder(dataDir);
let serving: Serving;
let state: NonNullable<PageOptions['storageState']>;
let account = '';
let link = '';

before(async () => {
  // The launcher builds beside a server; here the pages must be there before the first request.
  const built = spawnSync(process.execPath, ['bin/build-console.mjs'], { encoding: 'utf8' });
  assert.doesNotMatch(built.stderr, /was not built/);
  serving = await serve({ CHAPPE_DATA_DIR: dataDir });
  link = /\S+\/console\/enter#\S+/.exec(serving.stdout())![0];
});

after(async () => {
  await closeBrowser();
  await serving?.end('SIGTERM');
  rmSync(dataDir, { recursive: true, force: true });
  forgetFolder();
});

/** The demo account's key of the banner. */
async function send(to: string, text: string): Promise<void> {
  const [, login, key] = /demo login (\S+), API key (\S+)/.exec(serving.stdout())!;
  const response = await fetch(`${serving.url}/v1/public/sms-campaign/send`, {
    method: 'POST',
    headers: { 'api-login': login!, 'api-key': key!, 'content-type': 'application/json' },
    body: JSON.stringify({
      recipients: [{ phone_number: to }],
      text,
      type: 'sms_premium',
      purpose: 'alert',
      sender: 'Chappe',
    }),
  });
  assert.equal(response.status, 201, await response.text());
}

async function signedIn(options: PageOptions = {}) {
  const opened = await openPage(serving.url, { ...options, storageState: state });
  await opened.page.addInitScript(`localStorage.setItem('chappe-language', '${options.language ?? 'en'}')`);
  return opened;
}

test('the printed link signs the operator in once, and asks for e-mail and password', async () => {
  const { page, context, faults } = await openPage(serving.url);
  await page.goto(link);
  await page.fill('[name=name]', 'Ana Diallo');
  await page.fill('[name=email]', 'ana@example.com');
  await page.fill('[name=password]', 'un long pain de campagne');
  await page.click('button[type=submit]');
  await page.waitForURL(/\/console\/a\/[\w-]+$/);
  account = page.url().split('/').at(-1)!;
  await page.getByText('Three steps').waitFor();
  assert.equal(new URL(page.url()).hash, '');
  state = await context.storageState();
  await page.goto(link.replace('#', '?again#'));
  await page
    .getByText(/This link was used/)
    .first()
    .waitFor();
  assert.deepEqual(faults, []);
  await context.close();
});

test('a message appears on the simulated phone without a reload, and its steps on its page', async () => {
  const { page, context, faults } = await signedIn();
  await page.goto(`${serving.url}/console/phone?latest`);
  await page.getByText('No text has arrived yet.').waitFor();
  await send('+33601020390', 'Seen live');
  await page.locator('[aria-live=polite]').getByText('Seen live').waitFor();
  await page.goto(`${serving.url}/console/a/${account}/messages`);
  await page.getByRole('link', { name: /\+33 (6 01 02 03|…) 90/ }).click();
  const titles = page.locator('ol[aria-label="Steps of the message"] li');
  await titles.filter({ hasText: 'Undelivered' }).first().waitFor();
  const steps = (await titles.allInnerTexts()).map((text) => text.split('\n')[0]);
  assert.equal(steps[0], 'Accepted');
  assert.ok(steps.indexOf('Submitted to the carrier') > 0, steps.join(', '));
  await page.getByText('What to do').waitFor();
  assert.deepEqual(faults, []);
  await context.close();
});

/** From an empty cache to Home, compressed. */
const mostFirstBytes = 240_000;

test('the scripts of the first load have at most 240 kB', async () => {
  const { page, context, faults } = await signedIn();
  const lengths: Promise<number>[] = [];
  page.on('response', (response) => {
    if (!new URL(response.url()).pathname.endsWith('.js')) return;
    lengths.push(
      response.allHeaders().then((headers) => Number(headers['content-length'] ?? Number.POSITIVE_INFINITY)),
    );
  });
  await page.goto(`${serving.url}/console/a/${account}`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.waitForLoadState('networkidle');
  const bytes = (await Promise.all(lengths)).reduce((sum, length) => sum + length, 0);
  assert.ok(bytes > 100_000 && bytes <= mostFirstBytes, `${bytes} bytes`);
  assert.deepEqual(faults, []);
  await context.close();
});

test('the snippet of a new key runs in a shell as it is shown', async () => {
  const { page, context, faults } = await signedIn();
  await page.goto(`${serving.url}/console/a/${account}/developers/keys?new=1`);
  await page.getByRole('button', { name: 'Make the key' }).click();
  await page.getByRole('button', { name: 'Done' }).click();
  await page.getByText('Filled with the key that you just made').waitFor();
  const snippet = await page.locator('pre code').first().innerText();
  const ran = spawnSync('sh', ['-c', snippet], { encoding: 'utf8' });
  assert.match(ran.stdout, /"sms_ticket"/, ran.stderr);
  await page.goto(`${serving.url}/console/a/${account}/messages`);
  await page.getByText('Hello from Chappe').first().waitFor();
  assert.deepEqual(faults, []);
  await context.close();
});

const axe = createRequire(import.meta.url).resolve('axe-core');

/** Serious and critical findings, one line each. */
async function findFaults(page: Page): Promise<string[]> {
  const { source } = (await import(axe)).default as { source: string };
  // By the debugging protocol, which the policy of the page does not restrict.
  await page.evaluate(source);
  const { violations } = await page.evaluate<AxeResults>(
    "axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })",
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, nodes }) =>
        `${id}: ${nodes.map(({ target, any }) => `${target} ${any[0]?.message ?? ''}`).join(' | ')}`,
    );
}

function leaves(words: unknown): string[] {
  if (typeof words === 'string') return [words];
  return words !== null && typeof words === 'object' ? Object.values(words).flatMap(leaves) : [];
}

const en = { ...enFirst, ...enRest };
const french = new Set(leaves({ ...frFirst, ...frRest }));
/** Words of the English interface that the French one never shows; the text of the snippet is sent in English above. */
const english = new Set(leaves(en).filter((text) => text.length > 2 && !french.has(text)));
english.delete(en.developers.snippetText);

/** Everyday, each page in one of two settings, by turns; in the long form every page in both: a page takes 4 s. */
const isVisited = (page: number, setting: number) => sized(0, 1) === 1 || page % 2 === setting;

for (const [setting, [colorScheme, language]] of (
  [
    ['light', 'en'],
    ['dark', 'fr'],
  ] as const
).entries())
  test(`every page is accessible and within its policy, in ${colorScheme} and ${language}`, async () => {
    const { page, context, faults } = await signedIn({ colorScheme, language });
    const found: string[] = [];
    for (const [index, name] of Object.keys(consolePages).entries()) {
      if (!isVisited(index, setting)) continue;
      await page.goto(serving.url + addressOf(name, { account, message: 1 }));
      await page.locator('h1').first().waitFor();
      await page.locator('[data-loading]').first().waitFor({ state: 'detached' });
      found.push(...(await findFaults(page)).map((fault) => `${name}: ${fault}`));
      const lines = (await page.locator('body').innerText()).split('\n').map((line) => line.trim());
      if (language === 'fr')
        found.push(...lines.filter((line) => english.has(line)).map((line) => `${name}: English: ${line}`));
    }
    assert.deepEqual([...found, ...faults], []);
    await context.close();
  });
