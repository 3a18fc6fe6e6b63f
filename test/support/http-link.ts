// An HTTP link over a carrier that answers as the test says. Used by the tests of the kind `http`.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { httpKind } from '../../src/connectors/http/kind.ts';
import type { Log } from '../../src/domain/base/log-events.ts';
import type {
  CarrierReply,
  Connector,
  OutboundMessage,
  Outcome,
  Receipt,
} from '../../src/domain/delivery/connector.ts';
import { type CallbackReading, parseOptions } from '../../src/domain/delivery/connector-kind.ts';
import type { Callback } from './http-carriers.ts';

export const aMessage: OutboundMessage = {
  id: 7,
  msisdn: 33_612_345_678,
  sender: 'Chappe',
  text: 'Bonjour',
  encoding: 'gsm7',
  segments: 2,
  expiresAtMs: Number.MAX_SAFE_INTEGER,
  messageClass: null,
};

export interface Heard {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export type Reply = (response: ServerResponse, heard: Heard) => void;

/** A carrier that answers as the test says, and the requests that it has received. */
export async function aCarrier(t: TestContext, reply: Reply) {
  const heard: Heard[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (piece: Buffer) => {
      body += piece;
    });
    request.on('end', () => {
      const one = { method: request.method!, url: request.url!, headers: request.headers, body };
      heard.push(one);
      reply(response, one);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { heard, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

export interface OpenedLink {
  readonly connector: Connector;
  send(changes?: Partial<OutboundMessage>): Promise<Outcome>;
  readonly clock: { ms: number };
  readonly receipts: Receipt[];
  readonly replies: CarrierReply[];
  /** What the link has learnt, merged. */
  readonly learnt: Record<string, unknown>;
  /** Names of the events that it has logged. */
  readonly logged: string[];
  /** The answer of the recorders. */
  isSaved: boolean;
}

function namesOnly(logged: string[]): Log {
  const note = (...[name]: readonly unknown[]) => void logged.push(String(name));
  const log: Log = { debug: note, info: note, warn: note, error: note, child: () => log };
  return log;
}

export function openLink(
  t: TestContext,
  texts: Readonly<Record<string, string>>,
  stored: object = {},
): OpenedLink {
  const { values, mistakes } = parseOptions(httpKind, {
    'callback-token': callbackToken,
    timeout: '60000',
    ...texts,
  });
  assert.deepEqual(mistakes, []);
  const clock = { ms: 1_000_000 };
  const learnt = { ...stored };
  const receipts: Receipt[] = [];
  const replies: CarrierReply[] = [];
  const logged: string[] = [];
  const connector = httpKind.open(
    { id: 3, name: 'north', options: values, learnt },
    {
      onLearnt: (_id, facts) => Object.assign(learnt, facts),
      onReceipt: (_id, receipt, saved) => {
        receipts.push(receipt);
        saved(opened.isSaved);
      },
      onReply: (_id, reply, saved) => {
        replies.push(reply);
        saved(opened.isSaved);
      },
      onChange: () => {},
    },
    {
      clock: { now: () => clock.ms },
      log: namesOnly(logged),
      random: () => 0.5,
      baseUrl: 'https://sms.example',
    },
  );
  t.after(() => connector.stop(0));
  const opened: OpenedLink = {
    connector,
    clock,
    receipts,
    replies,
    learnt,
    logged,
    isSaved: true,
    send: (changes) => new Promise((done) => connector.submit({ ...aMessage, ...changes }, done)),
  };
  return opened;
}

export const callbackToken = 'abcdefghijklmnopqrst';

/** The address that the link gives to its carrier. */
export function callbackUrlOf(purpose: 'receipt' | 'reply'): string {
  return `https://sms.example/carriers/north/${callbackToken}/${purpose}`;
}

/** Reads a request of the carrier as the platform does. */
export function readCallbackOf(
  texts: Readonly<Record<string, string>>,
  purpose: 'receipt' | 'reply',
  { url, init }: Callback,
): CallbackReading {
  const { values, mistakes } = parseOptions(httpKind, { 'callback-token': callbackToken, ...texts });
  assert.deepEqual(mistakes, []);
  return httpKind.readCallback!(
    { id: 1, name: 'north', options: values, learnt: {} },
    {
      purpose,
      url,
      query: new URL(url).search.slice(1),
      headers: init.headers,
      contentType: init.headers['content-type'] ?? '',
      body: Buffer.from(init.body ?? ''),
    },
    5_000,
  );
}
