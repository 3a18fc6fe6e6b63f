// Commands of an operator on a running installation: the report of a month, a campaign, the data of a number, a backup that
// is restored. The real commands, next to `chappe serve`.
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';
import {
  chappe,
  chappeJson,
  command,
  type Serving,
  type Surroundings,
  serve,
  start,
  temporaryFolder,
} from '../support/black-box.ts';

interface Report {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly total: Readonly<Record<string, unknown>>;
}

describe('an installation with a carrier whose price is known', () => {
  const folder = temporaryFolder();
  const here: Surroundings = { dataDir: join(folder.path, 'data') };
  const month = new Date().toISOString().slice(0, 7);
  let serving: Serving;
  let carrier: ChildProcess;
  let account: string;

  async function send(number: string): Promise<void> {
    const body = new URLSearchParams({
      user_login: serving.demo.login,
      api_key: serving.demo.key,
      sms_recipients: number,
      sms_text: `for ${number.slice(-2)}`,
      sms_type: 'FR',
      sms_sender: 'Chappe',
      transactional: '1',
    });
    const answer = await fetch(`${serving.url}/api/sms/json`, { method: 'POST', body });
    assert.equal(((await answer.json()) as { error_code: string }).error_code, '000');
  }

  before(async () => {
    serving = await serve(here);
    carrier = start(
      process.execPath,
      [command, 'simulate', '--port', '0', '--system-id', 'us', '--password', 'pw'],
      here,
    );
    const [line] = (await once(createInterface({ input: carrier.stdout! }), 'line')) as [string];
    const { port } = JSON.parse(line) as { port: number };
    const login = ['--host', '127.0.0.1', '--port', String(port), '--system-id', 'us', '--password', 'pw'];
    await chappeJson(['carrier', 'add', 'smpp', 'priced', ...login, '--no-route'], here);
    const { stderr } = await chappe(['send', '--to', '+33612345601', '--text', 'Hello'], here);
    assert.match(stderr, /is blocked and sends nothing/, 'the printed keys must not cost money');
    await chappeJson(['account', 'set', serving.demo.login, '--status', 'active'], here);
    await chappeJson(['route', 'add', 'priced', '--cost', '0.03'], here);
    // Delivered, undelivered, refused.
    for (const number of ['+33601020304', '+33601020390', '+33601020391']) await send(number);
    for (;;) {
      const messages = await chappeJson<{ account: string; status: string }[]>(['message', 'list'], here);
      account = messages[0]!.account;
      if (messages.every(({ status }) => status !== 'accepted' && status !== 'submitted')) break;
    }
  });

  after(async () => {
    await serving.end('SIGTERM');
    carrier.kill('SIGTERM');
    await once(carrier, 'close');
    folder.remove();
  });

  test('reports its month with cost and margin, as text, JSON and lines for a spreadsheet', async () => {
    const report = await chappeJson<Report>(['report', '--month', month], here);
    const sums = {
      messages: 2,
      segments: 2,
      delivered: 1,
      price: '0.100000',
      cost: '0.060000',
      margin: '0.040000',
      withoutCost: 0,
      deleted: 0,
    };
    assert.deepEqual(report.rows, [{ account, country: 'FR', carrier: 'priced', ...sums }]);
    assert.deepEqual(report.total, sums);
    const { stdout } = await chappe(['report', '--month', month, '--account', account, '--csv'], here);
    assert.deepEqual(stdout.split('\n'), [
      'account,country,carrier,messages,segments,delivered,price_eur,cost_eur,margin_eur,without_cost,deleted',
      `${account},FR,priced,2,2,1,0.100000,0.060000,0.040000,0,0`,
      '',
    ]);
    const wrong = await chappe(['report', '--month', '2026-13'], here);
    assert.equal(wrong.status, 2);
    assert.match(wrong.stderr, /"2026-13" is not a month; write the year and the month/);
    assert.equal((await chappe(['report'], here)).status, 2);
  });

  test('shows a campaign with the cause of its failure', async () => {
    const campaigns = await chappeJson<{ campaignId: number; text: string }[]>(['campaign', 'list'], here);
    const refused = campaigns.find(({ text }) => text === 'for 91')!;
    const { status, stdout } = await chappe(['campaign', 'show', String(refused.campaignId)], here);
    assert.equal(status, 0);
    assert.match(stdout, /1 {2}rejected/);
    assert.match(stdout, /1 {2}the carrier does not accept its number \(ESME_RINVDSTADR\)/);
    assert.match(stdout, /0\.0000 EUR charged, 0\.0500 EUR released, 0\.0000 EUR held/);
    assert.equal((await chappe(['campaign', 'show', 'none'], here)).status, 2);
  });

  test('is backed up while it runs; the backup is restored into a new folder, with a consistent ledger', async () => {
    const file = join(folder.path, 'one.backup');
    const made = await chappeJson<{ rows: number }>(['backup', file], here);
    const again = await chappe(['backup', file], here);
    assert.equal(again.status, 2);
    assert.match(again.stderr, /one\.backup exists already/);

    const full = await chappe(['restore', file], here);
    assert.equal(full.status, 2);
    assert.match(full.stderr, /the database is not empty/);
    const there: Surroundings = { dataDir: join(folder.path, 'restored') };
    const none = await chappe(['restore', join(folder.path, 'none')], there);
    assert.equal(none.status, 2);
    assert.equal(existsSync(there.dataDir), false, 'a wrong file creates no data folder');

    const restored = await chappeJson<{ rows: number }>(['restore', file], there);
    assert.equal(restored.rows, made.rows);
    const audit = await chappeJson<{ balanced: boolean }>(['account', 'credit', '--audit'], there);
    assert.equal(audit.balanced, true);
    const report = await chappeJson<Report>(['report', '--month', month], there);
    assert.deepEqual(report, await chappeJson<Report>(['report', '--month', month], here));
    // Keys are part of it: a customer goes on with theirs.
    const other = await serve(there);
    const headers = { 'api-login': serving.demo.login, 'api-key': serving.demo.key };
    const opened = await fetch(`${other.url}/v1/public/wallet/check-balance`, { headers });
    assert.equal(opened.status, 200);
    assert.equal(await other.end('SIGTERM'), 0);
    assert.deepEqual(
      readdirSync(folder.path).filter((name) => name.includes('partial')),
      [],
    );
  });

  test('shows the data of a number, and erases it with a proof that does not contain it', async () => {
    const number = '+33601020304';
    const listed = await chappe(['message', 'list', '--show-numbers'], here);
    assert.match(listed.stdout, /\+33601020304/);
    const shown = await chappe(['person', 'show', '0033 6 01 02 03 04'], here);
    assert.match(shown.stdout, /^\+33•+04\n {2}messages: 1\n.*"text":"for 04"/);
    assert.doesNotMatch(shown.stdout, /601020304/);
    const whole = await chappe(['person', 'show', number, '--show-numbers'], here);
    assert.match(whole.stdout, /^\+33601020304\n/);
    const unnamed = await chappe(['person', 'erase', number], here);
    assert.deepEqual([unnamed.status, unnamed.stderr], [2, 'chappe: --why is missing\n']);

    interface Proof {
      readonly isComplete: boolean;
      readonly erased: Readonly<Record<string, number>>;
      readonly numberHash: string;
    }
    const proof = await chappeJson<Proof>(['person', 'erase', number, '--why', 'request 17'], here);
    assert.equal(proof.isComplete, true);
    assert.equal(proof.erased['messages'], 1);
    assert.doesNotMatch(JSON.stringify(proof), /601020304/);
    const left = await chappeJson<{ tables: unknown[]; erasures: { numberHash: string }[] }>(
      ['person', 'show', number],
      here,
    );
    assert.deepEqual(left.tables, []);
    assert.equal(left.erasures[0]!.numberHash, proof.numberHash);
    const audit = await chappeJson<{ balanced: boolean }>(['account', 'credit', '--audit'], here);
    assert.equal(audit.balanced, true);
    const [read] = await chappeJson<{ action: string }[]>(['audit', 'list', '--action', 'numbers'], here);
    assert.equal(read!.action, 'numbers.read');
    const trail = await chappeJson<{ action: string }[]>(
      ['audit', 'list', '--action', 'personal-data'],
      here,
    );
    assert.deepEqual(
      trail.map(({ action }) => action),
      ['personal-data.read', 'personal-data.erased', 'personal-data.read', 'personal-data.read'],
    );
  });
});
