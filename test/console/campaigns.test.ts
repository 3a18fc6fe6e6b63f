// A campaign of 300 with mixed fates in a real Chromium: its page is live, it is paused, resumed and ends; the figures of its
// report are those of the tables; what waits of another is cancelled to the micro. CHAPPE_SHOTS=folder keeps a picture of each state.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import type { BrowserContext, Page } from 'playwright-core';
import type { Answer } from '../../src/dialects/console/contract.ts';
import { notify } from '../../src/store/database/notices.ts';
import { insertReplyNumber } from '../../src/store/platform/reply-numbers.ts';
import { closeBrowser, openPage, type PageOptions } from '../support/browser.ts';
import { mobile, sendRest } from '../support/clients.ts';
import { ConsoleMember, signInUrl } from '../support/console.ts';
import {
  openPlatform,
  priceMicros,
  type TestAccount,
  type TestPlatform,
  workingHours,
} from '../support/platform.ts';
import { until } from '../support/until.ts';

const size = 300;
const hour = 3_600_000;
const shots = process.env['CHAPPE_SHOTS'];

/** Refused, undelivered, expired, without a receipt, with a reply, with a STOP; the others are delivered. */
const endings = ['91', '90', '92', '93', '98', '99'];
const recipients = Array.from({ length: size }, (_, i) => mobile(i, i % 7 === 3 ? endings[i % 6] : '00'));
const invalid = ['12', '3361'];

before(() => {
  // The launcher builds beside a server; here the pages must be there before the first request.
  const built = spawnSync(process.execPath, ['bin/build-console.mjs'], { encoding: 'utf8' });
  assert.doesNotMatch(built.stderr, /was not built/);
});
after(closeBrowser);

async function shoot(page: Page, name: string): Promise<void> {
  if (shots === undefined) return;
  await page.waitForTimeout(700);
  await page.screenshot({ path: `${shots}/${name}.png`, fullPage: !name.endsWith('dialog') });
}

async function signIn(platform: TestPlatform, options: PageOptions = {}) {
  const opened = await openPage(platform.url, options);
  const { page } = opened;
  await page.goto(await signInUrl(platform));
  await page.fill('[name=name]', 'Ana Diallo');
  await page.fill('[name=email]', `ana${Math.random()}@example.com`);
  await page.fill('[name=password]', 'un long pain de campagne');
  await page.click('button[type=submit]');
  await page.waitForURL(/\/console\/(a\/|no-account|operator)/);
  return opened;
}

/** The person of the browser, for calls of the API. */
async function memberOf({ url }: TestPlatform, context: BrowserContext): Promise<ConsoleMember> {
  const cookie = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
  const response = await fetch(`${url}/console/api/session`, { headers: { cookie } });
  const { csrf } = (await response.json()) as { csrf: string };
  return new ConsoleMember(url, cookie, csrf);
}

async function submit(platform: TestPlatform, account: TestAccount, to: string[], options: object) {
  const answer = await sendRest(platform.url, account, { to, ...options });
  assert.ok(answer.isAccepted, answer.body);
  const [row] = await platform.query<{ id: number }>('select max(id) as id from campaigns');
  return row!.id;
}

/** The number of a station of the line. */
async function stationOf(page: Page, name: string): Promise<number> {
  const text = await page.getByRole('listitem').filter({ hasText: name }).first().innerText();
  return Number(/\n([\d,]+)\n?/.exec(text)?.[1]?.replaceAll(',', ''));
}

async function compareWithTables(
  { query }: TestPlatform,
  member: ConsoleMember,
  account: string,
  campaign: number,
): Promise<Answer<'campaigns.report'>> {
  const report = await member.call('campaigns.report', { account, campaign });
  const one = async (text: string) => (await query<{ v: number[] }>(text, [campaign]))[0]!.v.map(Number);
  const statuses = await one(`
    select array[count(*) filter (where status = 2), count(*) filter (where status = 3),
      count(*) filter (where status = 4), count(*) filter (where status = 5), count(*) filter (where status = 0)] as v
    from messages where campaign_id = $1`);
  const { delivered, undelivered, expired, rejected, submitted, accepted } = report.counts;
  assert.deepEqual([delivered, undelivered, expired, rejected, submitted + accepted], statuses);
  const [p50, p90, p99] = await one(`
    select array[percentile_disc(0.5) within group (order by extract(epoch from done_at - submitted_at) * 1000),
      percentile_disc(0.9) within group (order by extract(epoch from done_at - submitted_at) * 1000),
      percentile_disc(0.99) within group (order by extract(epoch from done_at - submitted_at) * 1000)]::float8[] as v
    from messages where campaign_id = $1 and status = 2`);
  const { percentiles } = report;
  const shown = [percentiles.p50Ms!, percentiles.p90Ms!, percentiles.p99Ms!];
  assert.deepEqual(
    shown.map((ms) => ms.toFixed(2)),
    [p50, p90, p99].map((ms) => Math.max(0, ms!).toFixed(2)),
  );
  assert.equal(
    report.delays.reduce((sum, { messages }) => sum + messages, 0),
    delivered,
  );
  const ledger = await one(`
    select array[coalesce(sum(m.cost_micros) filter (where e.kind = 'charge'), 0),
      coalesce(sum(m.cost_micros) filter (where e.kind = 'release'), 0)]::bigint[] as v
    from ledger_entries e cross join unnest(e.message_ids) u(id) join messages m on m.id = u.id
    where m.campaign_id = $1`);
  const microsOf = (amount: string) => Math.round(Number(amount) * 1_000_000);
  assert.deepEqual([microsOf(report.money.charged), microsOf(report.money.released)], ledger);
  const [cost] = await one('select array[cost_micros] as v from campaigns where id = $1');
  assert.equal(microsOf(report.money.held), cost! - ledger[0]! - ledger[1]!);
  const replies = await one(
    'select array[count(*), count(*) filter (where is_opt_out)] as v from replies where campaign_id = $1',
  );
  const sum = (pick: 'replies' | 'optOuts') => report.replies.reduce((total, row) => total + row[pick], 0);
  assert.deepEqual([sum('replies'), sum('optOuts')], replies);
  const last = (pick: 'left' | 'finished') =>
    report.progress.steps.reduce((total, row) => total + row[pick], 0);
  assert.deepEqual([last('left'), last('finished')], [size, size - submitted]);
  assert.equal(
    report.causes.reduce((total, { messages }) => total + messages, 0),
    undelivered + expired + rejected,
  );
  assert.deepEqual(
    report.countries.map(({ country, messages }) => [country, messages]),
    [['FR', size]],
  );
  return report;
}

test('a campaign is watched, paused, resumed and read to its end, and its report agrees with the tables', async () => {
  await using platform = await openPlatform({
    carrier: { behaviour: { latencyMs: 700 } },
    link: { window: 8 },
  });
  const account = await platform.anAccount();
  const name = account.serviceName;
  const number = { number: '38200', kind: 'short-code', countries: [] } as const;
  await insertReplyNumber(platform.query, number, platform.clock.now());
  await notify(platform.query, 'rates');
  const { page, context, faults } = await signIn(platform);
  const member = await memberOf(platform, context);
  const list = `${platform.url}/console/a/${name}/campaigns`;
  await page.goto(list);
  await page.getByText('No campaign yet.').waitFor();
  await shoot(page, 'list-empty');

  const text = 'Maison Lemaire : -20 % ce samedi, de 9 h à 19 h. À très vite ! STOP au 38200';
  const campaign = await submit(platform, account, [...recipients, ...invalid], {
    text,
    withReplies: true,
  });
  const other = {
    text: 'Votre colis Lemaire vous attend au point relais.',
    sendAtMs: workingHours + 50 * hour,
  };
  await submit(platform, account, recipients.slice(0, 40), other);
  await submit(platform, account, [mobile(999)], {
    text: 'A single send',
    sendAtMs: workingHours + 50 * hour,
  });
  await page.reload();
  await page.getByRole('row', { name: /Maison Lemaire/ }).waitFor();
  assert.equal(await page.getByText('A single send').count(), 0, 'single sends are messages');
  await shoot(page, 'list-sending');

  await page.goto(`${list}/${campaign}`);
  await page.getByText(/^Sending, /).waitFor();
  await until('it moves by itself', async () => (await stationOf(page, 'Finished')) > 8);
  await shoot(page, 'sending');
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await page.getByText('Nothing is sent twice.').waitFor();
  await shoot(page, 'pause-dialog');
  await page.getByRole('button', { name: /^Pause \d+/ }).click();
  await page.getByText(/^Paused by /).waitFor();
  await until('the dispatcher has released it', async () => {
    const { claimed } = await member.call('campaigns.read', { account: name, campaign });
    return claimed === 0;
  });
  const taken = platform.carrier.taken.length;
  await page.waitForTimeout(1_000);
  assert.equal(platform.carrier.taken.length, taken);
  const paused = await member.call('campaigns.read', { account: name, campaign });
  assert.equal(paused.state, 'paused');
  assert.ok(paused.counts.accepted > 0 && paused.counts.accepted < size);
  await page.reload();
  await until(
    'the page shows the same',
    async () => (await stationOf(page, 'Paused')) === paused.counts.accepted,
  );
  await shoot(page, 'paused');
  await page.getByRole('button', { name: 'Resume', exact: true }).click();
  await shoot(page, 'resume-dialog');
  await page.getByRole('button', { name: /^Resume \d+/ }).click();

  await until('every receipt has come', async () => {
    const { counts } = await member.call('campaigns.read', { account: name, campaign });
    return counts.accepted === 0 && counts.submitted === recipients.filter((to) => to.endsWith('93')).length;
  });
  const report = await compareWithTables(platform, member, name, campaign);
  for (const to of new Set(recipients)) assert.equal(platform.carrier.takenFor(to) <= 1, true, `${to} twice`);
  await page.goto(`${list}/${campaign}/report`);
  await page.getByRole('heading', { name: 'Time to deliver' }).waitFor();
  assert.equal(await stationOf(page, 'Finished'), size - report.counts.submitted);
  const shownDelivered = await page
    .getByRole('row', { name: /^Delivered/ })
    .first()
    .innerText();
  assert.match(shownDelivered, new RegExp(`\\b${report.counts.delivered}\\b`));
  const asTable = page.getByRole('button', { name: 'As table' });
  while ((await asTable.count()) > 0) await asTable.first().click();
  assert.ok((await page.getByRole('button', { name: 'As chart' }).count()) > 1, 'each chart has its table');
  await page.reload();
  await page.getByRole('heading', { name: 'Time to deliver' }).waitFor();
  await shoot(page, 'report');
  for (const tab of ['messages', 'replies', 'not-sent', 'settings']) {
    await page.goto(`${list}/${campaign}/${tab}`);
    await page.waitForLoadState('networkidle');
    await shoot(page, tab);
  }
  await page.goto(`${list}/${campaign}/not-sent`);
  await page.getByText('Recipients without a message').first().waitFor();
  const skipped = await member.call('campaigns.listSkipped', { account: name, campaign });
  assert.deepEqual(skipped.rows.map(({ number: written }) => written).length, invalid.length);
  await page.goto(`${platform.url}/console/print/campaign/${campaign}?account=${name}`);
  await page.getByText('Campaign report').waitFor();
  assert.equal(await page.getByRole('button').count(), 0, 'paper has no buttons');
  await shoot(page, 'print');
  const csv = await member.download('campaigns.export', { account: name, campaign, spreadsheet: true });
  assert.equal(csv.charCodeAt(0), 0xfeff);
  assert.equal(csv.trim().split('\r\n').length, size + 1);
  await shootThemes(platform, await context.storageState(), `${list}/${campaign}`);
  assert.deepEqual(faults, []);
  // Its pipes would count as sockets that the platform has left open.
  await closeBrowser();
  await platform.advance(51 * hour);
  await platform.quiet();
});

async function shootThemes(
  platform: TestPlatform,
  storageState: NonNullable<PageOptions['storageState']>,
  path: string,
): Promise<void> {
  if (shots === undefined) return;
  const looks: Readonly<Record<string, PageOptions>> = {
    dark: { colorScheme: 'dark' },
    phone: { width: 390, height: 844 },
    'phone-dark': { width: 390, height: 844, colorScheme: 'dark' },
    fr: { language: 'fr' },
  };
  for (const [look, options] of Object.entries(looks)) {
    const { page, context } = await openPage(platform.url, { ...options, storageState });
    await page.addInitScript(`localStorage.setItem('chappe-language', '${options.language ?? 'en'}')`);
    for (const [name, url] of [
      ['list', path.slice(0, path.lastIndexOf('/'))],
      ['report', `${path}/report`],
      ['not-sent', `${path}/not-sent`],
      ['settings', `${path}/settings`],
    ] as const) {
      await page.goto(url);
      await page.waitForLoadState('networkidle');
      await shoot(page, `${look}-${name}`);
    }
    await context.close();
  }
}

test('what waits is cancelled after a dialog with its number, and the credit comes back to the micro', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount({ creditMicros: 100_000_000n });
  const campaign = await submit(platform, account, recipients.slice(0, 100), {
    text: 'Later',
    sendAtMs: workingHours + hour,
  });
  assert.deepEqual(await platform.credit(account), {
    availableMicros: 100_000_000n - 100n * priceMicros,
    heldMicros: 100n * priceMicros,
  });
  const { page, faults } = await signIn(platform);
  await page.goto(`${platform.url}/console/a/${account.serviceName}/campaigns/${campaign}`);
  await page.getByRole('button', { name: 'Cancel what waits' }).click();
  await shoot(page, 'cancel-dialog');
  await page.getByRole('button', { name: /^Cancel 100.messages, give back 5\.00.€$/ }).click();
  await page.getByText(/^100.messages cancelled, 5\.00.€ given back\.$/).waitFor();
  await page.getByText(/^Cancelled: 100/).waitFor();
  await shoot(page, 'cancelled');
  assert.deepEqual(await platform.credit(account), { availableMicros: 100_000_000n, heldMicros: 0n });
  const [entry] = await platform.query<{ action: string; after: unknown }>(
    'select action, after from audit_entries where target = $1',
    [`campaign ${campaign}`],
  );
  assert.deepEqual(entry, { action: 'campaign.cancelled', after: { messages: 100, released: '5.000000' } });
  assert.deepEqual(faults, []);
  // Its pipes would count as sockets that the platform has left open.
  await closeBrowser();
});
