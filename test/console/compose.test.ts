// Compose in a real Chromium: recipients that are typed, a file of a French shop with bad rows, and a price that changes while the
// page is open. Needs console/dist, which is built first if it is not there.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { notify } from '../../src/store/database/notices.ts';
import { replaceRates } from '../../src/store/money/rates.ts';
import { closeBrowser, openPage } from '../support/browser.ts';
import { signInOperator } from '../support/console.ts';
import { openPlatform, type TestPlatform } from '../support/platform.ts';

before(async () => {
  const built = spawnSync(process.execPath, ['bin/build-console.mjs'], { encoding: 'utf8' });
  assert.doesNotMatch(built.stderr, /was not built/);
  // Launched before the platforms, which look for sockets that a test leaves open.
  const { context } = await openPage('about:blank');
  await context.close();
});

after(closeBrowser);

/** Compose of a new account, opened by an operator. `faults` stays empty: no request elsewhere, no violated policy. */
async function openCompose(platform: TestPlatform) {
  const { serviceName: account } = await platform.anAccount();
  const { cookie } = await signInOperator(platform);
  const { page, context, faults } = await openPage(platform.url);
  const [name, value] = cookie.split('=') as [string, string];
  await context.addCookies([{ name, value, url: platform.url }]);
  await page.goto(`${platform.url}/console/a/${account}/compose`);
  await page.getByRole('heading', { level: 1, name: 'Compose' }).waitFor();
  await page
    .getByRole('combobox', { name: 'Sender' })
    .or(page.getByRole('textbox', { name: 'Sender' }))
    .fill('Chappe');
  return { page, faults, account, [Symbol.asyncDispose]: () => context.close() };
}

const openSection = (page: Page, name: RegExp) => page.getByRole('button', { name, expanded: false }).click();

const send = (page: Page) => page.getByRole('button', { name: /^Send \d/ });

test('typed recipients are checked, sent and delivered, and a reload finds the draft again', async () => {
  await using platform = await openPlatform();
  await using opened = await openCompose(platform);
  const { page, faults, account } = opened;
  await page.getByText('Leaves at any hour').click();
  await openSection(page, /^To /);
  await page
    .getByRole('textbox', { name: 'Numbers' })
    .fill('0601010100\n06 01 01 02 00, +33601010100\nnobody');
  await page.getByRole('button', { name: '2 Will be sent' }).waitFor();
  await page.getByRole('button', { name: '1 Duplicates' }).waitFor();
  await page.getByLabel('Go on without 1 refused row').check();
  await openSection(page, /^Text /);
  const text = page.getByRole('textbox', { name: 'Text', exact: true });
  await text.fill('Your parcel is there: cœur');
  await page.getByText('is not in the GSM alphabet').waitFor();
  await page.getByRole('button', { name: 'Use GSM letters' }).click();
  assert.equal(await text.inputValue(), 'Your parcel is there: coeur');
  await page.getByText('Draft saved').waitFor();
  assert.match(page.url(), /\/compose\/[0-9a-f-]{36}$/);
  await page.reload();
  await page.getByRole('button', { name: 'Send 2 messages · 0.10 €' }).click();
  await page.waitForURL(new RegExp(`/console/a/${account}/campaigns/\\d+$`));
  await platform.quiet();
  assert.equal(await platform.statusOf('33601010100'), 'delivered');
  assert.equal(await platform.count('messages'), 2);
  assert.deepEqual(faults, []);
});

const shop = [
  'Clients de novembre',
  'Pr\xe9nom;T\xe9l\xe9phone;Ville',
  ...Array.from({ length: 30 }, (_, at) => `Andr\xe9;06010102${String(at + 10)};Nice`),
  'Zo\xeb;0142000000;Brest',
  'Luc;bient\xf4t;Nice',
].join('\r\n');

test('a file in Windows-1252 with French headers is mapped by guess, its bad rows have their numbers', async () => {
  await using platform = await openPlatform();
  await using opened = await openCompose(platform);
  const { page, faults } = opened;
  await page.getByText('Leaves at any hour').click();
  await openSection(page, /^To /);
  await page.getByRole('tab', { name: 'File' }).click();
  await page.setInputFiles('input[type=file]', {
    name: 'clients.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(shop, 'latin1'),
  });
  await page.getByText('32 rows · Windows-1252').waitFor();
  assert.equal(
    await page.getByLabel('Use of the column T\xe9l\xe9phone').first().inputValue(),
    'Phone number',
  );
  await page.getByRole('button', { name: '2 Refused' }).waitFor();
  const rows = page.getByRole('table', { name: 'Refused' }).locator('tbody tr');
  assert.match((await rows.nth(0).textContent())!, /^33.*0142000000.*cannot receive SMS/);
  assert.match((await rows.nth(1).textContent())!, /^34.*bient\xf4t.*Not a telephone number/);
  const downloading = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download these rows' }).click();
  const file = await (await downloading).createReadStream();
  const csv = Buffer.concat(await file.toArray()).toString('utf8');
  assert.match(csv, /Zo\xeb,0142000000,Brest,33,/);
  await page.getByLabel('Go on without 2 refused rows').check();
  await openSection(page, /^Text /);
  await page.getByRole('button', { name: '{first_name}' }).click();
  await page.keyboard.type(', votre commande est l\xe0.');
  await page.getByText('Andr\xe9, votre commande est l\xe0.').waitFor();
  await openSection(page, /^Check and send/);
  await page.getByRole('button', { name: 'Send 30 messages · 1.50 €' }).click();
  await page.waitForURL(/\/campaigns\/\d+$/);
  await platform.quiet();
  assert.equal(await platform.count('messages'), 30);
  assert.deepEqual(faults, []);
});

test('a price that changes while the page is open sends nothing, shows the difference, and sends once', async () => {
  await using platform = await openPlatform();
  await using opened = await openCompose(platform);
  const { page, faults } = opened;
  await page.getByText('Leaves at any hour').click();
  await openSection(page, /^To /);
  await page.getByRole('textbox', { name: 'Numbers' }).fill('0601010100\n0601010200');
  await openSection(page, /^Text /);
  await page.getByRole('textbox', { name: 'Text', exact: true }).fill('Hello');
  await openSection(page, /^Check and send/);
  await page.getByRole('button', { name: 'Send 2 messages · 0.10 €' }).waitFor();
  await replaceRates(platform.query, [{ country: 'FR', tier: 'premium', priceMicros: 65_000n }]);
  await notify(platform.query, 'rates');
  await page.waitForTimeout(500);
  await send(page).click();
  await page.getByText('Nothing was sent: these values moved').waitFor();
  const price = page.getByRole('row', { name: /Price of a segment, France/ });
  assert.match((await price.textContent())!, /0\.05.*0\.065/);
  assert.equal(await platform.count('messages'), 0);
  await page.getByRole('button', { name: 'Send 2 messages · 0.13 €' }).dblclick();
  await page.waitForURL(/\/campaigns\/\d+$/);
  await platform.quiet();
  assert.equal(await platform.count('campaigns'), 1);
  assert.deepEqual(faults, []);
});
