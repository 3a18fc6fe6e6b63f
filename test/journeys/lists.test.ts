// Contacts, lists and tags, and their campaigns: created, computed, confirmed once, or deleted.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mobile } from '../support/clients.ts';
import { anotherProcess, declareDead } from '../support/other-process.ts';
import { openPlatform, type TestAccount, type TestPlatform, workingHours } from '../support/platform.ts';
import { callRest } from '../support/rest.ts';
import { until } from '../support/until.ts';

const hour = 3_600_000;

function contacts(...indexes: readonly number[]) {
  return indexes.map((i) => ({ phone_number: `+${mobile(i)}`, first_name: `N${i}` }));
}

async function whenReady(platform: TestPlatform, account: TestAccount, ticket: string) {
  return until('the campaign is computed', async () => {
    const answer = await callRest(platform.url, account, 'GET sms-campaign-on-list/status', {
      ticket_number: ticket,
    });
    return answer.code === 129 ? null : answer;
  });
}

async function aCampaign(platform: TestPlatform, account: TestAccount, order: Record<string, unknown> = {}) {
  const answer = await callRest(platform.url, account, 'POST sms-campaign-on-list/create', {
    list_name: 'clients',
    text: 'Hello {first_name}',
    type: 'sms_premium',
    purpose: 'alert',
    sender: 'Chappe',
    ...order,
  });
  assert.equal(answer.status, 201, JSON.stringify(answer.members));
  return String(answer.members['ticket_number']);
}

test('a contact-list campaign is computed, confirmed once by a hundred concurrent requests, and reported under its ticket', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount({ creditMicros: 1_000_000n });
  await callRest(platform.url, account, 'POST contact/create', {
    contacts: contacts(1, 2, 3),
    list_name: 'clients',
  });
  const ticket = await aCampaign(platform, account);
  const ready = await whenReady(platform, account, ticket);
  assert.deepEqual(ready.members, { number_of_contacts: 3, cost: 0.15, status: 'ready_to_be_sent' });
  const draft = await callRest(platform.url, account, 'GET sms-campaign/draft');
  assert.equal(draft.members['ticket_number'], ticket);
  assert.equal(platform.carrier.taken.length, 0);

  const answers = await Promise.all(
    Array.from({ length: 100 }, () =>
      callRest(platform.url, account, 'POST sms-campaign-on-list/send', { ticket_number: ticket }),
    ),
  );
  assert.equal(answers.filter(({ status }) => status === 200).length, 1);
  assert.equal(answers.filter(({ code }) => code === 132).length, 99);
  const accepted = answers.find(({ status }) => status === 200)!;
  assert.match(String(accepted.members['sending_date']), /^2026-11-18T10:00:\d\d\+01:00$/);
  for (const i of [1, 2, 3]) {
    const push = await platform.customer.whenTold(mobile(i));
    assert.deepEqual([push.ticket, push.fields['list_name']], [ticket, 'clients']);
  }
  await platform.quiet();
  assert.equal(platform.carrier.taken.length, 3);
  assert.equal(await platform.count('campaigns'), 1);
  assert.deepEqual(await platform.credit(account), { availableMicros: 850_000n, heldMicros: 0n });
  assert.equal((await callRest(platform.url, account, 'GET sms-campaign/draft')).status, 400);
});

test('a send whose only member is a ticket confirms; a tag works like a list; two processes confirm once', async () => {
  const all = ['listeners', 'jobs', 'maintenance', 'dispatch', 'callbacks'] as const;
  await using platform = await openPlatform({ processes: [all, all] });
  const account = await platform.anAccount();
  await callRest(platform.url, account, 'POST contact/create', { contacts: contacts(1), tag_names: ['vip'] });
  const created = await callRest(platform.url, account, 'POST sms-campaign-on-tag/create', {
    tag_name: 'vip',
    text: 'Hello',
    purpose: 'alert',
  });
  const ticket = String(created.members['ticket_number']);
  await whenReady(platform, account, ticket);
  const urls = platform.processes.map(({ running }) => running.httpUrl!);
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, i) =>
      callRest(urls[i % 2]!, account, 'POST sms-campaign/send', { ticket_number: ticket }),
    ),
  );
  assert.equal(answers.filter(({ status }) => status === 200).length, 1);
  assert.equal((await platform.customer.whenTold(mobile(1))).fields['list_name'], null);
  await platform.quiet();
  assert.equal(platform.carrier.taken.length, 1);
});

test('without the credit nothing leaves, and it can be confirmed after a top-up', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount({ creditMicros: 100_000n });
  await callRest(platform.url, account, 'POST contact/create', {
    contacts: contacts(1, 2, 3),
    list_name: 'clients',
  });
  const ticket = await aCampaign(platform, account);
  await whenReady(platform, account, ticket);
  const confirm = () =>
    callRest(platform.url, account, 'POST sms-campaign-on-list/send', { ticket_number: ticket });
  assert.equal((await confirm()).code, 104);
  assert.equal(await platform.count('messages'), 0);
  await platform.query(
    `with entry as (insert into ledger_entries (bucket, account_id, kind, amount_micros, at)
       values (0, $1, 'top_up', 50000, now()))
     update balances set balance_micros = balance_micros + 50000 where account_id = $1`,
    [account.id],
  );
  assert.equal((await confirm()).status, 200);
  await platform.customer.whenTaken(3);
  await platform.quiet();
  assert.deepEqual(await platform.credit(account), { availableMicros: 0n, heldMicros: 0n });
});

test('the sending of a fenced process is completed, and no part is sent twice', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  await callRest(platform.url, account, 'POST contact/create', {
    contacts: contacts(1, 2),
    list_name: 'clients',
  });
  const ticket = await aCampaign(platform, account);
  await whenReady(platform, account, ticket);
  await platform.query('create table kept as select * from contact_list_campaign_parts');
  assert.equal(
    (await callRest(platform.url, account, 'POST sms-campaign-on-list/send', { ticket_number: ticket }))
      .status,
    200,
  );
  await platform.customer.whenTaken(2);
  // As a process leaves it that dies between the submission of a part and its record.
  await platform.query(
    'update contact_list_campaign_parts p set is_sent = false, recipients = k.recipients from kept k where k.id = p.id',
  );
  const dead = await anotherProcess(platform);
  await platform.query(`update contact_list_campaigns set status = 'sending', process_id = $1`, [dead]);
  await declareDead(platform.database, dead);
  await until('a worker has ended it', async () => {
    const [row] = await platform.query<{ status: string }>('select status from contact_list_campaigns');
    return row!.status === 'sent';
  });
  await platform.quiet();
  assert.equal(platform.carrier.taken.length, 2);
  assert.equal(await platform.count('campaigns'), 1);
});

test('a list of more than ten thousand leaves in parts under one ticket, all or nothing by its credit', async () => {
  await using platform = await openPlatform();
  const count = 10_050;
  const account = await platform.anAccount({ creditMicros: BigInt(count - 1) * 50_000n });
  await callRest(platform.url, account, 'POST contact-list/create', { list_name: 'clients' });
  await platform.query(
    `with made as (insert into contacts (bucket, account_id, msisdn, created_at, updated_at)
       select 0, $1, 33600000000 + n * 100, now(), now() from generate_series(1, $2::int) as n returning msisdn)
     insert into contact_members (bucket, account_id, group_id, msisdn)
     select 0, $1, g.id, made.msisdn from contact_groups g, made where g.account_id = $1`,
    [account.id, count],
  );
  const ticket = await aCampaign(platform, account, { text: 'Hello' });
  const ready = await whenReady(platform, account, ticket);
  assert.equal(ready.members['number_of_contacts'], count);
  const confirm = () =>
    callRest(platform.url, account, 'POST sms-campaign-on-list/send', { ticket_number: ticket });
  assert.equal((await confirm()).code, 104);
  assert.equal(await platform.count('campaigns'), 0);
  await platform.query(
    `with entry as (insert into ledger_entries (bucket, account_id, kind, amount_micros, at)
       values (0, $1, 'top_up', 50000, now()))
     update balances set balance_micros = balance_micros + 50000 where account_id = $1`,
    [account.id],
  );
  assert.equal((await confirm()).status, 200);
  await platform.quiet();
  assert.equal(platform.customer.taken.length, count);
  for (const push of platform.customer.taken)
    assert.deepEqual([push.ticket, push.fields['list_name']], [ticket, 'clients']);
  assert.equal(await platform.count('campaigns'), 2);
  assert.equal(platform.carrier.taken.length, count);
  assert.deepEqual(await platform.credit(account), { availableMicros: 0n, heldMicros: 0n });
});

test('a campaign is dropped before its confirmation, or cancelled while all of it waits', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount({ creditMicros: 1_000_000n });
  await callRest(platform.url, account, 'POST contact/create', {
    contacts: contacts(1, 2, 3),
    list_name: 'clients',
  });
  const cancel = (ticket: string) =>
    callRest(platform.url, account, 'DELETE sms-campaign-on-list/cancel', { ticket_number: ticket });
  const confirm = (ticket: string) =>
    callRest(platform.url, account, 'POST sms-campaign-on-list/send', { ticket_number: ticket });

  const dropped = await aCampaign(platform, account);
  assert.equal((await cancel(dropped)).status, 204);
  assert.equal((await confirm(dropped)).code, 131);

  const later = await aCampaign(platform, account, {
    send_at: new Date(workingHours + 2 * hour).toISOString(),
  });
  await whenReady(platform, account, later);
  assert.deepEqual((await confirm(later)).members, { sending_date: '2026-11-18T12:00:00+01:00' });
  assert.equal((await platform.credit(account)).heldMicros, 150_000n);
  assert.equal((await cancel(later)).status, 204);
  assert.deepEqual(await platform.credit(account), { availableMicros: 1_000_000n, heldMicros: 0n });

  const left = await aCampaign(platform, account);
  await whenReady(platform, account, left);
  await confirm(left);
  await platform.customer.whenTaken(3);
  assert.equal((await cancel(left)).code, 132);
  await platform.quiet();
});

test('a fault of all recipients is refused at the creation: STOP mention, an empty list, a second request_id', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const create = (order: Record<string, unknown>) =>
    callRest(platform.url, account, 'POST sms-campaign-on-list/create', { text: 'Hello', ...order });
  assert.equal((await create({ list_name: 'clients' })).code, 103);
  assert.equal((await create({})).code, 303);
  await callRest(platform.url, account, 'POST contact/create', {
    contacts: contacts(1),
    list_name: 'clients',
  });
  assert.equal((await create({ list_name: 'clients', purpose: 'wholesale' })).code, 121);
  assert.equal((await create({ list_name: 'clients', text: '' })).code, 107);
  assert.equal((await create({ list_name: 'clients', segmentation: { filter: 1 } })).code, 207);
  const once = { list_name: 'clients', purpose: 'alert', request_id: 'r1' };
  assert.equal((await create(once)).status, 201);
  assert.equal((await create(once)).code, 182);
  await platform.advance(24 * hour + 60_000);
  assert.equal((await create(once)).status, 201);
  assert.equal((await create({ ...once, request_id: 'r3' })).status, 201);
  await platform.advance(24 * hour + 60_000);
  assert.equal((await create(once)).status, 201);
  const remembered = await platform.query<{ key: string }>('select key from contact_list_campaign_requests');
  assert.deepEqual(remembered, [{ key: 'r1' }]);
  const other = await platform.anAccount();
  assert.equal(
    (
      await callRest(platform.url, other, 'GET sms-campaign-on-list/status', {
        ticket_number: String((await create({ ...once, request_id: 'r2' })).members['ticket_number']),
      })
    ).code,
    131,
    'a campaign is seen by its own account alone',
  );
});

test('contacts join and leave lists, keep their names when asked, and a send stores its recipients', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const call = (what: string, input: Record<string, unknown>) => callRest(platform.url, account, what, input);
  const members = async (list: string) => {
    const rows = await platform.query<{ msisdn: number; name: string }>(
      `select c.msisdn, c.first_name as name from contact_groups g
       join contact_members m on m.account_id = g.account_id and m.group_id = g.id
       join contacts c on c.account_id = m.account_id and c.msisdn = m.msisdn
       where g.name = $1 order by c.msisdn`,
      [list],
    );
    return rows.map(({ msisdn, name }) => `${msisdn} ${name}`);
  };
  const created = await call('POST contact/create', {
    contacts: [
      ...contacts(1, 2),
      { phone_number: 'nonsense' },
      { phone_number: mobile(1), first_name: 'Last' },
    ],
    list_name: 'a',
    list_names: 'b, a',
  });
  assert.equal(created.status, 201);
  assert.deepEqual(created.members, {
    number_of_contacts: 2,
    number_of_invalid_contacts: 1,
    number_of_blacklisted_contacts: 0,
  });
  const both = [`${mobile(1)} Last`, `${mobile(2)} N2`];
  assert.deepEqual(await members('a'), both);
  assert.deepEqual(await members('b'), both);

  const again = { contacts: [{ phone_number: mobile(1), first_name: 'New' }] };
  await call('POST contact/create', { ...again, un_list: ['b'], do_not_overwrite: 'True' });
  assert.deepEqual(await members('b'), [both[1]]);
  assert.deepEqual(await members('a'), both);
  await call('POST contact/create', { ...again, list_name: 'a', un_list: true });
  assert.deepEqual(await members('a'), [both[1]]);

  await call('POST contact/create', { contacts: contacts(3), list_names: 'a, b', tag_name: 'vip' });
  await call('POST contact/create', { contacts: contacts(3), un_list: 'True' });
  assert.deepEqual([await members('a'), await members('b')], [[both[1]], [both[1]]]);
  assert.deepEqual(await members('vip'), [`${mobile(3)} N3`]);

  assert.equal((await call('POST contact-list/create', { list_name: 'a' })).code, 302);
  assert.equal((await call('POST contact-list/create', { list_name: 'c' })).status, 201);
  assert.equal(
    (await call('DELETE contact/delete', { phone_numbers: [mobile(2)], list_name: 'b' })).status,
    204,
  );
  assert.deepEqual(await members('b'), []);
  assert.equal(
    (await call('POST contact-list/empty', { list_name: 'a', delete_contacts: true })).status,
    200,
  );
  assert.equal((await platform.query('select 1 from contacts')).length, 2);
  assert.equal((await call('DELETE contact-list/delete', { list_name: 'a' })).status, 204);
  assert.equal((await call('DELETE contact-list/delete', { list_name: 'a' })).code, 303);

  const sent = await call('POST sms-campaign/send', {
    text: 'Hello',
    purpose: 'alert',
    recipients: contacts(4, 5),
    list_name: 'sent',
  });
  assert.equal(sent.status, 201);
  assert.equal((await platform.customer.whenTold(mobile(5))).fields['list_name'], 'sent');
  assert.deepEqual(await members('sent'), [`${mobile(4)} N4`, `${mobile(5)} N5`]);
  assert.equal((await call('DELETE contact/delete', { phone_numbers: [mobile(4)] })).status, 204);
  assert.deepEqual(await members('sent'), [`${mobile(5)} N5`]);
  await platform.customer.whenTaken(2);
});

test('absent fields of a contact stay; null and an empty text clear them', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount({ callbackPath: null });
  const call = (what: string, input: Record<string, unknown>) => callRest(platform.url, account, what, input);
  const phone_number = `+${mobile(1)}`;
  const create = (contact: object, more: object = {}) =>
    call('POST contact/create', { contacts: [{ phone_number, ...contact }], ...more });
  const stored = async () => {
    const [row] = await platform.query<{ first_name: string; last_name: string; params: string[] }>(
      'select first_name, last_name, params from contacts where msisdn = $1',
      [Number(mobile(1))],
    );
    return [row!.first_name, row!.last_name, ...row!.params.slice(0, 2)];
  };
  const rows: [contact: object, expected: string[]][] = [
    [{ first_name: 'Ana', last_name: 'Martin', param1: 'p' }, ['Ana', 'Martin', 'p', '']],
    [{}, ['Ana', 'Martin', 'p', '']],
    [{ param2: 'q' }, ['Ana', 'Martin', 'p', 'q']],
    [{ first_name: 'Zoé' }, ['Zoé', 'Martin', 'p', 'q']],
    [{ last_name: null, param1: '' }, ['Zoé', '', '', 'q']],
  ];
  for (const [contact, expected] of rows) {
    assert.equal((await create(contact)).status, 201);
    assert.deepEqual(await stored(), expected, JSON.stringify(contact));
  }
  await create({ first_name: 'Eva', last_name: 'Blum' }, { do_not_overwrite: true });
  assert.deepEqual(await stored(), ['Zoé', '', '', 'q']);
  const recipients = [phone_number, `+${mobile(2)}`];
  const sent = await call('POST sms-campaign/send', {
    text: 'Hi',
    purpose: 'alert',
    recipients,
    list_name: 'l',
  });
  assert.equal(sent.status, 201);
  assert.deepEqual(await stored(), ['Zoé', '', '', 'q'], 'a send with its list');
  assert.equal((await platform.query('select 1 from contacts')).length, 2);
  await platform.quiet();
});
