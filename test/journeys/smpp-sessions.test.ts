// Binds, limits and broken input at the SMPP listener, octet by octet.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultSmppSettings, type SmppSettings } from '../../src/domain/account/account.ts';
import { setAccountStatus } from '../../src/store/accounts/accounts.ts';
import { notify } from '../../src/store/database/notices.ts';
import { mobile } from '../support/clients.ts';
import { freePort } from '../support/free-port.ts';
import { openPlatform, type TestAccount, type TestPlatform } from '../support/platform.ts';
import { briefOf, credentials, pduOf, RawSmpp } from '../support/raw-smpp.ts';
import { SmppClient } from '../support/smpp-client.ts';

const urlOf = (platform: TestPlatform) => platform.processes[0]!.running.smppUrl!;

async function openWith(smpp: Partial<SmppSettings> = {}): Promise<{
  platform: TestPlatform;
  account: TestAccount;
  url: string;
  [Symbol.asyncDispose](): Promise<void>;
}> {
  const platform = await openPlatform({ withSmpp: true });
  const account = await platform.anAccount({
    callbackPath: null,
    settings: { smpp: { ...defaultSmppSettings, ...smpp } },
  });
  return {
    platform,
    account,
    url: urlOf(platform),
    [Symbol.asyncDispose]: () => platform[Symbol.asyncDispose](),
  };
}

const textTo = (number: string, text = 'Bonjour') => ({
  source_addr: 'Chappe',
  destination_addr: number,
  short_message: Buffer.from(text),
});

test('a wrong password and an unknown system_id have the same answer, and the third closes the connection', async () => {
  await using scene = await openWith();
  const { account, url } = scene;
  await using peer = await RawSmpp.connect(url);
  const wrong = await peer.ask('bind_transceiver', 1, { ...credentials(account.smpp), password: 'wrong123' });
  assert.equal(briefOf(wrong), 'bind_transceiver_resp e #1');
  const unknown = await peer.ask('bind_receiver', 2, {
    system_id: 'nobody',
    password: account.smpp.password,
  });
  assert.equal(briefOf(unknown), 'bind_receiver_resp e #2');
  const long = await peer.ask('bind_transmitter', 3, {
    ...credentials(account.smpp),
    password: 'x'.repeat(64),
  });
  assert.equal(briefOf(long), 'bind_transmitter_resp e #3');
  await peer.whenClosed();
  await using other = await RawSmpp.bind(url, account.smpp);
  assert.equal(briefOf(other.received[0]!), 'bind_transceiver_resp 0 #1');
});

const refusedPeers: readonly (readonly [why: string, smpp: Partial<SmppSettings>])[] = [
  ['an address that the account does not allow', { allowedAddresses: ['192.0.2.0/24'] }],
  ['a connection without TLS if the account demands it', { demandsTls: true }],
];

for (const [why, smpp] of refusedPeers)
  test(`a bind is refused from ${why}`, async () => {
    await using scene = await openWith(smpp);
    await using peer = await RawSmpp.connect(scene.url);
    const answer = await peer.ask('bind_transceiver', 1, credentials(scene.account.smpp));
    assert.equal(briefOf(answer), 'bind_transceiver_resp d #1');
  });

test('an account that allows the address binds with TLS, and a blocked account does not bind', async () => {
  const smppsPort = await freePort();
  await using platform = await openPlatform({ config: { smppsPort } });
  const account = await platform.anAccount({
    callbackPath: null,
    settings: { smpp: { ...defaultSmppSettings, demandsTls: true, allowedAddresses: ['127.0.0.0/8'] } },
  });
  const url = `ssmpp://127.0.0.1:${smppsPort}`;
  await using client = await SmppClient.bind(url, account.smpp);
  assert.equal((await client.submit(mobile(1), 'Bonjour')).command_status, 0);
  await client.deliveries(1);
  await setAccountStatus(platform.query, account.id, 'blocked');
  await notify(platform.query, 'accounts');
  await assert.rejects(SmppClient.bind(url, account.smpp), /refused with 13/);
  await platform.quiet();
});

test('with all binds in use a further one is refused and closed; a bind of a peer that is gone makes room', async () => {
  await using scene = await openWith({ maxBinds: 2 });
  const { account, url } = scene;
  await using first = await RawSmpp.bind(url, account.smpp);
  await using second = await RawSmpp.bind(url, account.smpp);
  await using third = await RawSmpp.connect(url);
  assert.equal(
    briefOf(await third.ask('bind_transceiver', 1, credentials(account.smpp))),
    'bind_transceiver_resp 5 #1',
  );
  await third.whenClosed();
  // The first does not answer enquire_link any more, as after a crash of its machine.
  first.answers = false;
  await using fourth = await RawSmpp.connect(url);
  assert.equal(
    briefOf(await fourth.ask('bind_transceiver', 1, credentials(account.smpp))),
    'bind_transceiver_resp 0 #1',
  );
  await first.whenClosed();
  assert.equal(second.isClosed, false);
});

test('requests behind a bind request wait for its answer', async () => {
  await using scene = await openWith();
  const { platform, account, url } = scene;
  await using peer = await RawSmpp.connect(url);
  const bind = pduOf('bind_transceiver', 1, credentials(account.smpp));
  const submit = pduOf('submit_sm', 2, textTo(mobile(2)));
  peer.write(Buffer.concat([bind, submit, pduOf('enquire_link', 3)]));
  assert.equal(briefOf(await peer.next()), 'bind_transceiver_resp 0 #1');
  assert.deepEqual([briefOf(await peer.next()), briefOf(await peer.next())].toSorted(), [
    'enquire_link_resp 0 #3',
    'submit_sm_resp 0 #2',
  ]);
  await platform.quiet();
});

test('all responses leave before unbind_resp', async () => {
  await using scene = await openWith();
  const { platform, account, url } = scene;
  await using peer = await RawSmpp.bind(url, account.smpp);
  const submits = Array.from({ length: 100 }, (_, i) => pduOf('submit_sm', 10 + i, textTo(mobile(100 + i))));
  peer.write(Buffer.concat([...submits, pduOf('unbind', 500)]));
  await peer.whenClosed();
  const answers = peer.received.slice(1).map(briefOf);
  assert.equal(answers.length, 101);
  assert.equal(answers.at(-1), 'unbind_resp 0 #500');
  assert.deepEqual(new Set(answers.slice(0, 100).map((answer) => answer.split(' ')[1])), new Set(['0']));
  await platform.quiet();
  assert.equal(await platform.count('messages'), 100);
});

test('requests above the window and segments above the rate are throttled, and cost nothing', async () => {
  await using scene = await openWith({ window: 2 });
  const { platform, account, url } = scene;
  await using peer = await RawSmpp.bind(url, account.smpp);
  peer.write(Buffer.concat([1, 2, 3, 4].map((i) => pduOf('submit_sm', i, textTo(mobile(i))))));
  const answers: string[] = [];
  for (let i = 0; i < 4; i++) answers.push(briefOf(await peer.next()));
  assert.deepEqual(answers.toSorted(), [
    'submit_sm_resp 0 #1',
    'submit_sm_resp 0 #2',
    'submit_sm_resp 58 #3',
    'submit_sm_resp 58 #4',
  ]);
  const slow = await platform.anAccount({
    callbackPath: null,
    settings: { smpp: { ...defaultSmppSettings, segmentsPerSecond: 3 } },
  });
  await using limited = await RawSmpp.bind(url, slow.smpp);
  const long = textTo(mobile(9), 'x'.repeat(200));
  assert.equal(briefOf(await limited.ask('submit_sm', 1, long)), 'submit_sm_resp 0 #1');
  assert.equal(briefOf(await limited.ask('submit_sm', 2, long)), 'submit_sm_resp 58 #2');
  await platform.quiet();
  assert.equal(await platform.count('messages'), 3);
});

test('a 3.3 peer receives no TLVs, and a body with a refusal; a 3.4 peer reads the reason of a refusal', async () => {
  await using scene = await openWith();
  const { account, url } = scene;
  await using old = await RawSmpp.bind(url, account.smpp, 0x33);
  // 16 octets of header, `chappe` and its NUL: no sc_interface_version.
  assert.equal(old.lengths[0], 23);
  assert.equal(briefOf(await old.ask('submit_sm', 2, textTo('12'))), 'submit_sm_resp b #2');
  assert.equal(old.lengths[1], 17);
  await using modern = await RawSmpp.bind(url, account.smpp, 0x50);
  const refused = await modern.ask('submit_sm', 2, textTo('12'));
  const info = refused.command === 'malformed' ? undefined : refused.tlvs.get(0x001d);
  assert.match(Buffer.from(info!).toString(), /number/i);
  const answer = await old.ask('submit_sm', 3, { ...textTo(mobile(3)), registered_delivery: 1 });
  assert.ok(
    answer.command === 'submit_sm_resp' && answer.message_id.length <= 8,
    'an id of 8 characters at most',
  );
});

test('PDUs in the wrong state or direction, unknown ones and impossible lengths have the answers of the specification', async () => {
  await using scene = await openWith();
  const { account, url } = scene;
  await using open = await RawSmpp.connect(url);
  assert.equal(briefOf(await open.ask('enquire_link', 1)), 'enquire_link_resp 0 #1');
  assert.equal(briefOf(await open.ask('submit_sm', 2, textTo(mobile(1)))), 'submit_sm_resp 4 #2');
  assert.equal(briefOf(await open.ask('outbind', 3)), 'generic_nack 4 #3');
  assert.equal(
    briefOf(await open.ask('bind_receiver', 4, credentials(account.smpp))),
    'bind_receiver_resp 0 #4',
  );
  assert.equal(briefOf(await open.ask('submit_sm', 5, textTo(mobile(1)))), 'submit_sm_resp 4 #5');
  assert.equal(
    briefOf(await open.ask('bind_receiver', 6, credentials(account.smpp))),
    'bind_receiver_resp 5 #6',
  );
  await using bound = await RawSmpp.bind(url, account.smpp);
  assert.equal(briefOf(await bound.ask('deliver_sm', 7)), 'deliver_sm_resp 3 #7');
  bound.write(Buffer.from('00000010000001110000000000000008', 'hex'));
  assert.equal(briefOf(await bound.next()), 'generic_nack 3 #8');
  // A response without a request, and a generic_nack: no answer.
  bound.write(Buffer.from('0000001080000004000000000000000900000010800000000000000300000009', 'hex'));
  for (const sequence of [0, 0x80000000, 0xffffffff])
    assert.equal(
      briefOf(await bound.ask('submit_sm', sequence, textTo('12'))),
      `submit_sm_resp b #${sequence}`,
    );
  bound.write(Buffer.from('0000000f00000004000000000000000a', 'hex'));
  assert.equal(briefOf(await bound.next()), 'generic_nack 2 #10');
  await bound.whenClosed();
});

test('an unknown peer that announces a large PDU is closed before it sends it', async () => {
  await using scene = await openWith();
  await using peer = await RawSmpp.connect(scene.url);
  peer.write(Buffer.from('0001000000000009000000000000000100', 'hex'));
  assert.equal(briefOf(await peer.next()), 'generic_nack 2 #1');
  await peer.whenClosed();
});

test('a password that is revoked ends its binds', async () => {
  await using scene = await openWith();
  const { platform, account, url } = scene;
  await using peer = await RawSmpp.bind(url, account.smpp);
  await platform.query(
    "update credentials set revoked_at = now() where dialect = 'smpp' and account_id = $1",
    [account.id],
  );
  await peer.whenClosed();
  await using again = await RawSmpp.connect(url);
  assert.equal(
    briefOf(await again.ask('bind_transceiver', 1, credentials(account.smpp))),
    'bind_transceiver_resp e #1',
  );
});

/** A generator of the same octets in each run. */
function octetsFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  };
}

test('random, cut and changed PDUs never end the process, and leave no connection behind', async () => {
  await using scene = await openWith();
  const { platform, account, url } = scene;
  const next = octetsFrom(42);
  const wellFormed = [
    pduOf('submit_sm', 1, { ...textTo(mobile(5)), esm_class: 0x40, registered_delivery: 1 }),
    pduOf('submit_multi', 2, {
      source_addr: 'Chappe',
      dest_address: [{ dest_flag: 1, dest_addr_ton: 1, dest_addr_npi: 1, destination_addr: mobile(6) }],
      short_message: Buffer.from('Bonjour'),
    }),
    pduOf('data_sm', 3, { destination_addr: mobile(7) }, new Map([[0x0424, Buffer.from('Bonjour')]])),
    pduOf('query_sm', 4, { message_id: 'c1' }),
    pduOf('cancel_sm', 5, { message_id: 'c1' }),
    pduOf('replace_sm', 6, { message_id: 'c1', short_message: Buffer.from('x') }),
    pduOf('deliver_sm_resp', 7),
    pduOf('enquire_link', 8),
  ];
  for (let round = 0; round < 60; round++) {
    await using peer = round % 4 === 0 ? await RawSmpp.connect(url) : await RawSmpp.bind(url, account.smpp);
    for (let i = 0; i < 40 && !peer.isClosed; i++) {
      const pdu = Buffer.from(wellFormed[next() % wellFormed.length]!);
      for (let change = next() % 6; change > 0; change--) {
        // The length stays in most rounds, so that the stream goes on.
        const at = (next() % 8 === 0 ? 0 : 4) + (next() % (pdu.length - 4));
        pdu[at] = next();
      }
      peer.write(next() % 10 === 0 ? pdu.subarray(0, next() % pdu.length) : pdu);
    }
    peer.write(Buffer.from(Array.from({ length: 50 }, next)));
  }
  await using client = await SmppClient.bind(url, account.smpp);
  assert.equal((await client.submit(mobile(8), 'still here', { registered_delivery: 0 })).command_status, 0);
  assert.deepEqual(platform.processes[0]!.fatal, []);
  const faults = platform.logLines.filter((line) => /request_failed|internal error|bind_failed/.test(line));
  assert.deepEqual(faults, []);
  await platform.quiet();
});

test('hundreds of connections that bind with wrong passwords leave the listener open to a customer', async () => {
  await using scene = await openWith();
  const { account, url } = scene;
  const flood = Array.from({ length: 200 }, async (_, i) => {
    const peer = await RawSmpp.connect(url);
    peer.send('bind_transceiver', 1, { system_id: `nobody-${i}`, password: 'x' });
    return peer;
  });
  const peers = await Promise.all(flood);
  await using client = await RawSmpp.connect(url);
  const answer = await client.ask('bind_transceiver', 1, credentials(account.smpp));
  // Beyond 60 wrong passwords from one address no password is checked.
  assert.match(briefOf(answer), /^bind_transceiver_resp (0|d) #1$/);
  for (const peer of peers) assert.match(briefOf(await peer.next()), /^bind_transceiver_resp [ed] #1$/);
  await Promise.all(peers.map((peer) => peer[Symbol.asyncDispose]()));
});
