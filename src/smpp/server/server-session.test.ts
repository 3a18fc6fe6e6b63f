// Transcripts of a server: `<` is a PDU of the customer, `>` a PDU of the server, `*` an event of the owner.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodePdu, PduWriter } from '#smpp/protocol/codec.ts';
import { type CommandName, type CommandSpec, noTlvs, type PduOf, specs } from '#smpp/protocol/commands.ts';
import { Framer } from '#smpp/protocol/framer.ts';
import type { SessionLimits } from '#smpp/protocol/session.ts';
import { commandStatus, statusName } from '#smpp/protocol/status.ts';
import { textOctets, tlvTags, tlvText } from '#smpp/protocol/tlvs.ts';
import { BoundSessions } from './bound-sessions.ts';
import { repeatedStatuses } from './delivery-queue.ts';
import { type Delivery, defaultServerLimits, type ServerHandler, ServerSession } from './server-session.ts';

class Receipt implements Delivery {
  readonly tlvs = new Map([[tlvTags.receipted_message_id, textOctets('m1')]]);
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  fields() {
    return { source_addr: '33612345678', destination_addr: 'Chappe', esm_class: 4 };
  }
}

/** A server with one customer, `customer` with the password `secret`. */
class Transcript implements ServerHandler<Receipt> {
  readonly lines: string[] = [];
  readonly bound: BoundSessions<string, Receipt>;
  readonly requests: PduOf<'submit_sm' | 'data_sm'>[] = [];
  readonly lengths: number[] = [];
  nowMs = 0;
  readonly #limits: SessionLimits;

  constructor(limits: Partial<SessionLimits> = {}, maxBinds = 0) {
    this.#limits = { ...defaultServerLimits, ...limits };
    this.bound = new BoundSessions(maxBinds);
  }

  open(): ServerSession<Receipt> {
    const clock = { now: () => this.nowMs };
    const session = new ServerSession<Receipt>({
      serverId: 'chappe',
      limits: this.#limits,
      clock,
      handler: this,
    });
    this.bound.add(session);
    return session;
  }

  openBound(
    name: 'bind_transceiver' | 'bind_transmitter' | 'bind_receiver' = 'bind_transceiver',
    version = 0x34,
  ) {
    const session = this.open();
    this.send(session, name, 1, { system_id: 'customer', password: 'secret', interface_version: version });
    this.take();
    return session;
  }

  send<Name extends CommandName>(
    session: ServerSession<Receipt>,
    name: Name,
    sequence: number,
    fields = {},
    status = 0,
  ) {
    const writer = new PduWriter();
    writer.write(specs[name] as CommandSpec<Name>, status, sequence, fields);
    this.lines.push(`< ${name} #${sequence}${status === 0 ? '' : ` ${statusName(status)}`}`);
    session.receive(writer.take()!);
    this.read(session);
  }

  /** Appends the output of the session. */
  read(session: ServerSession<Receipt>): void {
    const bytes = session.takeOutput();
    if (bytes === null) return;
    const framer = new Framer();
    framer.push(bytes);
    while (framer.next() === 'frame') {
      const pdu = decodePdu(framer.bytes, framer.start, framer.end);
      if (pdu.command === 'malformed') throw new Error(pdu.reason);
      const status = pdu.command_status === 0 ? '' : ` ${statusName(pdu.command_status)}`;
      const reason = tlvText(pdu.tlvs ?? noTlvs, tlvTags.additional_status_info_text);
      this.lengths.push(framer.end - framer.start);
      this.lines.push(`> ${pdu.command} #${pdu.sequence_number}${status}${reason ? ` "${reason}"` : ''}`);
    }
  }

  take(): string[] {
    this.lengths.length = 0;
    return this.lines.splice(0);
  }

  tick(session: ServerSession<Receipt>, nowMs: number): void {
    this.nowMs = nowMs;
    this.bound.tick(nowMs);
    this.read(session);
  }

  onBindRequest(session: ServerSession<Receipt>, pdu: PduOf<'bind_transceiver'>): void {
    const isKnown = pdu.system_id === 'customer' && pdu.password === 'secret';
    session.answerBind(isKnown ? this.bound.statusOfBind(pdu.system_id) : commandStatus.ESME_RBINDFAIL);
  }

  onBound(session: ServerSession<Receipt>): void {
    this.bound.bind(session.systemId, session, this.nowMs);
  }

  onRequest(_session: ServerSession<Receipt>, pdu: PduOf<'submit_sm'>): void {
    this.requests.push(pdu);
  }

  onDelivered(session: ServerSession<Receipt>, receipt: Receipt, status: number, nowMs: number): void {
    this.lines.push(`* ${receipt.name} answered ${statusName(status)}`);
    if (repeatedStatuses.has(status)) this.bound.queueOf(session.systemId).postpone(receipt, nowMs + 5_000);
  }

  onUndelivered(session: ServerSession<Receipt>, receipt: Receipt): void {
    this.lines.push(`* ${receipt.name} undelivered`);
    this.bound.queueOf(session.systemId).repeat(receipt);
  }

  onMalformed(): void {
    this.lines.push('* malformed');
  }

  onUnexpected(): void {
    this.lines.push('* unexpected');
  }

  onClosed(session: ServerSession<Receipt>, reason: string): void {
    this.lines.push(`* closed: ${reason}`);
    this.bound.remove(session, this.nowMs);
  }
}

const submit = { destination_addr: '33612345678', short_message: Uint8Array.of(0x41) };

test('an unbind is answered after the responses to all requests before it', () => {
  const server = new Transcript();
  const session = server.openBound();
  server.send(session, 'submit_sm', 2, submit);
  server.send(session, 'submit_sm', 3, submit);
  server.send(session, 'unbind', 4);
  session.answerSubmit(server.requests[1]!, 0, 'm3');
  session.answerSubmit(server.requests[0]!, 0, 'm2');
  server.read(session);
  assert.deepEqual(server.take(), [
    '< submit_sm #2',
    '< submit_sm #3',
    '< unbind #4',
    '* closed: the peer unbound',
    '> submit_sm_resp #3',
    '> submit_sm_resp #2',
    '> unbind_resp #4',
  ]);
});

test('a request after the unbind is refused, and an unbind with a request without a response is answered after 5 s', () => {
  const server = new Transcript();
  const session = server.openBound();
  server.send(session, 'submit_sm', 2, submit);
  server.send(session, 'unbind', 3);
  server.send(session, 'submit_sm', 4, submit);
  server.tick(session, 4_999);
  server.tick(session, 5_000);
  assert.deepEqual(server.take(), [
    '< submit_sm #2',
    '< unbind #3',
    '< submit_sm #4',
    '> submit_sm_resp #4 ESME_RINVBNDSTS',
    '* closed: the peer unbound',
    '> unbind_resp #3',
  ]);
});

test('an inactive session is unbound before it closes', () => {
  const server = new Transcript({ idleMs: 60_000, enquireLinkMs: 0 });
  const session = server.openBound();
  server.tick(session, 59_999);
  server.tick(session, 60_000);
  server.send(session, 'unbind_resp', 1);
  assert.deepEqual(server.take(), ['> unbind #1', '< unbind_resp #1', '* closed: idle']);
});

test('a request that arrives with the unbind of an inactive session is refused, and the session closes', () => {
  const server = new Transcript({ idleMs: 60_000, enquireLinkMs: 0 });
  const session = server.openBound();
  server.tick(session, 60_000);
  server.send(session, 'submit_sm', 2, submit);
  server.tick(session, 70_000);
  assert.deepEqual(server.take(), [
    '> unbind #1',
    '< submit_sm #2',
    '> submit_sm_resp #2 ESME_RINVBNDSTS',
    '* closed: unbind-overdue',
  ]);
});

test('requests above the inbound window get ESME_RTHROTTLED at once', () => {
  const server = new Transcript({ maxInbound: 2 });
  const session = server.openBound();
  for (const sequence of [2, 3, 4]) server.send(session, 'submit_sm', sequence, submit);
  session.answerSubmit(server.requests[0]!, 0, 'm2');
  server.read(session);
  server.send(session, 'submit_sm', 5, submit);
  assert.equal(session.inbound, 2);
  assert.deepEqual(server.take(), [
    '< submit_sm #2',
    '< submit_sm #3',
    '< submit_sm #4',
    '> submit_sm_resp #4 ESME_RTHROTTLED',
    '> submit_sm_resp #2',
    '< submit_sm #5',
  ]);
});

test('the third refused bind closes the connection', () => {
  const server = new Transcript();
  const session = server.open();
  for (const sequence of [1, 2, 3])
    server.send(session, 'bind_transceiver', sequence, { system_id: 'customer', password: 'guess' });
  server.read(session);
  assert.deepEqual(server.take(), [
    '< bind_transceiver #1',
    '> bind_transceiver_resp #1 ESME_RBINDFAIL',
    '< bind_transceiver #2',
    '> bind_transceiver_resp #2 ESME_RBINDFAIL',
    '< bind_transceiver #3',
    '* closed: too many refused binds',
    '> bind_transceiver_resp #3 ESME_RBINDFAIL',
  ]);
});

test('a bind above the limit of its account is refused, and succeeds when another bind has ended', () => {
  const server = new Transcript({}, 1);
  const first = server.openBound();
  const second = server.open();
  const credentials = { system_id: 'customer', password: 'secret', interface_version: 0x34 };
  server.send(second, 'bind_receiver', 1, credentials);
  server.send(first, 'unbind', 2);
  server.send(second, 'bind_receiver', 2, credentials);
  assert.deepEqual(server.take(), [
    '< bind_receiver #1',
    '> bind_receiver_resp #1 ESME_RALYBND',
    '< unbind #2',
    '* closed: the peer unbound',
    '> unbind_resp #2',
    '< bind_receiver #2',
    '> bind_receiver_resp #2',
  ]);
});

test('an impossible command_length is nacked with the sequence number of its header', () => {
  const server = new Transcript();
  const session = server.openBound();
  session.receive(Buffer.from('00000008000000040000000000000007', 'hex'));
  server.read(session);
  assert.deepEqual(server.take(), [
    '* closed: command_length out of bounds',
    '> generic_nack #7 ESME_RINVCMDLEN',
  ]);
});

test('an impossible command_length without a whole header is nacked with the sequence number 0', () => {
  const server = new Transcript();
  const session = server.openBound();
  session.receive(Buffer.from('0000000800000004', 'hex'));
  server.read(session);
  assert.deepEqual(server.take(), [
    '* closed: command_length out of bounds',
    '> generic_nack #0 ESME_RINVCMDLEN',
  ]);
});

test('an outbind of a customer gets generic_nack, before and after its bind', () => {
  const server = new Transcript();
  const session = server.open();
  server.send(session, 'outbind', 1);
  assert.deepEqual(server.take(), ['< outbind #1', '> generic_nack #1 ESME_RINVBNDSTS']);
  const bound = server.openBound();
  server.send(bound, 'outbind', 2);
  assert.deepEqual(server.take(), ['< outbind #2', '> generic_nack #2 ESME_RINVBNDSTS']);
});

test('a refusal carries its reason in a TLV to a 3.4 peer, and a body without TLVs to a 3.3 peer', () => {
  const reason = new Map([[tlvTags.additional_status_info_text, textOctets('No credit')]]);
  for (const [version, line, length] of [
    [0x34, '> submit_sm_resp #2 ESME_RSUBMITFAIL "No credit"', 16 + 1 + 4 + 10],
    [0x50, '> submit_sm_resp #2 ESME_RSUBMITFAIL "No credit"', 16 + 1 + 4 + 10],
    [0x33, '> submit_sm_resp #2 ESME_RSUBMITFAIL', 16 + 1],
    [0x00, '> submit_sm_resp #2 ESME_RSUBMITFAIL', 16 + 1],
  ] as const) {
    const server = new Transcript();
    const session = server.openBound('bind_transceiver', version);
    server.send(session, 'submit_sm', 2, submit);
    session.answerSubmit(server.requests[0]!, commandStatus.ESME_RSUBMITFAIL, '', reason);
    server.read(session);
    assert.deepEqual(server.lengths, [length]);
    assert.deepEqual(server.take(), ['< submit_sm #2', line]);
  }
});

test('a refusal without a TLV has no body for a 3.4 peer', () => {
  const server = new Transcript();
  const session = server.openBound();
  server.send(session, 'submit_sm', 2, submit);
  session.answerSubmit(server.requests[0]!, commandStatus.ESME_RINVDSTADR);
  server.read(session);
  assert.deepEqual(server.lengths, [16]);
});

test('a 3.3 peer gets TLVs from the first delivery that it refuses for their absence', () => {
  const server = new Transcript();
  const session = server.openBound('bind_transceiver', 0);
  const queue = server.bound.queueOf('customer');
  for (const name of ['first', 'second']) queue.add(new Receipt(name));
  queue.pump(0);
  server.read(session);
  const [withoutTlvs] = server.lengths;
  server.send(session, 'deliver_sm_resp', 1, {}, commandStatus.ESME_RINVOPTPARSTREAM);
  server.send(session, 'deliver_sm_resp', 2, {}, commandStatus.ESME_RMISSINGOPTPARAM);
  server.tick(session, 1_000);
  server.send(session, 'deliver_sm_resp', 3, {}, commandStatus.ESME_RINVOPTPARSTREAM);
  assert.deepEqual(server.lengths, [withoutTlvs, withoutTlvs, withoutTlvs! + 7, withoutTlvs! + 7]);
  assert.equal(session.version, 0x34);
  assert.deepEqual(
    server.take().filter((line) => line.startsWith('*')),
    ['* first undelivered', '* second undelivered', '* first answered ESME_RINVOPTPARSTREAM'],
  );
});

test('the version of a peer is rounded down to 3.3, 3.4 or 5.0', () => {
  for (const [sent, version] of [
    [0x00, 0x33],
    [0x31, 0x33],
    [0x33, 0x33],
    [0x34, 0x34],
    [0x4f, 0x34],
    [0x50, 0x50],
    [0xff, 0x50],
  ] as const) {
    assert.equal(new Transcript().openBound('bind_transceiver', sent).version, version);
  }
});

test('a delivery is sent to a receiving bind, and again on another bind after a lost connection', () => {
  const server = new Transcript();
  const transmitter = server.openBound('bind_transmitter');
  server.bound.queueOf('customer').add(new Receipt('receipt'));
  server.tick(transmitter, 10);
  assert.deepEqual(server.take(), []);
  const receiver = server.openBound('bind_receiver');
  assert.equal(receiver.outstanding, 1);
  receiver.ended('the connection was lost');
  assert.deepEqual(server.take(), ['* receipt undelivered', '* closed: the connection was lost']);
  const next = server.openBound('bind_receiver');
  server.send(next, 'deliver_sm_resp', 1);
  assert.deepEqual(server.take(), ['< deliver_sm_resp #1', '* receipt answered ESME_ROK']);
  assert.equal(server.bound.waiting, 0);
});

test('a delivery without a response is repeated after the response time', () => {
  const server = new Transcript({ enquireLinkMs: 0 });
  const session = server.openBound();
  const queue = server.bound.queueOf('customer');
  queue.add(new Receipt('receipt'));
  server.tick(session, 0);
  server.tick(session, 29_999);
  server.tick(session, 30_000);
  server.send(session, 'deliver_sm_resp', 2);
  assert.deepEqual(server.take(), [
    '> deliver_sm #1',
    '* receipt undelivered',
    '> deliver_sm #2',
    '< deliver_sm_resp #2',
    '* receipt answered ESME_ROK',
  ]);
});

test('a delivery that the customer refuses for now is repeated later, one that it refuses finally is not', () => {
  const server = new Transcript({ enquireLinkMs: 0 });
  const session = server.openBound();
  const queue = server.bound.queueOf('customer');
  queue.add(new Receipt('first'));
  queue.add(new Receipt('second'));
  server.tick(session, 0);
  server.send(session, 'deliver_sm_resp', 1, {}, commandStatus.ESME_RX_T_APPN);
  server.send(session, 'deliver_sm_resp', 2, {}, commandStatus.ESME_RX_P_APPN);
  server.tick(session, 4_999);
  server.tick(session, 5_000);
  assert.deepEqual(server.take(), [
    '> deliver_sm #1',
    '> deliver_sm #2',
    '< deliver_sm_resp #1 ESME_RX_T_APPN',
    '* first answered ESME_RX_T_APPN',
    '< deliver_sm_resp #2 ESME_RX_P_APPN',
    '* second answered ESME_RX_P_APPN',
    '> deliver_sm #3',
  ]);
});

test('a stop unbinds every session, closes those without a bind, and ends when all have closed', async () => {
  const server = new Transcript();
  const bound = server.openBound();
  server.open();
  const empty = server.bound.whenEmpty(60_000);
  server.bound.unbindAll(0);
  server.read(bound);
  server.send(bound, 'unbind_resp', 1);
  await empty;
  assert.deepEqual(server.take(), [
    '* closed: stopped before the bind',
    '> unbind #1',
    '< unbind_resp #1',
    '* closed: unbound',
  ]);
  assert.equal(server.bound.sessions.size, 0);
});
