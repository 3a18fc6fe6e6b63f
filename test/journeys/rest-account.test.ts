// Account calls of the REST dialect: cancellation, callbacks and parameters, sub-accounts, look-ups.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mobile, sendRest } from '../support/clients.ts';
import { openPlatform, type TestAccount } from '../support/platform.ts';
import { callRest, type RestAnswer } from '../support/rest.ts';
import { until } from '../support/until.ts';

const minute = 60_000;

test('one or two recipients are cancelled until ten minutes before; more, later or another account not', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount({ creditMicros: 1_000_000n });
  const send = (count: number, inMs: number) =>
    sendRest(platform.url, account, {
      to: Array.from({ length: count }, (_, i) => mobile(i)),
      sendAtMs: platform.clock.now() + inMs,
    });
  const cancel = (ticket: string, who: TestAccount = account) =>
    callRest(platform.url, who, 'DELETE sms-campaign/cancel', { ticket_number: ticket });

  const two = await send(2, 60 * minute);
  assert.equal((await cancel(two.ticket, await platform.anAccount())).code, 131);
  assert.equal((await cancel('sms_nonsense')).code, 131);
  assert.equal((await cancel(two.ticket)).status, 204);
  assert.equal((await cancel(two.ticket)).status, 204, 'again makes no difference');
  assert.deepEqual(await platform.credit(account), { availableMicros: 1_000_000n, heldMicros: 0n });

  assert.equal((await cancel((await send(3, 60 * minute)).ticket)).code, 305);
  assert.equal((await cancel((await send(1, 9 * minute)).ticket)).code, 132);
  const waiting = await send(1, 60 * minute);
  await platform.query('update cancel_requests set requests = 1000 where account_id = $1', [account.id]);
  assert.equal((await cancel(waiting.ticket)).code, 128);
  assert.equal(platform.carrier.taken.length, 0);
});

test('a customer sets public addresses only, where the operator does not allow others', async () => {
  await using strict = await openPlatform();
  const guarded = await strict.anAccount();
  const privately = strict.customer.url('/mine');
  const edit = (url: string) =>
    callRest(strict.url, guarded, 'PATCH user/campaign-parameters/edit', {
      callback_url_for_deliveries: url,
    });
  for (const url of [privately, 'http://localhost/', 'http://[::1]/', 'ftp://8.8.8.8/', 'nonsense'])
    assert.equal((await edit(url)).code, 100, url);
  assert.equal((await edit('http://8.8.8.8/x?k=1')).status, 200);
  const read = await callRest(strict.url, guarded, 'GET user/campaign-parameters');
  const { callbacks } = read.members as unknown as { callbacks: Record<string, unknown> };
  assert.equal(callbacks['callback_url_for_deliveries'], 'http://8.8.8.8/x?k=1');
  assert.equal(callbacks['callback_url_for_inbounds'], strict.customer.url(guarded.path), 'as it was');
});

test('a customer sets callbacks, flat or nested, the sender and alerts', async () => {
  await using open = await openPlatform({ config: { allowPrivateCallbacks: true } });
  const account = await open.anAccount();
  const changed = await callRest(open.url, account, 'PATCH user/campaign-parameters/edit', {
    callbacks: { callback_url_for_deliveries: open.customer.url('/mine') },
    payload_type: 'html',
    campaign_parameters: { sender_for_sms_premium: 'My Shop' },
    sms_campaign_alert_parameters: {
      alert_bound: '12.5',
      alert_type: 'sms_low_cost',
      alert_email_to: 'boss@example.com',
    },
  });
  assert.equal(changed.status, 200, JSON.stringify(changed.members));
  assert.deepEqual(changed.members['sms_campaign_alert_parameters'], {
    alert_type: 'sms_low_cost',
    alert_bound: 12,
    alert_email_to: 'boss@example.com',
    alert_emails_to: ['boss@example.com'],
    alert_phone_number_to: null,
  });
  await until('the other processes know', async () => {
    const [row] = await open.query<{ settings: { callbacks: { restPayloadIsJson: boolean } } }>(
      'select settings from accounts where id = $1',
      [account.id],
    );
    return row!.settings.callbacks.restPayloadIsJson === false;
  });
  await callRest(open.url, account, 'POST sms-campaign/send', {
    text: 'Hello',
    purpose: 'alert',
    recipients: [mobile(1)],
  });
  const push = await open.customer.whenTold(mobile(1));
  assert.equal(push.path, '/mine');
  assert.match(String(push.headers['content-type']), /form-urlencoded/);
  const [campaign] = await open.query<{ sender: string }>('select sender from campaigns');
  assert.equal(campaign!.sender, 'My Shop');
});

test('an address that was public when it was set is not called when it leads inside; the operator’s own is', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const url = platform.customer.url('/rebound');
  await platform.query(
    `update accounts set settings = jsonb_set(jsonb_set(settings, '{callbacks,receiptUrl}', to_jsonb($2::text)),
       '{callbacks,customerUrls}', jsonb_build_array($2::text)) where id = $1`,
    [account.id, url],
  );
  await callRest(platform.url, account, 'POST sms-campaign/send', {
    text: 'Hello',
    purpose: 'alert',
    recipients: [mobile(1)],
  });
  await until('the push was refused', async () => {
    const rows = await platform.query<{ error: string }>('select error from callback_attempts');
    return rows.some(({ error }) => /not public/.test(error));
  });
  assert.equal(platform.customer.pushes.length, 0);
});

test('a sub-account is made, edited, credited in whole euros, and sends on its own credit', async () => {
  await using platform = await openPlatform();
  const parent = await platform.anAccount({ creditMicros: 10_000_000n });
  const call = (what: string, input: Record<string, unknown> = {}) =>
    callRest(platform.url, parent, what, input);
  const created = await call('POST subaccount/create', { first_name: 'Ana', password: 'x' });
  assert.equal(created.status, 201);
  const keys = { login: String(created.members['login']), apiKey: String(created.members['api_key']) };
  assert.equal((await call(`PATCH subaccount/${keys.login}/edit`, { company_name: 'Shop' })).status, 200);
  const read = await call(`GET subaccount/${keys.login}`);
  assert.deepEqual([read.members['first_name'], read.members['company_name']], ['Ana', 'Shop']);
  const stranger = await platform.anAccount();
  assert.equal((await callRest(platform.url, stranger, `GET subaccount/${keys.login}`)).code, 202);

  const token = await call('POST subaccount/credit-transfer/token', { email_to: keys.login });
  assert.equal(token.status, 201);
  assert.equal((await call('POST subaccount/credit-transfer/token', { email_to: keys.login })).code, 203);
  const transferWith = (opened: RestAnswer, amount: unknown) =>
    call('POST subaccount/credit-transfer/transfer', { token: opened.members['token'], amount });
  assert.equal((await transferWith(token, 0.5)).code, 205);
  assert.equal((await transferWith(token, 4)).code, 204, 'a refused one is over');
  const next = await call('POST subaccount/credit-transfer/token', { email_to: keys.login });
  const transfer = (amount: unknown) => transferWith(next, amount);
  const done = await transfer(4);
  assert.equal(done.status, 200, JSON.stringify(done.members));
  assert.equal((await transfer(4)).code, 204);
  const { wallet_pack_from: from, wallet_pack_to: to } = done.members as unknown as Record<
    string,
    { residual_credit: number }
  >;
  assert.deepEqual([from!.residual_credit, to!.residual_credit], [6, 4]);
  const entries = await platform.query(
    'select actor, action, address from audit_entries where account_id = $1 order by id',
    [parent.id],
  );
  const actor = `key:octopush:${parent.login}`;
  assert.deepEqual(
    entries,
    ['sub-account.created', 'sub-account.changed', 'credit.moved'].map((action) => ({
      actor,
      action,
      address: '127.0.0.1',
    })),
    'each change is recorded once, with its key and address; a refused transfer is not',
  );
  assert.equal((await sendRest(platform.url, keys, { to: [mobile(1)] })).status, 201);
  await platform.quiet();
});

test('numbers are looked up by the simulated carrier, charged for each answer, and never beyond the credit', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount({ creditMicros: 35_000n });
  const look = (...numbers: readonly string[]) =>
    callRest(platform.url, account, 'POST contact/hlr-request', { phone_numbers: numbers });
  assert.equal((await look(mobile(1))).code, 207, 'a carrier of the operator looks nothing up');
  await platform.query('update connectors set removed_at = now()');
  const answer = await look(`+${mobile(1)}`, mobile(1, '91'), mobile(1, '95'), 'nonsense');
  assert.equal(answer.status, 200, JSON.stringify(answer.members));
  const rows = answer.members as unknown as { status: string; network_name: string | null }[];
  assert.deepEqual(
    rows.map(({ status }) => status),
    ['valid', 'invalid', 'unknown', 'invalid'],
  );
  assert.ok(rows[0]!.network_name);
  assert.equal((await platform.credit(account)).availableMicros, 15_000n);
  assert.equal((await look(mobile(1), mobile(2))).code, 104);
  const simulated = await callRest(platform.url, account, 'POST contact/hlr-request', {
    phone_numbers: [mobile(1)],
    simulation_mode: true,
  });
  assert.equal(simulated.status, 200);
  assert.equal((await platform.credit(account)).availableMicros, 15_000n);
});
