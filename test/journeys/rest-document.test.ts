// The OpenAPI document of the REST dialect against a whole platform: each endpoint answers with a documented status, in the
// documented form.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { mobile } from '../support/clients.ts';
import { openPlatform } from '../support/platform.ts';
import { callRest, type RestAnswer } from '../support/rest.ts';
import { until } from '../support/until.ts';

interface Operation {
  readonly responses: Readonly<Record<string, { content?: { 'application/json': { schema: object } } }>>;
}

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components?: object;
}

test('every endpoint answers as the OpenAPI document describes', async () => {
  await using platform = await openPlatform({ config: { allowPrivateCallbacks: true } });
  const account = await platform.anAccount();
  const document = (await (await fetch(`${platform.url}/v1/public/openapi.json`)).json()) as OpenApi;
  const ajv = new Ajv2020({ strict: false });
  const asked = new Set<string>();

  /** `what` with its place as documented; `at` is what stands in that place. */
  async function call(what: string, input: Record<string, unknown> = {}, at = ''): Promise<RestAnswer> {
    const [method, path] = what.split(' ') as [string, string];
    const answer = await callRest(platform.url, account, what.replace('{login}', at), input);
    const operation = document.paths[`/${path}`]?.[method.toLowerCase()];
    assert.ok(operation, `${what} is documented`);
    const response = operation.responses[answer.status];
    assert.ok(response, `${what} may answer ${answer.status}: ${JSON.stringify(answer.members)}`);
    const schema = response.content?.['application/json'].schema;
    if (schema !== undefined) {
      const isSo = ajv.compile({ ...schema, components: document.components });
      assert.ok(isSo(answer.members), `${what} ${answer.status}: ${ajv.errorsText(isSo.errors)}`);
    }
    asked.add(what);
    return answer;
  }
  const done = async (...order: Parameters<typeof call>) => {
    const answer = await call(...order);
    assert.ok(answer.status < 300, `${order[0]}: ${JSON.stringify(answer.members)}`);
    return answer.members;
  };

  const contacts = [{ phone_number: `+${mobile(1)}`, first_name: 'Zoé' }];
  const alert = { text: 'Hello {first_name}', purpose: 'alert' };
  const sendAt = new Date(platform.clock.now() + 3_600_000).toISOString();
  await call('POST sms-campaign/send', { text: 'No mention', recipients: contacts });
  const sent = await done('POST sms-campaign/send', { ...alert, recipients: contacts, send_at: sendAt });
  await done('DELETE sms-campaign/cancel', { ticket_number: sent['sms_ticket'] });
  const multi = await done('POST multi-channel/send', {
    channel: 'sms',
    ...alert,
    recipients: contacts,
    send_at: sendAt,
  });
  await done('DELETE multi-channel/cancel', { ticket_number: multi['sms_ticket'] });
  await done('GET wallet/check-balance', { with_details: 1 });
  await done('GET wallet/check-credits', { 'country_codes[]': 'FR' });

  const code = await done('POST service/otp/generate', { phone_number: mobile(2) });
  await call('PUT service/otp/validate', { code: 'x', otp_request_token: code['otp_request_token'] });
  await platform.customer.whenTold(mobile(2));

  await done('POST contact-list/create', { list_name: 'clients' });
  await done('POST contact/create', { contacts, list_name: 'clients', tag_name: 'vip' });
  for (const [path, group] of [
    ['sms-campaign-on-list', { list_name: 'clients' }],
    ['sms-campaign-on-tag', { tag_name: 'vip' }],
  ] as const) {
    const created = await done(`POST ${path}/create`, { ...group, ...alert, send_at: sendAt });
    const ticket = { ticket_number: created['ticket_number'] };
    await until('it is computed', async () => (await call(`GET ${path}/status`, ticket)).status === 200);
    await done('GET sms-campaign/draft');
    await done(`POST ${path}/send`, ticket);
    await call(`POST ${path}/send`, ticket);
    await done(`DELETE ${path}/cancel`, ticket);
  }
  // As without a carrier of the operator's: the simulated one looks numbers up.
  await platform.query('update connectors set removed_at = now()');
  await done('POST contact/hlr-request', { phone_numbers: [mobile(1), 'nonsense'], simulation_mode: true });
  await done('DELETE contact/delete', { phone_numbers: [mobile(1)] });
  await done('POST contact-list/empty', { list_name: 'clients' });
  await done('DELETE contact-list/delete', { list_name: 'clients' });

  const { login } = await done('POST subaccount/create', { first_name: 'A' });
  await done('PATCH subaccount/{login}/edit', { company_name: 'B' }, login);
  await done('GET subaccount/{login}', {}, login);
  const { token } = await done('POST subaccount/credit-transfer/token', { email_to: login });
  await done('POST subaccount/credit-transfer/transfer', { token, amount: 1 });
  await done('PATCH user/campaign-parameters/edit', { callbacks: { email_for_inbounds: 'a@example.com' } });
  await done('GET user/campaign-parameters');
  await done('GET campaign/parameters');

  const documented = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path.slice(1)}`),
  );
  assert.deepEqual([...asked].sort(), documented.sort(), 'each was asked');
});
