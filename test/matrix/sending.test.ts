// One scenario, every dialect, each with the answer of its documents. A scenario that a dialect cannot express is left out by
// name. An added dialect is a column, an added scenario a row, and the compiler requires both.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { field, mobile } from '../support/clients.ts';
import { freePort } from '../support/free-port.ts';
import { sendMail, subjectOf } from '../support/mails.ts';
import { ovhClient } from '../support/ovh.ts';
import type { SendingReport } from '../support/ovh-jobs.ts';
import { openPlatform, priceMicros, type TestAccount, type TestPlatform } from '../support/platform.ts';

/** What is sent, in nobody's words. */
interface Order {
  readonly account: TestAccount;
  readonly login: string;
  readonly apiKey: string;
  readonly to: string;
  readonly text: string | null;
  readonly sender: string;
  readonly requestId: string;
  readonly purpose: 'transactional' | 'marketing';
}

/** `accepted`, or the code in which the whole or its one recipient is refused, after the HTTP status. */
type Speak = (platform: TestPlatform, order: Order) => Promise<string>;

function legacyForm(order: Order): URLSearchParams {
  const form = new URLSearchParams({
    user_login: order.login,
    api_key: order.apiKey,
    sms_recipients: order.to,
    sms_type: 'FR',
    sms_sender: order.sender,
    request_id: order.requestId,
    transactional: order.purpose === 'transactional' ? '1' : '0',
  });
  if (order.text !== null) form.set('sms_text', order.text);
  return form;
}

const dialects = {
  'legacy XML': async (platform, order) => {
    const answer = await fetch(`${platform.url}/api/sms`, { method: 'POST', body: legacyForm(order) });
    const code = field(await answer.text(), 'error_code');
    return `${answer.status} ${code === '000' ? 'accepted' : code}`;
  },
  'legacy JSON': async (platform, order) => {
    const answer = await fetch(`${platform.url}/api/sms/json?${legacyForm(order)}`);
    const { error_code: code } = (await answer.json()) as { error_code: string };
    return `${answer.status} ${code === '000' ? 'accepted' : code}`;
  },
  'plug-in': async (platform, order) => {
    const answer = await fetch(`${platform.url}/api_wooc_os/sms_send`, {
      method: 'POST',
      body: legacyForm(order),
    });
    const code = field(await answer.text(), 'error_code');
    return `${answer.status} ${code === '000' ? 'accepted' : code}`;
  },
  REST: async (platform, order) => {
    const answer = await fetch(`${platform.url}/v1/public/sms-campaign/send`, {
      method: 'POST',
      headers: { 'api-login': order.login, 'api-key': order.apiKey, 'content-type': 'application/json' },
      body: JSON.stringify({
        recipients: [{ phone_number: order.to }],
        text: order.text,
        type: 'sms_premium',
        sender: order.sender,
        request_id: order.requestId,
        purpose: order.purpose === 'transactional' ? 'alert' : 'wholesale',
      }),
    });
    const { code } = (await answer.json()) as { code?: number };
    return `${answer.status} ${code ?? 'accepted'}`;
  },
  // Its sender hears nothing but that it was taken; the operator hears why nothing was sent.
  mail: async (platform, order) => {
    const port = Number(new URL(platform.processes[0]!.running.smtpUrl!).port);
    const form = legacyForm(order);
    form.delete('user_login');
    form.delete('api_key');
    const answer = await sendMail(port, { subject: subjectOf(order), text: `start=start&${form}&end=end` });
    if (/^250 OK: campaign/.test(answer)) return '250 accepted';
    const rows = await platform.query<{ reason: string }>(
      'select reason from ignored_mails order by id desc limit 1',
    );
    return `${answer.slice(0, 3)} ${rows[0]!.reason}`;
  },
  OVH: async (platform, { account, login, apiKey, to, text, sender, purpose }) => {
    const keys = {
      ...account.ovh,
      ...(login === account.login ? {} : { applicationKey: login }),
      ...(apiKey === account.apiKey ? {} : { applicationSecret: apiKey }),
    };
    const client = ovhClient(platform.url, keys, () => platform.clock.now());
    const noStopClause = purpose === 'transactional';
    const { status, body } = await client.call<SendingReport & { errorCode?: string }>(
      'POST',
      `/sms/${account.serviceName}/jobs`,
      { message: text, receivers: [to], sender, noStopClause },
    );
    return `${status} ${body.errorCode ?? (body.ids.length === 0 ? 'invalid receiver' : 'accepted')}`;
  },
} satisfies Record<string, Speak>;

type Dialect = keyof typeof dialects;

interface Scenario {
  readonly name: string;
  /** Of the account. */
  readonly creditMicros?: bigint;
  readonly order?: Partial<Order>;
  /** Before the order is sent: the same once, or a reply of STOP. */
  readonly before?: 'the same order' | 'a STOP';
  /** Null where the dialect cannot say it. */
  readonly expected: Readonly<Record<Dialect, string | null>>;
  /** How many messages reach the carrier where it is accepted, the order before included. */
  readonly taken: number;
}

/** The three forms of the legacy dialect have one list of codes. */
const legacyIs = (code: string) => ({ 'legacy XML': code, 'legacy JSON': code, 'plug-in': code });

const marketing = { purpose: 'marketing', text: 'Soldes. STOP au XXXXX' } as const;

const scenarios: readonly Scenario[] = [
  {
    name: 'success',
    expected: {
      ...legacyIs('200 accepted'),
      REST: '201 accepted',
      mail: '250 accepted',
      OVH: '200 accepted',
    },
    taken: 1,
  },
  {
    name: 'marketing with its mention',
    order: marketing,
    expected: {
      ...legacyIs('200 accepted'),
      REST: '201 accepted',
      mail: '250 accepted',
      OVH: '200 accepted',
    },
    taken: 1,
  },
  {
    name: 'marketing without it: OVH adds its own',
    order: { ...marketing, text: 'Soldes' },
    expected: {
      ...legacyIs('200 121'),
      REST: '400 121',
      mail: '250 stop-clause-missing',
      OVH: '200 accepted',
    },
    taken: 1,
  },
  {
    name: 'no credit',
    creditMicros: priceMicros - 1n,
    expected: {
      ...legacyIs('200 104'),
      REST: '400 104',
      mail: '250 credit-insufficient',
      OVH: '403 FORBIDDEN',
    },
    taken: 0,
  },
  {
    name: 'a sender of two letters',
    order: { sender: 'ab' },
    expected: { ...legacyIs('200 106'), REST: '400 106', mail: '250 sender-invalid', OVH: '403 FORBIDDEN' },
    taken: 0,
  },
  {
    name: 'a sender of twelve letters is cut; OVH knows none',
    order: { sender: 'abcdefghijkl' },
    expected: {
      ...legacyIs('200 accepted'),
      REST: '201 accepted',
      mail: '250 accepted',
      OVH: '403 FORBIDDEN',
    },
    taken: 1,
  },
  {
    name: 'no text',
    order: { text: null },
    expected: { ...legacyIs('200 107'), REST: '400 107', mail: '250 text-missing', OVH: '400 BAD_REQUEST' },
    taken: 0,
  },
  {
    name: 'an unknown login',
    order: { login: 'nobody@example.com' },
    expected: {
      ...legacyIs('200 101'),
      REST: '401 401',
      mail: '250 credentials-wrong',
      OVH: '403 INVALID_KEY',
    },
    taken: 0,
  },
  {
    name: 'a wrong key',
    order: { apiKey: 'wrong' },
    expected: {
      ...legacyIs('200 101'),
      REST: '401 401',
      mail: '250 credentials-wrong',
      OVH: '400 INVALID_SIGNATURE',
    },
    taken: 0,
  },
  {
    name: 'a request id used before',
    before: 'the same order',
    expected: { ...legacyIs('200 120'), REST: '400 182', mail: '250 request-already-seen', OVH: null },
    taken: 1,
  },
  {
    name: 'a landline',
    order: { to: '+33142020202' },
    expected: {
      ...legacyIs('200 117'),
      REST: '400 181',
      mail: '250 number-not-mobile',
      OVH: '200 invalid receiver',
    },
    taken: 0,
  },
  {
    name: 'no number at all',
    order: { to: 'nobody' },
    expected: {
      ...legacyIs('200 117'),
      REST: '400 181',
      mail: '250 recipients-malformed',
      OVH: '200 invalid receiver',
    },
    taken: 0,
  },
  {
    name: 'a country without a price',
    order: { to: '+14155550100' },
    expected: {
      ...legacyIs('200 151'),
      REST: '400 151',
      mail: '250 country-not-covered',
      OVH: '200 invalid receiver',
    },
    taken: 0,
  },
  {
    name: 'marketing to one who said STOP',
    before: 'a STOP',
    order: marketing,
    expected: {
      ...legacyIs('200 209'),
      // Told by a push, like all that REST cannot answer.
      REST: '201 accepted',
      mail: '250 recipient-opted-out',
      OVH: '200 invalid receiver',
    },
    taken: 0,
  },
  {
    name: 'an alert to one who said STOP',
    before: 'a STOP',
    expected: {
      ...legacyIs('200 accepted'),
      REST: '201 accepted',
      mail: '250 accepted',
      OVH: '200 accepted',
    },
    taken: 1,
  },
  {
    name: 'four segments: too long for legacy, not for REST',
    order: { text: 'x'.repeat(460) },
    expected: {
      ...legacyIs('200 102'),
      REST: '201 accepted',
      mail: '250 text-too-long',
      OVH: '200 accepted',
    },
    taken: 4,
  },
  {
    name: 'nine segments: too long for all but OVH',
    order: { text: 'x'.repeat(1225) },
    expected: { ...legacyIs('200 102'), REST: '400 189', mail: '250 text-too-long', OVH: '200 accepted' },
    taken: 9,
  },
];

async function stop(platform: TestPlatform, account: TestAccount, to: string): Promise<void> {
  await platform.query('insert into opt_outs (bucket, account_id, msisdn, at) values (0, $1, $2, now())', [
    account.id,
    Number(to.slice(1)),
  ]);
}

for (const dialect of Object.keys(dialects) as Dialect[])
  test(`${dialect}: ${scenarios.length} scenarios are answered in its own words`, async () => {
    await using platform = await openPlatform({ config: { smtpPort: await freePort() } });
    const speak = dialects[dialect];
    for (const [i, { name, creditMicros, order, before, expected, taken }] of scenarios.entries()) {
      const wanted = expected[dialect];
      if (wanted === null) continue;
      const account = await platform.anAccount({
        callbackPath: null,
        creditMicros: creditMicros ?? 10_000_000n,
      });
      const whole: Order = {
        account,
        login: account.login,
        apiKey: account.apiKey,
        to: `+${mobile(i)}`,
        text: 'Votre colis est en route',
        sender: 'Chappe',
        requestId: `requestNumber${i}`,
        purpose: 'transactional',
        ...order,
      };
      const takenBefore = platform.carrier.taken.length;
      if (before === 'the same order') assert.match(await speak(platform, whole), /accepted/);
      if (before === 'a STOP') await stop(platform, account, whole.to);
      assert.equal(await speak(platform, whole), wanted, name);
      await platform.quiet();
      const isRefused = !wanted.includes('accepted');
      const reached = isRefused && before !== 'the same order' ? 0 : taken;
      assert.equal(platform.carrier.taken.length - takenBefore, reached, name);
    }
  });
