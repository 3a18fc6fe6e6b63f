// The operator's listener, as a scraper and a load balancer use it: counts of the whole way of a message, readiness while
// the carrier is away, a second process on the same machine.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../src/lib/time/clock.ts';
import { chappe, chappeJson, serve, temporaryFolder } from '../support/black-box.ts';
import { TestCarrier } from '../support/carrier.ts';
import { Customer } from '../support/customer.ts';
import { freePort } from '../support/free-port.ts';
import { until } from '../support/until.ts';

/** The value of a series; null if there is none. */
function valueIn(text: string, series: string): number | null {
  const line = text.split('\n').find((entry) => entry.startsWith(`${series} `));
  return line === undefined ? null : Number(line.slice(series.length + 1));
}

test('a message is counted on its whole way, and a lost carrier makes the process not ready', async (t) => {
  const folder = temporaryFolder();
  const here = { dataDir: `${folder.path}/data` };
  const port = String(await freePort());
  const carrier = new TestCarrier(systemClock, {});
  await carrier.up();
  const customer = await Customer.open();
  const serving = await serve({ ...here, env: { CHAPPE_OPERATIONS_PORT: port } });
  t.after(async () => {
    await serving.end('SIGTERM');
    await carrier.down();
    await customer.close();
    folder.remove();
  });
  const base = `http://127.0.0.1:${port}`;
  const scrape = async () => {
    const answer = await fetch(`${base}/metrics`);
    assert.equal(answer.status, 200);
    assert.match(answer.headers.get('content-type')!, /^text\/plain; version=0\.0\.4/);
    return answer.text();
  };
  const link = ['--host', '127.0.0.1', '--port', String(carrier.port), '--system-id', 'a', '--password', 'b'];
  await chappeJson(['carrier', 'add', 'smpp', 'first', ...link], here);
  const { octopush } = await chappeJson<{ octopush: { user_login: string; api_key: string } }>(
    ['account', 'create', '--email', 'm@example.com', '--credit', '10', '--callback', customer.url('/m')],
    here,
  );
  await until(
    'the carrier is bound',
    async () => valueIn(await scrape(), 'chappe_connector_up{connector="first"}') === 1,
  );
  const form = new URLSearchParams({
    ...{ user_login: octopush.user_login, api_key: octopush.api_key },
    ...{
      sms_recipients: '+33601020304',
      sms_text: 'Hello',
      sms_type: 'FR',
      sms_sender: 'Chappe',
      transactional: '1',
    },
  });
  const accepted = await fetch(`${serving.url}/api/sms/json`, { method: 'POST', body: form });
  assert.equal(((await accepted.json()) as { error_code: string }).error_code, '000');
  await customer.whenTold('33601020304');
  const expected = {
    'chappe_messages_accepted_total{dialect="octopush-legacy"}': 1,
    'chappe_outcomes_total{connector="first",outcome="submitted"}': 1,
    'chappe_receipts_total{connector="first",state="delivered"}': 1,
    'chappe_receipt_seconds_count{connector="first"}': 1,
    'chappe_callback_attempts_total{outcome="delivered"}': 1,
    chappe_callback_seconds_count: 1,
    'chappe_http_requests_total{path="/api",status="200"}': 1,
    'chappe_messages_waiting{state="due"}': 0,
    chappe_callbacks_waiting: 0,
    chappe_ready: 1,
  };
  const counted = async () => {
    const text = await scrape();
    return Object.fromEntries(Object.keys(expected).map((series) => [series, valueIn(text, series)]));
  };
  await until('all is counted', async () => JSON.stringify(await counted()) === JSON.stringify(expected), {
    tell: counted,
  });
  assert.equal((await fetch(`${base}/readyz`)).status, 200);
  const set = (...flags: string[]) => chappe(['carrier', 'set', 'first', ...flags], here);
  const read = async () => {
    const [{ window, binds, port: at }] = await chappeJson<[{ window: number; binds: number; port: number }]>(
      ['carrier', 'list'],
      here,
    );
    return { window, binds, at };
  };
  assert.equal((await set('--window', '7', '--binds', '2')).status, 0);
  assert.deepEqual(await read(), { window: 7, binds: 2, at: carrier.port });
  assert.equal((await set('--unset', 'binds')).status, 0);
  assert.deepEqual(await read(), { window: 7, binds: undefined, at: carrier.port });
  for (const [flags, told] of [
    [['--window', 'many'], /--window is "many", but must be/],
    [['--unset', 'colour'], /--unset colour: it is not an option/],
    [[], /give an option of the link to change/],
  ] as const) {
    const refused = await set(...flags);
    assert.equal(refused.status, 2);
    assert.match(refused.stderr, told);
  }
  await carrier.down();
  await until('the process is not ready', async () => (await fetch(`${base}/readyz`)).status === 503);
  assert.deepEqual(await (await fetch(`${base}/readyz`)).json(), {
    status: 'not ready',
    reason: 'no carrier is bound',
  });
  assert.equal(valueIn(await scrape(), 'chappe_connector_up{connector="first"}'), 0);
  assert.equal((await fetch(`${base}/metrics`, { method: 'POST' })).status, 405);
  const second = await chappe(['serve'], {
    ...here,
    env: {
      ...{ CHAPPE_HTTP_PORT: '0', CHAPPE_HTTPS_PORT: '0', CHAPPE_SMTP_PORT: '0' },
      CHAPPE_OPERATIONS_PORT: port,
    },
  });
  assert.equal(second.status, 1);
  assert.match(second.stderr, new RegExp(`^chappe: port ${port} .*in use.*CHAPPE_OPERATIONS_PORT`));
});

test('without the setting, two processes of one machine both have a listener', async (t) => {
  const folder = temporaryFolder();
  const first = await serve({ dataDir: `${folder.path}/a` });
  const second = await serve({ dataDir: `${folder.path}/b` });
  t.after(async () => {
    await first.end('SIGTERM');
    await second.end('SIGTERM');
    folder.remove();
  });
  const urls = [first, second].map(
    ({ startupBanner }) => /metrics +(http:\S+)\/metrics/.exec(startupBanner)![1]!,
  );
  assert.notEqual(urls[0], urls[1]);
  for (const url of urls) assert.equal((await fetch(`${url}/healthz`)).status, 200);
});
