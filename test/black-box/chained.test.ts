// A Chappe that sends through another Chappe: two processes on two data folders, linked by the presets octopush and ovh. Receipts,
// a reply and a STOP come back to the customer of the first.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import type { OvhKeys } from '../../src/operations/operator/accounts/create-account.ts';
import { chappe, chappeJson, type Serving, serve, temporaryFolder } from '../support/black-box.ts';
import { mobile } from '../support/clients.ts';
import { ovhClient } from '../support/ovh.ts';
import { callRest } from '../support/rest.ts';
import { until } from '../support/until.ts';

const token = 'token-between-two-platforms';

interface Created {
  readonly account: string;
  readonly octopush: { readonly user_login: string; readonly api_key: string };
  readonly ovh: OvhKeys;
}

interface Push {
  readonly number: string;
  readonly status?: string;
  readonly text?: string;
  readonly reception_date?: string;
  readonly stop_date?: string;
}

/** The customer of the first platform. */
async function aCustomer(): Promise<{ server: Server; url: string; pushes: Push[] }> {
  const pushes: Push[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (piece: Buffer) => {
      body += piece;
    });
    request.on('end', () => {
      pushes.push(JSON.parse(body) as Push);
      response.end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, pushes };
}

/** Options of the link from the first platform to the second. */
type Link = (second: Serving, keys: Created) => string[];

const links: readonly (readonly [preset: string, Link])[] = [
  [
    'octopush',
    ({ url }, { octopush }) => [
      ...['--base-url', `${url}/v1/public`, '--user', octopush.user_login, '--password', octopush.api_key],
      // The second platform has a number that can be answered, which replaces the sender.
      ...['--fields', '{"with_replies":true,"sender":"Chappe"}'],
    ],
  ],
  [
    'ovh',
    ({ url }, { account, ovh }) => [
      ...['--base-url', `${url}/1.0`, '--account', account, '--user', ovh.applicationKey],
      ...['--password', ovh.applicationSecret, '--token', ovh.consumerKey],
      ...['--fields', '{"senderForResponse":true}'],
    ],
  ],
];

for (const [preset, linkOf] of links)
  describe(`a platform that sends through another by the preset ${preset}`, () => {
    const folders = [temporaryFolder(), temporaryFolder()] as const;
    const firstHere = { dataDir: folders[0].path, env: { CHAPPE_DEMO: 'false' } };
    const secondHere = {
      dataDir: folders[1].path,
      env: { CHAPPE_DEMO: 'false', CHAPPE_ALLOW_PRIVATE_CALLBACKS: 'true' },
    };
    let first: Serving;
    let second: Serving;
    let customer: Awaited<ReturnType<typeof aCustomer>>;
    let ours: Created;
    let keys: Created;

    before(async () => {
      customer = await aCustomer();
      [first, second] = await Promise.all([serve(firstHere), serve(secondHere)]);
      const callbacks = (purpose: string) => `${first.url}/carriers/next/${token}/${purpose}`;
      const account = ['account', 'create', '--email', 'a@example.com', '--name', 'A', '--credit', '10'];
      keys = await chappeJson<Created>([...account, '--callback', callbacks('callback')], secondHere);
      if (preset === 'ovh') {
        const { ok } = ovhClient(second.url, keys.ovh);
        await ok('PUT', `/sms/${keys.account}`, {
          callBack: callbacks('receipt'),
          stopCallBack: callbacks('reply'),
          smsResponse: { responseType: 'cgi', cgiUrl: callbacks('reply') },
        });
      }
      ours = await chappeJson<Created>([...account, '--callback', customer.url], firstHere);
      const link = [...linkOf(second, keys), '--callback-token', token];
      await chappeJson(['carrier', 'add', 'http', 'next', '--preset', preset, ...link], firstHere);
      await chappeJson(['number', 'add', '38200', '--countries', 'FR'], firstHere);
    });

    after(async () => {
      customer?.server.close();
      await Promise.all([first?.end('SIGTERM'), second?.end('SIGTERM')]);
      for (const folder of folders) folder.remove();
    });

    test('messages are delivered once; their receipts, a reply and a STOP come back', async () => {
      const recipients = [mobile(1), mobile(2, '98'), mobile(3, '99')];
      const { octopush } = ours;
      const login = { login: octopush.user_login, apiKey: octopush.api_key };
      const answer = await until('the number of the pool is known', async () => {
        const sent = await callRest(first.url, login, 'POST sms-campaign/send', {
          recipients: recipients.map((number) => ({ phone_number: `+${number}` })),
          text: 'Votre code est 1234',
          type: 'sms_premium',
          purpose: 'alert',
          sender: 'Chappe',
          with_replies: true,
        });
        return sent.status === 201 ? sent : null;
      });
      assert.equal(answer.members['number_of_contacts'], 3);
      await until('three receipts, a reply and a STOP arrive', () => customer.pushes.length >= 5, {
        tell: () => [customer.pushes, first.stderr(), second.stderr()],
      });
      const kinds = customer.pushes
        .map((push) => [push.number, push.status ?? (push.stop_date === undefined ? push.text : 'opt-out')])
        .sort();
      assert.deepEqual(
        kinds,
        [
          ...recipients.map((number) => [`+${number}`, 'DELIVERED']),
          [`+${recipients[1]}`, 'OK'],
          [`+${recipients[2]}`, 'opt-out'],
        ].sort(),
      );
      const sentOn = await chappeJson<unknown[]>(['message', 'list'], secondHere);
      assert.equal(sentOn.length, 3, 'each message left once');
      for (const here of [firstHere, secondHere]) {
        const audit = await chappeJson<{ balanced: boolean }>(['account', 'credit', '--audit'], here);
        assert.equal(audit.balanced, true);
      }
    });

    test('a link of the second platform to itself is refused at the command', async () => {
      const env = { ...secondHere.env, CHAPPE_HTTP_PORT: String(second.port) };
      const link = [...linkOf(second, keys), '--no-route'];
      const { status, stderr } = await chappe(['carrier', 'add', 'http', 'me', '--preset', preset, ...link], {
        ...secondHere,
        env,
      });
      assert.equal(status, 2);
      assert.match(stderr, /leads to this installation itself/);
    });
  });
