// Our connector against another SMSC: the npm package smpp, an independent implementation of the specification.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import type { AddressInfo, Server, Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { CarrierReply, Outcome, Receipt } from '#domain/delivery/connector.ts';
import { measure } from '#gsm/segments.ts';
import { silentLog } from '#lib/observability/log.ts';
import { systemClock } from '#lib/time/clock.ts';
import { createSmppConnector } from './connector.ts';

interface ForeignPdu {
  readonly command: string;
  readonly [field: string]: unknown;
  response(fields?: Record<string, unknown>): ForeignPdu;
}

interface ForeignSession {
  readonly socket: Socket;
  send(pdu: ForeignPdu): void;
  deliver_sm(fields: Record<string, unknown>, answered?: (pdu: ForeignPdu) => void): void;
  unbind(answered?: () => void): void;
  enquire_link(answered?: () => void): void;
  on(event: string, listener: (pdu: ForeignPdu) => void): void;
}

const foreign = createRequire(import.meta.url)('smpp') as {
  createServer(listener: (session: ForeignSession) => void): Server;
};

/** The other SMSC accepts every bind; `onSubmit` answers. */
async function openForeign(t: TestContext, onSubmit: (session: ForeignSession, pdu: ForeignPdu) => void) {
  const sessions: ForeignSession[] = [];
  const server = foreign.createServer((session) => {
    sessions.push(session);
    session.on('error', () => {});
    session.on('bind_transceiver', (pdu) => session.send(pdu.response({ system_id: 'foreign' })));
    session.on('enquire_link', (pdu) => session.send(pdu.response()));
    session.on('unbind', (pdu) => session.send(pdu.response()));
    session.on('submit_sm', (pdu) => onSubmit(session, pdu));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const receipt = Promise.withResolvers<Receipt>();
  const reply = Promise.withResolvers<CarrierReply>();
  const up = Promise.withResolvers<void>();
  const connector = createSmppConnector(
    {
      id: 1,
      name: 'foreign',
      host: '127.0.0.1',
      port: (server.address() as AddressInfo).port,
      systemId: 'chappe',
      password: 'secret',
      throttlePauseMs: 1,
    },
    {
      onReceipt: (_, told, saved) => {
        saved(true);
        receipt.resolve(told);
      },
      onReply: (_, told, saved) => {
        saved(true);
        reply.resolve(told);
      },
      onChange: () => {
        if (connector.isUp) up.resolve();
      },
    },
    { clock: systemClock, log: silentLog, random: Math.random },
  );
  t.after(async () => {
    await connector.stop(100);
    for (const session of sessions) session.socket.destroy();
    server.close();
  });
  connector.startLease(0);
  await up.promise;
  const send = (text: string) =>
    new Promise<Outcome>((resolve) => {
      const { encoding, segments } = measure(text);
      const expiresAtMs = Date.now() + 3_600_000;
      connector.submit(
        {
          id: 1,
          msisdn: 33612345678,
          sender: 'Chappe',
          text,
          encoding,
          segments,
          expiresAtMs,
          messageClass: null,
        },
        resolve,
      );
    });
  return { send, receipt: receipt.promise, reply: reply.promise, session: sessions[0]!, connector };
}

test('the other SMSC reads our submit_sm; we read its response, its receipt and its enquire_link', async (t) => {
  const seen = Promise.withResolvers<ForeignPdu>();
  const scene = await openForeign(t, (session, pdu) => {
    session.send(pdu.response({ message_id: 'A1B2C3' }));
    const short_message =
      'id:A1B2C3 sub:001 dlvrd:001 submit date:2611211200 done date:2611211201 stat:DELIVRD err:000 text:Hi';
    session.deliver_sm({ source_addr: pdu['destination_addr'], esm_class: 4, short_message });
    seen.resolve(pdu);
  });
  assert.deepEqual(await scene.send('Déjà vu @ 5 €'), { kind: 'submitted', references: ['A1B2C3'] });
  const pdu = await seen.promise;
  assert.equal((pdu['short_message'] as { message: string }).message, 'Déjà vu @ 5 €');
  assert.deepEqual(
    [pdu['source_addr'], pdu['source_addr_ton'], pdu['destination_addr'], pdu['registered_delivery']],
    ['Chappe', 5, '33612345678', 1],
  );
  const receipt = await scene.receipt;
  assert.deepEqual([receipt.references[0], receipt.state], ['A1B2C3', 'delivered']);
  await new Promise<void>((resolve) => scene.session.enquire_link(resolve));
});

test('the other SMSC joins our segments, in GSM and in UCS-2', async (t) => {
  for (const text of ['long '.repeat(60), `☃ ${'très '.repeat(30)}`]) {
    const parts: string[] = [];
    const scene = await openForeign(t, (session, pdu) => {
      const { udh, message } = pdu['short_message'] as { udh: Buffer[]; message: string };
      const [header] = udh;
      parts[header!.at(-1)! - 1] = message;
      session.send(pdu.response({ message_id: String(header!.at(-1)) }));
    });
    const outcome = await scene.send(text);
    assert.equal(parts.join(''), text);
    assert.deepEqual(outcome, { kind: 'submitted', references: parts.map((_, index) => String(index + 1)) });
  }
});

test('the other SMSC throttles, then accepts', async (t) => {
  let asked = 0;
  const scene = await openForeign(t, (session, pdu) => {
    asked++;
    session.send(asked < 3 ? pdu.response({ command_status: 0x58 }) : pdu.response({ message_id: 'late' }));
  });
  assert.deepEqual(await scene.send('Hello'), { kind: 'submitted', references: ['late'] });
  assert.equal(asked, 3);
});

test('a reply written by the other SMSC is read', async (t) => {
  const scene = await openForeign(t, () => {});
  scene.session.deliver_sm({
    source_addr: '33612345678',
    destination_addr: '36180',
    short_message: 'Arrêtez ☃',
  });
  const reply = await scene.reply;
  assert.deepEqual([reply.source.address, reply.to, reply.text], ['33612345678', '36180', 'Arrêtez ☃']);
});

test('an unbind of the other SMSC is answered', async (t) => {
  const scene = await openForeign(t, () => {});
  await new Promise<void>((resolve) => scene.session.unbind(resolve));
});
