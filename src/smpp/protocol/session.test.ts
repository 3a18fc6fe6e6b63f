import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodePdu, PduWriter } from './codec.ts';
import type { CommandName, CommandSpec, PduOf } from './commands.ts';
import { specs } from './commands.ts';
import { Framer } from './framer.ts';
import type { Role } from './roles.ts';
import { type RequestPdu, Session, type SessionLimits } from './session.ts';
import { commandStatus } from './status.ts';

const limits: SessionLimits = {
  bindMs: 5_000,
  enquireLinkMs: 30_000,
  answerMs: 10_000,
  idleMs: 0,
  window: 10,
  responseMs: 60_000,
};

/** A session whose events are written down as lines, and whose output is read back as lines. */
class Recorded {
  readonly events: string[] = [];
  readonly requests: RequestPdu[] = [];
  readonly session: Session<string>;

  constructor(role: Role, overrides: Partial<SessionLimits> = {}) {
    const { events, requests } = this;
    this.session = new Session<string>(
      role,
      { ...limits, ...overrides },
      {
        onBindRequest: (pdu) => events.push(`bind request of ${pdu.system_id}`),
        onBound: () => events.push('bound'),
        onBindRefused: (status) => events.push(`bind refused ${status}`),
        onRequest: (pdu) => {
          requests.push(pdu);
          events.push(`request ${pdu.command} ${pdu.sequence_number}`);
        },
        onResponse: (token, pdu) => events.push(`${token}: ${pdu.command} ${pdu.command_status}`),
        onTimeout: (token) => events.push(`${token}: no answer`),
        onLost: (token) => events.push(`${token}: lost`),
        onMalformed: (pdu) => events.push(`malformed: ${pdu.reason}`),
        onUnexpected: (pdu) => events.push(`unexpected ${pdu.command}`),
        onClosed: (reason) => events.push(`closed: ${reason}`),
      },
      0,
    );
  }

  /** What happened since the last time. */
  newEvents(): string[] {
    return this.events.splice(0);
  }

  written(): string[] {
    const bytes = this.session.takeOutput();
    if (bytes === null) return [];
    const framer = new Framer();
    framer.push(bytes);
    const lines: string[] = [];
    while (framer.next() === 'frame') {
      const pdu = decodePdu(framer.bytes, framer.start, framer.end);
      lines.push(`${pdu.command} ${pdu.command_status} #${pdu.sequence_number}`);
    }
    return lines;
  }

  receive<Name extends CommandName>(name: Name, sequence: number, status = 0, fields = {}, nowMs = 0): void {
    const writer = new PduWriter();
    writer.write(specs[name] as CommandSpec<Name>, status, sequence, fields);
    this.session.receive(writer.take()!, nowMs);
  }
}

function boundEsme(overrides: Partial<SessionLimits> = {}): Recorded {
  const esme = new Recorded('esme', overrides);
  esme.session.bind('bind_transceiver', { system_id: 'me', password: 'secret' });
  esme.receive('bind_transceiver_resp', 1, 0, { system_id: 'you' });
  esme.newEvents();
  esme.written();
  return esme;
}

function boundSmsc(name: 'bind_transceiver' | 'bind_receiver' | 'bind_transmitter'): Recorded {
  const smsc = new Recorded('smsc');
  smsc.receive(name, 1, 0, { system_id: 'me', interface_version: 0x34 });
  smsc.session.answerBind(0, 'you', 0);
  smsc.newEvents();
  smsc.written();
  return smsc;
}

const submit = { destination_addr: '33612345678', short_message: Uint8Array.of(0x41) };

test('an ESME binds, sends, receives the response and unbinds', () => {
  const esme = new Recorded('esme');
  esme.session.bind('bind_transceiver', { system_id: 'me' });
  assert.equal(esme.session.state, 'binding');
  assert.equal(esme.session.free, 0);
  assert.deepEqual(esme.written(), ['bind_transceiver 0 #1']);
  esme.receive('bind_transceiver_resp', 1);
  assert.equal(esme.session.free, 10);
  esme.session.request('submit_sm', submit, undefined, 'first', 100);
  esme.session.request('submit_sm', submit, undefined, 'second', 100);
  assert.equal(esme.session.free, 8);
  assert.deepEqual(esme.written(), ['submit_sm 0 #2', 'submit_sm 0 #3']);
  esme.receive('submit_sm_resp', 3, 0, { message_id: 'x' });
  esme.receive('submit_sm_resp', 2, commandStatus.ESME_RTHROTTLED);
  esme.session.unbind(200);
  assert.deepEqual(esme.written(), ['unbind 0 #4']);
  esme.receive('unbind_resp', 4);
  assert.deepEqual(esme.newEvents(), [
    'bound',
    'second: submit_sm_resp 0',
    'first: submit_sm_resp 88',
    'closed: unbound',
  ]);
});

test('a refused bind closes an ESME', () => {
  for (const answer of ['bind_transmitter_resp', 'generic_nack'] as const) {
    const esme = new Recorded('esme');
    esme.session.bind('bind_transmitter', {});
    esme.receive(answer, 1, commandStatus.ESME_RINVPASWD);
    assert.deepEqual(esme.newEvents(), ['bind refused 14', 'closed: bind refused']);
    assert.equal(esme.session.state, 'closed');
  }
});

test('PDUs after a bind request wait for the decision of the application, and a refused bind can be tried again', () => {
  const smsc = new Recorded('smsc');
  smsc.receive('bind_receiver', 1, 0, { system_id: 'me' });
  assert.deepEqual(smsc.written(), []);
  smsc.receive('bind_receiver', 2, 0, { system_id: 'me' });
  smsc.session.answerBind(commandStatus.ESME_RINVPASWD, 'you', 0);
  smsc.receive('bind_transceiver', 3, 0, { system_id: 'me' });
  smsc.session.answerBind(0, 'you', 0);
  assert.deepEqual(smsc.written(), [
    `bind_receiver_resp ${commandStatus.ESME_RINVPASWD} #1`,
    'bind_receiver_resp 0 #2',
    `bind_transceiver_resp ${commandStatus.ESME_RALYBND} #3`,
  ]);
  assert.deepEqual(smsc.newEvents(), ['bind request of me', 'bind request of me', 'bound']);
});

test('an answer to a bind is as wide as the version of the peer', () => {
  for (const [version, length] of [
    [0x33, 20],
    [0x34, 25],
  ] as const) {
    const smsc = new Recorded('smsc');
    smsc.receive('bind_receiver', 1, 0, { interface_version: version });
    smsc.session.answerBind(0, 'you', 0);
    assert.equal(smsc.session.takeOutput()!.length, length);
  }
});

test('a request is answered when the application decides, with its sequence number', () => {
  const esme = boundEsme();
  esme.receive('deliver_sm', 77, 0, submit);
  esme.receive('deliver_sm', 78, 0, submit);
  assert.equal(esme.session.inbound, 2);
  assert.deepEqual(esme.written(), []);
  esme.session.respond('deliver_sm_resp', 78, 0);
  esme.session.respond('deliver_sm_resp', 77, commandStatus.ESME_RX_T_APPN);
  assert.equal(esme.session.inbound, 0);
  assert.deepEqual(esme.written(), ['deliver_sm_resp 0 #78', 'deliver_sm_resp 100 #77']);
});

const misplaced: readonly [string, () => Recorded, CommandName, number][] = [
  ['submit_sm before a bind', () => new Recorded('smsc'), 'submit_sm', commandStatus.ESME_RINVBNDSTS],
  ['submit_sm from a receiver', () => boundSmsc('bind_receiver'), 'submit_sm', commandStatus.ESME_RINVBNDSTS],
  ['deliver_sm to an SMSC', () => boundSmsc('bind_transceiver'), 'deliver_sm', commandStatus.ESME_RINVCMDID],
  ['submit_sm to an ESME', boundEsme, 'submit_sm', commandStatus.ESME_RINVCMDID],
  ['query_sm to an ESME', boundEsme, 'query_sm', commandStatus.ESME_RINVCMDID],
  ['a bind to an ESME', boundEsme, 'bind_receiver', commandStatus.ESME_RINVCMDID],
  ['a second bind', () => boundSmsc('bind_receiver'), 'bind_receiver', commandStatus.ESME_RALYBND],
];

for (const [is, open, name, status] of misplaced) {
  test(`${is} is refused, and the session continues`, () => {
    const peer = open();
    peer.receive(name, 9);
    assert.deepEqual(peer.written(), [`${name}_resp ${status} #9`]);
    assert.deepEqual(peer.newEvents(), []);
    assert.equal(peer.session.inbound, 0);
    assert.notEqual(peer.session.state, 'closed');
  });
}

test('a deaf bind has no free slots', () => {
  assert.equal(boundSmsc('bind_transmitter').session.free, 0);
  assert.equal(boundSmsc('bind_receiver').session.free, 10);
});

test('a malformed request is answered with its reason, an unknown one with generic_nack, and the session survives', () => {
  const esme = boundEsme();
  esme.session.receive(Uint8Array.from(Buffer.from('00000013000000050000000000000009000000', 'hex')), 0);
  esme.session.receive(Uint8Array.from(Buffer.from('0000001000000077000000000000000a', 'hex')), 0);
  esme.session.receive(Uint8Array.from(Buffer.from('0000001080000077000000000000000b', 'hex')), 0);
  assert.deepEqual(esme.written(), [
    `deliver_sm_resp ${commandStatus.ESME_RINVCMDLEN} #9`,
    `generic_nack ${commandStatus.ESME_RINVCMDID} #10`,
  ]);
  assert.equal(esme.newEvents().length, 3);
  assert.equal(esme.session.state, 'bound');
});

test('a command_length out of bounds is answered with generic_nack and closes the session; open requests are reported lost', () => {
  const esme = boundEsme();
  esme.session.request('submit_sm', submit, undefined, 'first', 0);
  esme.written();
  esme.session.receive(Uint8Array.from(Buffer.from('00000008', 'hex')), 0);
  assert.deepEqual(esme.written(), [`generic_nack ${commandStatus.ESME_RINVCMDLEN} #0`]);
  assert.deepEqual(esme.newEvents(), ['first: lost', 'closed: command_length out of bounds']);
});

test('a missing response is reported once, and is reported as late if it arrives afterwards', () => {
  const esme = boundEsme({ enquireLinkMs: 0 });
  esme.session.request('submit_sm', submit, undefined, 'first', 1_000);
  esme.session.tick(60_999);
  assert.deepEqual(esme.newEvents(), []);
  esme.session.tick(61_000);
  esme.session.tick(62_000);
  assert.equal(esme.session.free, 10);
  esme.receive('submit_sm_resp', 2);
  assert.deepEqual(esme.newEvents(), ['first: no answer', 'unexpected submit_sm_resp']);
});

test('a silent peer receives enquire_link, and the session closes without a response', () => {
  const esme = boundEsme();
  esme.session.tick(30_000);
  assert.deepEqual(esme.written(), ['enquire_link 0 #2']);
  esme.receive('enquire_link_resp', 2, 0, {}, 31_000);
  esme.session.tick(61_000);
  assert.deepEqual(esme.written(), ['enquire_link 0 #3']);
  esme.session.tick(71_000);
  assert.deepEqual(esme.newEvents(), ['closed: link-silent']);
});

test('the peer can send enquire_link too, before the bind and after it', () => {
  const smsc = new Recorded('smsc');
  smsc.receive('enquire_link', 5);
  assert.deepEqual(smsc.written(), ['enquire_link_resp 0 #5']);
});

test('the unbind of the peer is answered and closes', () => {
  const smsc = boundSmsc('bind_transceiver');
  smsc.session.request('deliver_sm', submit, undefined, 'receipt', 0);
  smsc.written();
  smsc.receive('unbind', 40);
  assert.deepEqual(smsc.written(), ['unbind_resp 0 #40']);
  assert.deepEqual(smsc.newEvents(), ['receipt: lost', 'closed: the peer unbound']);
});

test('a generic_nack is the answer to the request it names', () => {
  const esme = boundEsme();
  esme.session.request('submit_sm', submit, undefined, 'first', 0);
  esme.receive('generic_nack', 2, commandStatus.ESME_RINVCMDID);
  esme.receive('generic_nack', 0, commandStatus.ESME_RINVCMDID);
  assert.deepEqual(esme.newEvents(), ['first: generic_nack 3', 'unexpected generic_nack']);
});

test('after a generic_nack for lost PDU boundaries, open requests are reported lost at once', () => {
  const esme = boundEsme();
  esme.session.request('submit_sm', submit, undefined, 'first', 0);
  esme.receive('generic_nack', 0, commandStatus.ESME_RINVCMDLEN);
  assert.deepEqual(esme.newEvents(), ['first: lost', 'closed: the peer lost the boundaries of our PDUs']);
});

test('a receipt that arrives during our unbind is accepted and answered before the session closes', () => {
  const esme = boundEsme();
  esme.session.unbind(0);
  esme.written();
  esme.receive('deliver_sm', 77, 0, submit);
  esme.receive('unbind_resp', 2);
  assert.deepEqual(esme.newEvents(), ['request deliver_sm 77']);
  assert.equal(esme.session.state, 'unbinding');
  esme.session.respond('deliver_sm_resp', 77, 0);
  assert.deepEqual(esme.written(), ['deliver_sm_resp 0 #77']);
  assert.deepEqual(esme.newEvents(), ['closed: unbound']);
});

test('an alert_notification has no response, even a malformed one, and the session continues', () => {
  const esme = boundEsme();
  esme.receive('alert_notification', 9, 0, { source_addr: '33612345678' });
  // Ends behind its first address.
  esme.session.receive(Buffer.from('00000013000001020000000000000009010141', 'hex'), 0);
  assert.deepEqual(esme.written(), []);
  assert.equal(esme.session.state, 'bound');
});

test('a session that has closed is deaf and mute', () => {
  const esme = boundEsme();
  esme.receive('deliver_sm', 77, 0, submit);
  esme.session.close('the link is gone');
  esme.session.close('again');
  esme.session.respond('deliver_sm_resp', 77, 0);
  esme.receive('deliver_sm', 78, 0, submit);
  esme.session.tick(1e9);
  assert.deepEqual(esme.written(), []);
  assert.deepEqual(esme.newEvents(), ['request deliver_sm 77', 'closed: the link is gone']);
});

test('two sessions understand each other, however the octets are cut', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 10 }), (cut, count) => {
      const esme = new Recorded('esme');
      const smsc = new Recorded('smsc');
      const carry = (from: Recorded, to: Recorded) => {
        const bytes = from.session.takeOutput() ?? new Uint8Array(0);
        for (let at = 0; at < bytes.length; at += cut) to.session.receive(bytes.slice(at, at + cut), 0);
      };
      esme.session.bind('bind_transceiver', { system_id: 'me' });
      carry(esme, smsc);
      smsc.session.answerBind(0, 'you', 0);
      carry(smsc, esme);
      for (let i = 0; i < count; i++) esme.session.request('submit_sm', submit, undefined, `m${i}`, 0);
      carry(esme, smsc);
      for (const request of smsc.requests as PduOf<'submit_sm'>[]) {
        assert.equal(request.destination_addr, submit.destination_addr);
        smsc.session.respond('submit_sm_resp', request.sequence_number, 0, { message_id: 'id' });
      }
      carry(smsc, esme);
      const answered = esme.newEvents().filter((line) => line.endsWith('submit_sm_resp 0'));
      assert.equal(answered.length, count);
      assert.equal(esme.session.outstanding, 0);
    }),
  );
});

test('random octets never throw and never hang a session', () => {
  const headers = Object.values(specs).map((spec) => spec.id);
  const frame = fc.tuple(fc.constantFrom(...headers), fc.uint8Array({ maxLength: 60 })).map(([id, body]) => {
    const bytes = new Uint8Array(16 + body.length);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, bytes.length);
    view.setUint32(4, id);
    view.setUint32(12, 2);
    bytes.set(body, 16);
    return bytes;
  });
  fc.assert(
    fc.property(fc.array(fc.oneof(frame, fc.uint8Array({ maxLength: 40 })), { maxLength: 10 }), (chunks) => {
      for (const peer of [boundEsme(), boundSmsc('bind_transceiver'), new Recorded('smsc')]) {
        for (const chunk of chunks) peer.session.receive(chunk, 0);
        peer.session.tick(1e9);
      }
    }),
    { numRuns: 500 },
  );
});
