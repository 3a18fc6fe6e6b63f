// The contract of the first run, which people and scripts rely on: printed keys and commands that work when pasted,
// the line `ready`, a clean end within ten seconds, a second start that finds everything.

import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import {
  chappe,
  chappeJson,
  commandsIn,
  run,
  type Serving,
  serve,
  temporaryFolder,
} from '../support/black-box.ts';
import { freePort } from '../support/free-port.ts';

const folder = temporaryFolder();
const here = { dataDir: `${folder.path}/data` };
after(() => folder.remove());

interface Sent {
  readonly message: number;
  readonly status: string;
}

describe('chappe serve on an empty data folder', () => {
  let serving: Serving;
  before(async () => {
    serving = await serve(here);
  });

  test('prints the keys of a demo account and nothing on standard error', () => {
    assert.match(serving.demo.login, /@/);
    assert.match(serving.demo.key, /^\S{20,}$/);
    assert.equal(serving.stderr(), '');
  });

  test('prints a curl command for each dialect and listener that sends when it is pasted, a mail included', async () => {
    const curls = commandsIn(serving.startupBanner, 'curl');
    assert.equal(curls.length, 5);
    for (const line of curls) {
      const { status, stdout } = await run('bash', ['-c', line], here);
      assert.equal(status, 0);
      // A mail that was taken is answered with nothing that curl would print.
      assert.match(
        stdout,
        line.includes('smtp://') ? /^$/ : /<error_code>000<|"sms_ticket":"sms_|^OK\n/,
        line,
      );
    }
    assert.deepEqual(await chappeJson(['mail', 'ignored'], here), []);
  });

  test("prints a command for OVH's API, signed in the shell, that sends when it is pasted", async () => {
    const [line, ...more] = commandsIn(serving.startupBanner, 'T=$(date');
    assert.deepEqual(more, []);
    const { status, stdout, stderr } = await run('bash', ['-c', line!], here);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /"ids":\[\d+\]/, stdout);
    const page = await fetch(/https?:\S+\/createToken\//.exec(serving.startupBanner)![0]);
    assert.equal(page.status, 200);
  });

  test('prints chappe commands that work when they are pasted, without any setting', async () => {
    const elsewhere = { dataDir: './data' };
    const lines = commandsIn(serving.startupBanner, 'npx');
    assert.equal(lines.length, 3);
    const [send, list, show] = lines.map((line) =>
      line.replace(/^npx chappe/, `"${process.execPath}" bin/chappe.mjs`),
    );
    const sent = await run('bash', ['-c', send!], elsewhere);
    assert.match(sent.stdout, /^message \d+: delivered$/m, sent.stderr);
    const listed = await run('bash', ['-c', list!], elsewhere);
    assert.equal(listed.stdout.trim().split('\n').length, 7);
    const shown = await run('bash', ['-c', show!], elsewhere);
    assert.match(shown.stdout, /^message 1: delivered$/m);
  });

  test('answers the probes', async () => {
    for (const probe of ['healthz', 'readyz']) {
      const answer = await fetch(`${serving.url}/${probe}`);
      assert.equal(answer.status, 200, await answer.text());
    }
  });

  test('serves the npm client octopush 1.0.2 unmodified, through http_proxy', async () => {
    const script = `
      const octopush = require('octopush');
      const sms = new octopush.SMS(process.argv[1], process.argv[2]);
      sms.set_sms_text('Hello from an old friend');
      sms.set_sms_recipients(['+33601020304']);
      sms.set_sms_type(octopush.constants.SMS_PREMIUM);
      sms.set_sms_sender('Chappe');
      sms.set_option_transactional(1);
      sms.send((error, sent) => sms.get_balance((failed, balance) =>
        console.log(JSON.stringify({ error, sent, failed, balance }))));`;
    const env = { http_proxy: serving.url };
    const { stdout, stderr } = await run(
      process.execPath,
      ['--no-deprecation', '-e', script, serving.demo.login, serving.demo.key],
      { ...here, env },
    );
    assert.notEqual(stdout, '', stderr);
    const { error, sent, failed, balance } = JSON.parse(stdout);
    assert.ok(!error && !failed, stdout);
    assert.equal(sent.octopush.error_code[0], '000');
    assert.match(balance.octopush.balance.FR, /^\d+\.\d\d$/);
    const [ticket] = sent.octopush.ticket;
    const message = await chappeJson<{ text: string }>(['message', 'show', ticket], here);
    assert.equal(message.text, 'Hello from an old friend');
  });

  test('a second serve on the same port reports the conflict and ends with status 1', async () => {
    const env = { CHAPPE_HTTP_PORT: String(serving.port) };
    const { status, stderr } = await chappe(['serve'], { ...here, env });
    assert.equal(status, 1);
    assert.match(stderr, new RegExp(`^chappe: port ${serving.port} .*in use.*CHAPPE_HTTP_PORT`));
    assert.doesNotMatch(stderr, /\n\s+at /);
  });

  test('a second serve on the same SMTP, HTTPS or SMPP port, or with half a certificate, reports the cause', async () => {
    const [, port = ''] = /smtp:\/\/127\.0\.0\.1:(\d+)/.exec(serving.startupBanner)!;
    const [, httpsPort = ''] = /https:\/\/127\.0\.0\.1:(\d+)/.exec(serving.startupBanner)!;
    for (const [env, told] of [
      [{ CHAPPE_SMTP_PORT: port }, new RegExp(`^chappe: port ${port} .*in use.*CHAPPE_SMTP_PORT`)],
      [
        { CHAPPE_HTTPS_PORT: httpsPort },
        new RegExp(`^chappe: port ${httpsPort} .*in use.*CHAPPE_HTTPS_PORT`),
      ],
      [{ CHAPPE_SMPP_PORT: port }, new RegExp(`^chappe: port ${port} .*in use.*CHAPPE_SMPP_PORT`)],
      [{ CHAPPE_SMPPS_PORT: port }, new RegExp(`^chappe: port ${port} .*in use.*CHAPPE_SMPPS_PORT`)],
      [{ CHAPPE_TLS_CERT: 'cert.pem' }, /^chappe: CHAPPE_TLS_CERT and CHAPPE_TLS_KEY belong together/],
      [{ CHAPPE_TLS_CERT: 'no.pem', CHAPPE_TLS_KEY: 'no.pem' }, /^chappe: .* cannot be used: .*no such file/],
    ] as const) {
      const smtpPort = 'CHAPPE_SMTP_PORT' in env ? {} : { CHAPPE_SMTP_PORT: String(await freePort()) };
      const { status, stderr } = await chappe(['serve'], {
        ...here,
        env: { CHAPPE_HTTP_PORT: '0', ...smtpPort, ...env },
      });
      assert.equal(status, 1);
      assert.match(stderr, told);
    }
  });

  test('stops with status 0 on Ctrl-C, though a client never ends its request', async () => {
    const half = connect(serving.port, '127.0.0.1');
    half.on('error', () => {});
    await new Promise<void>((resolve) => {
      half.write('POST /api/sms HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nabc', () => resolve());
    });
    assert.equal(await serving.end('SIGINT', true), 0);
    half.destroy();
  });

  test('stopped, its commands go on working, and send sends by itself', async () => {
    const { message, status } = await chappeJson<Sent>(
      ['send', '--to', '+33601020304', '--text', 'nobody serves', '--sender', 'Chappe', '--wait'],
      here,
    );
    assert.equal(status, 'delivered');
    const shown = await chappeJson<{ text: string }>(['message', 'show', String(message)], here);
    assert.equal(shown.text, 'nobody serves');
  });

  test('started again, it finds everything; npm start stops on SIGTERM with status 0 as well', async () => {
    const again = await serve(here, ['npm', 'start', '--silent']);
    assert.deepEqual(again.demo, serving.demo);
    const { available } = await chappeJson<{ available: string }>(
      ['account', 'credit', again.demo.login, '--show'],
      here,
    );
    assert.equal(available, '99.550000');
    assert.equal(await again.end('SIGTERM'), 0);
  });

  test('after kill -9 of all its processes, it starts again with a consistent ledger', async () => {
    const killed = await serve(here);
    const form = new URLSearchParams({
      user_login: killed.demo.login,
      api_key: killed.demo.key,
      sms_recipients: '+33601020304',
      sms_text: 'before the kill',
      sms_type: 'FR',
      sms_sender: 'Chappe',
      transactional: '1',
    });
    const accepted = await fetch(`${killed.url}/api/sms/json`, { method: 'POST', body: form });
    const { ticket } = (await accepted.json()) as { ticket: string };
    // PostgreSQL has a session of its own, so it is found by its lock file.
    const lock = await run('head', ['-1', `${here.dataDir}/postgres/postmaster.pid`], here);
    process.kill(Number(lock.stdout), 'SIGKILL');
    await killed.end('SIGKILL', true);
    const restarted = await serve(here);
    const { campaignId } = await chappeJson<{ campaignId: number }>(['message', 'show', ticket], here);
    assert.equal(ticket, `api${campaignId}`);
    const { balanced } = await chappeJson<{ balanced: boolean }>(['account', 'credit', '--audit'], here);
    assert.equal(balanced, true);
    assert.equal(await restarted.end('SIGTERM'), 0);
  });
});
