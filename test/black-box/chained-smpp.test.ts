// A Chappe that sends through another over SMPP: the link of the first is a customer of the second. Receipts, a reply, a STOP and
// a long text come back to the customer of the first, each once.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { chappeJson, type Serving, serve, temporaryFolder } from '../support/black-box.ts';
import { mobile } from '../support/clients.ts';
import { Customer } from '../support/customer.ts';
import { freePort } from '../support/free-port.ts';
import { callRest } from '../support/rest.ts';
import { until } from '../support/until.ts';

interface Created {
  readonly octopush: { readonly user_login: string; readonly api_key: string };
  readonly smpp: { readonly system_id: string; readonly password: string };
}

const account = ['account', 'create', '--email', 'a@example.com', '--name', 'A', '--credit', '10'];

describe('a platform that sends through another over SMPP', () => {
  const folders = [temporaryFolder(), temporaryFolder()] as const;
  const firstHere = { dataDir: folders[0].path, env: { CHAPPE_DEMO: 'false' } };
  const secondHere = { dataDir: folders[1].path, env: { CHAPPE_DEMO: 'false', CHAPPE_SMPP_PORT: '' } };
  let first: Serving;
  let second: Serving;
  let customer: Customer;
  let ours: Created;

  before(async () => {
    secondHere.env.CHAPPE_SMPP_PORT = String(await freePort());
    customer = await Customer.open();
    [first, second] = await Promise.all([serve(firstHere), serve(secondHere)]);
    const keys = await chappeJson<Created>(account, secondHere);
    ours = await chappeJson<Created>([...account, '--callback', customer.url('/')], firstHere);
    const link = [
      ...['--host', '127.0.0.1', '--port', secondHere.env.CHAPPE_SMPP_PORT],
      ...['--system-id', keys.smpp.system_id, '--password', keys.smpp.password],
    ];
    await chappeJson(['carrier', 'add', 'smpp', 'next', ...link], firstHere);
    await chappeJson(['number', 'add', '38200', '--countries', 'FR'], firstHere);
  });

  after(async () => {
    await customer?.close();
    await Promise.all([first?.end('SIGTERM'), second?.end('SIGTERM')]);
    for (const folder of folders) folder.remove();
  });

  test('messages are delivered once; their receipts, a reply and a STOP come back', async () => {
    const recipients = [mobile(1), mobile(2, '98'), mobile(3, '99'), mobile(4, '90')];
    const { octopush } = ours;
    const login = { login: octopush.user_login, apiKey: octopush.api_key };
    const long = `Votre code est 1234. ${'Un texte en trois segments. '.repeat(14)}`;
    await until('the number of the pool is known', async () => {
      const sent = await callRest(first.url, login, 'POST sms-campaign/send', {
        recipients: recipients.map((number) => ({ phone_number: `+${number}` })),
        text: long,
        type: 'sms_premium',
        purpose: 'alert',
        sender: 'Chappe',
        with_replies: true,
      });
      return sent.status === 201 ? sent : null;
    });
    const pushed = () =>
      customer.taken.map(({ fields }) => [
        fields['number'],
        fields['status'] ?? (fields['stop_date'] === undefined ? fields['text'] : 'opt-out'),
      ]);
    await until('four receipts, a reply and a STOP arrive', () => pushed().length >= 6, {
      tell: () => [pushed(), first.stderr(), second.stderr()],
    });
    assert.deepEqual(
      pushed().toSorted(),
      [
        ...recipients.slice(0, 3).map((number) => [`+${number}`, 'DELIVERED']),
        [`+${recipients[3]}`, 'NOT_DELIVERED'],
        [`+${recipients[1]}`, 'OK'],
        [`+${recipients[2]}`, 'opt-out'],
      ].toSorted(),
    );
    const sentOn = await chappeJson<{ segments?: number }[]>(['message', 'list'], secondHere);
    assert.equal(sentOn.length, 4, 'each message left once, its parts joined');
    for (const here of [firstHere, secondHere]) {
      const audit = await chappeJson<{ balanced: boolean }>(['account', 'credit', '--audit'], here);
      assert.equal(audit.balanced, true);
    }
  });
});
