// The HTTPS listener with real clients: the command's certificate, trusted by the file that it prints, and clients with a fixed
// host, through a tunnel.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { connect, type Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { chappe, chappeJson, run, type Serving, serve, temporaryFolder } from '../support/black-box.ts';
import { freePort } from '../support/free-port.ts';

const folder = temporaryFolder();
const here = { dataDir: `${folder.path}/data`, env: { CHAPPE_PROXY: 'true' } };
after(() => folder.remove());

interface Answer {
  readonly status: number;
  readonly body: string;
}

interface Call {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly ca: string;
  /** A connection to use, which leads to the host already. */
  readonly through?: Socket;
}

async function call({ url, headers = {}, body, ca, through }: Call): Promise<Answer> {
  const method = body === undefined ? 'GET' : 'POST';
  const { hostname: servername } = new URL(url);
  const connection = through
    ? { createConnection: () => connectTls({ socket: through, ca, servername }) }
    : { agent: false as const };
  const sent = request(url, { method, headers, ca, ...connection });
  sent.end(body);
  const [response] = await once(sent, 'response');
  let text = '';
  for await (const chunk of response) text += chunk;
  return { status: response.statusCode, body: text };
}

/** As a client of a proxy: the connection leads to the host from then on. */
async function tunnel(port: number, target: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  assert.match(answer.toString(), /^HTTP\/1\.1 200 /);
  return socket;
}

describe('the HTTPS door', () => {
  let serving: Serving;
  let url = '';
  let caFile = '';
  let ca = '';
  const form = () =>
    new URLSearchParams({
      user_login: serving.demo.login,
      api_key: serving.demo.key,
      sms_recipients: '+33601020304',
      sms_text: 'Hello in secret',
      sms_type: 'FR',
      sms_sender: 'Chappe',
      transactional: '1',
    }).toString();
  const keys = () => ({ 'api-login': serving.demo.login, 'api-key': serving.demo.key });

  before(async () => {
    serving = await serve(here);
    [, url = '', caFile = ''] = /HTTPS +(\S+), trusted with (\S+)/.exec(serving.startupBanner) ?? [];
    ca = readFileSync(caFile, 'utf8');
  });

  test('is printed with the file to trust; only its user can read the keys in the same folder', () => {
    assert.match(url, /^https:\/\/127\.0\.0\.1:\d+$/);
    for (const name of ['ca.key', 'server.key'])
      assert.equal(statSync(caFile.replace('ca.pem', name)).mode & 0o777, 0o600, name);
  });

  test('a legacy send is accepted as by HTTP, called by address or by name', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    for (const base of [url, url.replace('127.0.0.1', 'localhost')]) {
      const { status, body } = await call({ url: `${base}/api/sms/json`, headers, body: form(), ca });
      assert.equal(status, 200, body);
      const { error_code: code, ticket } = JSON.parse(body) as Record<string, string>;
      assert.equal(code, '000', body);
      const message = await chappeJson<{ text: string }>(['message', 'show', ticket!], here);
      assert.equal(message.text, 'Hello in secret');
    }
  });

  test('fetch of Node trusts it with NODE_EXTRA_CA_CERTS only', async () => {
    const script = `fetch('${url}/healthz').then((answer) => console.log(answer.status), (error) => console.log(error.cause.code))`;
    for (const [env, told] of [
      [{ NODE_EXTRA_CA_CERTS: caFile }, /^200$/],
      [{}, /^(UNABLE_TO_VERIFY|SELF_SIGNED|UNABLE_TO_GET)/],
    ] as const) {
      const { stdout, stderr } = await run(process.execPath, ['-e', script], { ...here, env });
      assert.match(stdout.trim(), told, stderr);
    }
  });

  test('a client of api.octopush.com reaches it through a tunnel, by either port', async () => {
    for (const port of [serving.port, Number(new URL(url).port)]) {
      const through = await tunnel(port, 'api.octopush.com:443');
      const { status, body } = await call({
        url: 'https://api.octopush.com/v1/public/sms-campaign/send',
        headers: { ...keys(), 'content-type': 'application/json' },
        body: JSON.stringify({
          recipients: [{ phone_number: '+33601020304' }],
          text: 'Hello through a tunnel',
          type: 'sms_premium',
          purpose: 'alert',
          sender: 'Chappe',
        }),
        ca,
        through,
      });
      assert.equal(status, 201, body);
      assert.match(body, /"sms_ticket":"sms_/);
    }
  });

  test('curl uses it as its proxy for any name in the certificate', async () => {
    const names = [
      'api.octopush.com',
      'www.octopush-dm.com',
      'octopush-dm.com',
      'eu.api.ovh.com',
      'api.ovh.com',
    ];
    for (const name of [...names, 'ca.api.ovh.com', 'www.ovh.com']) {
      const args = ['-sS', '--cacert', caFile, '-x', serving.url, `https://${name}/healthz`];
      const { stdout, stderr } = await run('curl', args, here);
      assert.match(stdout, /"status":"ok"/, stderr);
    }
  });

  test('stops with status 0 while connections are open, and shows the same certificate when it is back', async () => {
    const shownAt = async (port: number) => {
      const socket = connectTls({ port, host: '127.0.0.1', ca });
      await once(socket, 'secureConnect');
      socket.on('error', () => {});
      return { socket, print: socket.getPeerCertificate().fingerprint256 };
    };
    const silent = await tunnel(serving.port, 'api.octopush.com:443');
    silent.on('error', () => {});
    const first = await shownAt(Number(new URL(url).port));
    assert.equal(await serving.end('SIGTERM'), 0);
    const httpsPort = await freePort();
    const again = await serve({
      ...here,
      env: { CHAPPE_HTTPS_PORT: String(httpsPort), CHAPPE_SMTP_PORT: '0' },
    });
    const second = await shownAt(httpsPort);
    assert.equal(second.print, first.print);
    for (const { socket } of [first, second]) socket.destroy();
    const refused = connect(again.port, '127.0.0.1');
    refused.write('CONNECT api.octopush.com:443 HTTP/1.1\r\nHost: a\r\n\r\n');
    const [answer] = (await once(refused, 'data')) as [Buffer];
    assert.match(answer.toString(), /^HTTP\/1\.1 405 .*CHAPPE_PROXY=true/s, 'it is no proxy this time');
    assert.equal(await again.end('SIGTERM'), 0);
  });

  test('an authority with a damaged key is not replaced without a message', async () => {
    writeFileSync(caFile.replace('ca.pem', 'ca.key'), 'spoilt');
    const env = { CHAPPE_HTTP_PORT: '0', CHAPPE_SMTP_PORT: '0', CHAPPE_HTTPS_PORT: String(await freePort()) };
    const { status, stderr } = await chappe(['serve'], { ...here, env });
    assert.equal(status, 1);
    assert.match(stderr, /^chappe: the certificate in .*authority cannot be used: .*CHAPPE_HTTPS_PORT=0$/m);
  });
});
