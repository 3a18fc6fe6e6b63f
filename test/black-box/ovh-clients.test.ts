// OVH's own wrapper for Node, unmodified, against the real command: by TLS, trusted by the file that is named, with its
// signature that leaves the port out.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { chappeJson, run, type Serving, serve, temporaryFolder } from '../support/black-box.ts';

const folder = temporaryFolder();
const here = { dataDir: `${folder.path}/data` };
after(() => folder.remove());

interface Created {
  readonly ovh: {
    readonly serviceName: string;
    readonly applicationKey: string;
    readonly applicationSecret: string;
    readonly consumerKey: string;
  };
}

describe('the OVH door', () => {
  let serving: Serving;
  let httpsUrl = '';
  let caFile = '';
  let ovh: Created['ovh'];

  before(async () => {
    serving = await serve(here);
    [, httpsUrl = '', caFile = ''] = /HTTPS +(\S+), trusted with (\S+)/.exec(serving.startupBanner) ?? [];
    const account = ['account', 'create', '--email', 'shop@example.com', '--credit', '10'];
    ({ ovh } = await chappeJson<Created>(account, here));
  });
  after(() => serving?.end('SIGTERM'));

  /** Runs a program that has a client `ovh` and prints JSON; `more` are options of the client's. */
  async function withClient<T>(program: string, more: object = {}): Promise<T> {
    const options = {
      host: 'localhost',
      port: Number(new URL(httpsUrl).port),
      appKey: ovh.applicationKey,
      appSecret: ovh.applicationSecret,
      consumerKey: ovh.consumerKey,
      ...more,
    };
    const script = `
      const client = require('ovh')(${JSON.stringify(options)});
      const call = (...args) => client.requestPromised(...args).catch((error) => error);
      (async () => console.log(JSON.stringify(await (async () => { ${program} })())))();
    `;
    const env = { NODE_EXTRA_CA_CERTS: caFile };
    const { stdout, stderr } = await run(process.execPath, ['--input-type=commonjs', '-e', script], {
      ...here,
      env,
    });
    assert.notEqual(stdout, '', stderr);
    return JSON.parse(stdout) as T;
  }

  test('lists its services, sends an SMS and reads its result', async () => {
    const [services, report, outgoing] = await withClient<
      [string[], { ids: number[] }, { message: string }]
    >(`
      const services = await call('GET', '/sms');
      const path = '/sms/' + services[0];
      await call('POST', path + '/senders', { sender: 'Chappe', reason: 'our shop' });
      const report = await call('POST', path + '/jobs', {
        message: 'Votre colis, déjà en route €', receivers: ['+33601020304'], sender: 'Chappe', noStopClause: true,
        tag: undefined, priority: 'high', validityPeriod: 2880, class: 'phoneDisplay', coding: '7bit', charset: 'UTF-8',
      });
      return [services, report, await call('GET', path + '/outgoing/' + report.ids[0])];
    `);
    assert.deepEqual(services, [ovh.serviceName]);
    assert.equal(report.ids.length, 1, JSON.stringify(report));
    assert.equal(outgoing.message, 'Votre colis, déjà en route €');
  });

  test('receives errors as numbers and sentences', async () => {
    const [unknown, wrong] = await withClient<{ error: number; message: string }[]>(`
      return [await call('GET', '/sms/sms-nobody-1'), await call('POST', '/sms/${ovh.serviceName}/jobs', { receivers: [] })];
    `);
    assert.deepEqual(unknown, { error: 404, message: 'This service does not exist' });
    assert.equal(wrong?.error, 400);
    assert.match(wrong?.message ?? '', /^\[message\]/);
    const forged = await withClient(`return call('GET', '/sms');`, { appSecret: 'another' });
    assert.deepEqual(forged, { error: 400, message: 'Invalid signature' });
  });

  test('reads the description and finds no fault with its calls', async () => {
    const program = `
      const said = [];
      client.warn = (...words) => said.push(words.join(' '));
      await call('GET', '/sms/${ovh.serviceName}/outgoing', { tag: 'none' });
      await call('GET', '/auth/time');
      return said;
    `;
    assert.deepEqual(await withClient(program, { apis: ['sms', 'order'] }), []);
  });

  test('requests a key, which a person validates on the page of the answer', async () => {
    const asked = await withClient<{ consumerKey: string; validationUrl: string; state: string }>(
      `return call('POST', '/auth/credential', { accessRules: [{ method: 'GET', path: '/sms' }] });`,
      { consumerKey: null },
    );
    assert.match(asked.validationUrl, /^https:\/\/localhost:\d+\/auth\/\?credentialToken=\w{64}$/);
    const { pathname, search, searchParams } = new URL(asked.validationUrl);
    const page = await fetch(serving.url + pathname + search);
    assert.equal(page.status, 200);
    const fields = {
      credentialToken: searchParams.get('credentialToken')!,
      email: serving.demo.login,
      apiKey: serving.demo.key,
      lifetime: 'unlimited',
      decision: 'accept',
    };
    const accepted = await fetch(`${serving.url}/auth/`, {
      method: 'POST',
      body: new URLSearchParams(fields),
    });
    assert.equal(accepted.status, 200);
    const services = await withClient<string[]>(`return call('GET', '/sms');`, {
      consumerKey: asked.consumerKey,
    });
    assert.equal(services.length, 1);
    assert.notDeepEqual(services, [ovh.serviceName], 'it is the account of who accepted');
  });

  test('a client with only a clock and a key signs as OVH documents, over plain HTTP too', async () => {
    const time = await (await fetch(`${serving.url}/1.0/auth/time`)).text();
    const url = `${serving.url}/1.0/sms/`;
    const sum = [ovh.applicationSecret, ovh.consumerKey, 'GET', url, '', time].join('+');
    const answer = await fetch(url, {
      headers: {
        'x-ovh-application': ovh.applicationKey,
        'x-ovh-consumer': ovh.consumerKey,
        'x-ovh-timestamp': time,
        'x-ovh-signature': `$1$${createHash('sha1').update(sum).digest('hex')}`,
      },
    });
    assert.deepEqual(await answer.json(), [ovh.serviceName]);
  });
});
