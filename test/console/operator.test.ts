// The operator's places of the console in a real Chromium against a real server: a carrier that is tried before it is added, and an
// import of prices with its mistakes, its difference and its restoration.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { silentLog } from '../../src/lib/observability/log.ts';
import { systemClock } from '../../src/lib/time/clock.ts';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';
import { closeBrowser, openPage } from '../support/browser.ts';
import { type Serving, serve } from '../support/serving.ts';
import { registerFolder } from '../support/started.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'chappe-operator-'));
const forgetFolder = registerFolder(dataDir);
let serving: Serving;
let carrier: Simulator;
let page: Page;

before(async () => {
  const built = spawnSync(process.execPath, ['bin/build-console.mjs'], { encoding: 'utf8' });
  assert.doesNotMatch(built.stderr, /was not built/);
  const accounts = [{ systemId: 'us', password: 'right' }];
  carrier = await startSimulator({
    host: '127.0.0.1',
    port: 0,
    clock: systemClock,
    log: silentLog,
    accounts,
  });
  serving = await serve({ CHAPPE_DATA_DIR: dataDir });
  ({ page } = await openPage(serving.url));
  await page.addInitScript(`localStorage.setItem('chappe-language', 'en')`);
  await page.goto(/\S+\/console\/enter#\S+/.exec(serving.stdout())![0]);
  await page.fill('[name=name]', 'Ana Diallo');
  await page.fill('[name=email]', 'ana@example.com');
  await page.fill('[name=password]', 'un long pain de campagne');
  await page.click('button[type=submit]');
  await page.waitForURL(/\/console\/a\//);
});

after(async () => {
  await closeBrowser();
  await serving?.end('SIGTERM');
  await carrier?.stop();
  rmSync(dataDir, { recursive: true, force: true });
  forgetFolder();
});

test('a carrier with a wrong password is refused in words, and is added with the right one', async () => {
  await page.goto(`${serving.url}/console/operator/carriers`);
  await page.getByRole('button', { name: 'Add a carrier' }).first().click();
  await page.getByLabel('Name', { exact: true }).fill('north');
  await page.getByLabel('Host').fill('127.0.0.1');
  await page.getByLabel('Port').fill(String(carrier.port));
  await page.getByLabel('system_id').fill('us');
  const password = page.locator('input[type=password]');
  await password.fill('wrong');
  await page.getByRole('button', { name: 'Try to bind' }).click();
  await page.getByText('The password is wrong.', { exact: false }).waitFor();
  await password.fill('right');
  await page.getByRole('button', { name: 'Try to bind' }).click();
  await page.getByText('The carrier accepted the bind.').waitFor();
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByRole('heading', { name: 'north' }).waitFor();
  await page.getByText('Takes messages').waitFor();
});

const file = (lines: string) => ({
  name: 'prices.csv',
  mimeType: 'text/csv',
  buffer: Buffer.from(`country,tier,price_eur\n${lines}`),
});

test('an import of prices names its wrong rows, then shows its difference, and can be restored', async () => {
  await page.goto(`${serving.url}/console/operator/prices`);
  await page.getByRole('button', { name: 'Import' }).click();
  const input = page.locator('input[type=file]');
  await input.setInputFiles(file('FR,premium,abc\nBE,premium,-1\n'));
  await page.getByText('2 rows are wrong. Nothing was changed.').waitFor();
  await input.setInputFiles(file('FR,premium,0.06\n'));
  await page.getByText('1 price changes').waitFor();
  await page.getByText(/destinations are no longer served/).waitFor();
  await page.getByRole('button', { name: /^Change 1 price, stop/ }).click();
  await page.getByText('1 price of a segment, by country and tier').waitFor();
  await page.getByRole('button', { name: 'Restore' }).first().click();
  await page.getByRole('dialog').getByRole('button', { name: 'Restore' }).click();
  await page.getByText(/^\d{2,}\sprices of a segment/).waitFor();
});
