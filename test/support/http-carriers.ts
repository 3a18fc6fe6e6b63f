// Stand-ins of carriers with an HTTP API, which behave as the public documentation of the provider describes: answers, errors,
// throttling, signed and repeated callbacks. Used by the tests of the presets and by journeys. Sources:
// docs/operating/http-carriers.md#presets.
import { createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface HeardRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Members of a form. */
  readonly form: Readonly<Record<string, string>>;
}

export interface StandInAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const membersOf = (text: string) => Object.fromEntries(new URLSearchParams(text));
const json = (status: number, value: unknown): StandInAnswer => ({
  status,
  body: JSON.stringify(value),
  headers: { 'content-type': 'application/json' },
});

export abstract class StandIn implements AsyncDisposable {
  readonly requests: HeardRequest[] = [];
  /** Answers of the next requests, instead of the usual ones. */
  readonly script: StandInAnswer[] = [];
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      let body = '';
      request.on('data', (piece: Buffer) => {
        body += piece;
      });
      request.on('end', () => {
        const { pathname, search } = new URL(request.url!, 'http://carrier');
        const heard = {
          method: request.method!,
          path: pathname,
          query: membersOf(search),
          headers: request.headers,
          body,
          form: membersOf(body),
        };
        this.requests.push(heard);
        const answer = this.script.shift() ?? this.answer(heard);
        response.writeHead(answer.status, answer.headers).end(answer.body);
      });
    });
  }

  async open(): Promise<this> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  protected abstract answer(request: HeardRequest): StandInAnswer;

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

export interface Callback {
  readonly url: string;
  readonly init: {
    readonly method: string;
    readonly headers: Record<string, string>;
    readonly body?: string;
  };
}

/** Sends it and returns the status and the body of the answer. */
export async function call({ url, init }: Callback): Promise<{ status: number; body: string }> {
  const response = await fetch(url, init);
  return { status: response.status, body: await response.text() };
}

const formType = 'application/x-www-form-urlencoded; charset=utf-8';

export class TwilioStandIn extends StandIn {
  static readonly sid = 'AC00000000000000000000000000000001';
  static readonly token = 'auth-token-of-the-tests';

  protected answer({ method, path, headers, form }: HeardRequest): StandInAnswer {
    const { sid, token } = TwilioStandIn;
    if (headers.authorization !== `Basic ${btoa(`${sid}:${token}`)}`)
      return json(401, { code: 20003, message: 'Authenticate', status: 401 });
    if (method !== 'POST' || path !== `/2010-04-01/Accounts/${sid}/Messages.json`)
      return json(404, { code: 20404, message: 'The requested resource was not found', status: 404 });
    if (!/^\+[1-9]\d{6,14}$/.test(form['To'] ?? ''))
      return json(400, { code: 21211, message: "The 'To' number is not a valid phone number.", status: 400 });
    if (form['From'] === undefined)
      return json(400, { code: 21603, message: "A 'From' phone number is required.", status: 400 });
    if (!form['Body']) return json(400, { code: 21602, message: 'Message body is required.', status: 400 });
    return json(201, { sid: TwilioStandIn.newSid(), status: 'queued', num_segments: '1', error_code: null });
  }

  static newSid(): string {
    return `SM${randomUUID().replaceAll('-', '')}`;
  }

  static readonly throttled = json(429, { code: 20429, message: 'Too Many Requests', status: 429 });

  /** A form that Twilio signs: the URL, then the members in the order of their names. */
  static callback(
    url: string,
    form: Readonly<Record<string, string>>,
    token = TwilioStandIn.token,
  ): Callback {
    const signed = Object.keys(form)
      .sort()
      .reduce((text, name) => text + name + form[name], url);
    const signature = createHmac('sha1', token).update(signed, 'utf8').digest('base64');
    const headers = { 'content-type': formType, 'x-twilio-signature': signature };
    return { url, init: { method: 'POST', headers, body: new URLSearchParams(form).toString() } };
  }

  static receipt(url: string, sid: string, status: string, errorCode?: string): Callback {
    const form = { MessageSid: sid, SmsSid: sid, MessageStatus: status, AccountSid: TwilioStandIn.sid };
    return TwilioStandIn.callback(url, errorCode === undefined ? form : { ...form, ErrorCode: errorCode });
  }

  static reply(url: string, from: string, to: string, text: string): Callback {
    return TwilioStandIn.callback(url, {
      From: from,
      To: to,
      Body: text,
      MessageSid: TwilioStandIn.newSid(),
      NumSegments: '1',
    });
  }
}

export class VonageStandIn extends StandIn {
  static readonly key = 'a1b2c3d4';
  static readonly secret = 'api-secret';
  static readonly signatureSecret = 'signature-secret';
  #ids = 0;

  /** Always 200: each part has a status. */
  protected answer({ form }: HeardRequest): StandInAnswer {
    const refusal = (status: string, text: string) =>
      json(200, { 'message-count': '1', messages: [{ status, 'error-text': text }] });
    if (form['api_key'] !== VonageStandIn.key || form['api_secret'] !== VonageStandIn.secret)
      return refusal('4', 'Bad Credentials');
    if (!form['to'] || !form['from'] || !form['text']) return refusal('2', 'Missing parameters');
    const limit = form['type'] === 'unicode' ? [70, 67] : [160, 153];
    const { length } = form['text'];
    const parts = length <= limit[0]! ? 1 : Math.ceil(length / limit[1]!);
    const messages = Array.from({ length: parts }, () => ({
      to: form['to'],
      'message-id': `0A000000${String(++this.#ids).padStart(8, '0')}`,
      status: '0',
      'remaining-balance': '3.14',
    }));
    return json(200, { 'message-count': String(parts), messages });
  }

  static readonly throttled = json(200, {
    'message-count': '1',
    messages: [{ status: '1', 'error-text': 'Throughput Rate Exceeded - please wait [ 250 ] and retry' }],
  });

  /** Signed with HMAC-SHA-256 over the sorted members; & and = in values are replaced. */
  static callback(url: string, members: Readonly<Record<string, string>>, method: 'GET' | 'POST'): Callback {
    const dated = { ...members, timestamp: '1796058000' };
    const signed = Object.entries(dated)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => `&${name}=${value.replace(/[&=]/g, '_')}`)
      .join('');
    const sig = createHmac('sha256', VonageStandIn.signatureSecret)
      .update(signed)
      .digest('hex')
      .toUpperCase();
    const text = new URLSearchParams({ ...dated, sig }).toString();
    if (method === 'GET') return { url: `${url}?${text}`, init: { method, headers: {} } };
    return { url, init: { method, headers: { 'content-type': formType }, body: text } };
  }

  static receipt(url: string, id: string, status: string, method: 'GET' | 'POST' = 'GET'): Callback {
    const members = {
      msisdn: '33612345678',
      to: 'Chappe',
      'network-code': '20801',
      messageId: id,
      price: '0.0600',
      status,
      scts: '2611301000',
      'err-code': status === 'delivered' ? '0' : '1',
      'message-timestamp': '2026-11-30 10:00:00',
    };
    return VonageStandIn.callback(url, members, method);
  }
}

export class KannelStandIn extends StandIn {
  static readonly user = 'chappe';
  static readonly password = 'kannel-secret';

  protected answer({ method, path, query }: HeardRequest): StandInAnswer {
    if (method !== 'GET' || path !== '/cgi-bin/sendsms') return { status: 404, body: 'Not found' };
    if (query['username'] !== KannelStandIn.user || query['password'] !== KannelStandIn.password)
      return { status: 403, body: 'Authorization failed for sendsms' };
    if (!query['to']) return { status: 400, body: 'Empty receiver number not allowed, rejected' };
    return { status: 202, body: '0: Accepted for delivery' };
  }

  /** Kannel replaces %d by the type of the receipt and %A by the answer of the SMSC, escaped. */
  static receipt(dlrUrl: string, type: number, answer = ''): Callback {
    const url = dlrUrl.replaceAll('%d', String(type)).replaceAll('%A', encodeURIComponent(answer));
    return { url, init: { method: 'GET', headers: {} } };
  }
}

export class JasminStandIn extends StandIn {
  static readonly user = 'chappe';
  static readonly password = 'jasmin-secret';

  protected answer({ query }: HeardRequest): StandInAnswer {
    if (query['username'] !== JasminStandIn.user || query['password'] !== JasminStandIn.password)
      return { status: 403, body: 'Error "Authentication failure for username:chappe"' };
    if (query['content'] === undefined && query['hex-content'] === undefined)
      return { status: 400, body: 'Error "content or hex-content not present."' };
    return { status: 200, body: `Success "${randomUUID()}"` };
  }

  static readonly throttled: StandInAnswer = {
    status: 403,
    body: 'Error "User throughput exceeded"',
  };

  static receipt(url: string, id: string, status: string): Callback {
    const form = {
      id,
      message_status: status,
      level: '2',
      id_smsc: '1',
      sub: '001',
      dlvrd: '001',
      err: '000',
    };
    const body = new URLSearchParams(form).toString();
    return { url, init: { method: 'POST', headers: { 'content-type': formType }, body } };
  }
}

/**
 * A carrier of no vendor: access tokens, lists of messages, and receipts that it gives one by one after a number. It takes a
 * message, and has its receipt at once.
 */
export class ListsStandIn extends StandIn {
  tokens = 0;
  readonly messages: { readonly to: string; readonly ref: string; readonly from?: string }[] = [];

  get tokenRequests(): number {
    return this.requests.filter(({ path }) => path === '/token').length;
  }

  protected answer({ path, query, headers, body }: HeardRequest): StandInAnswer {
    if (path === '/token')
      return json(200, { access_token: `token-${++this.tokens}`, token_type: 'Bearer', expires_in: 3600 });
    if (headers.authorization !== `Bearer token-${this.tokens}`) return json(401, { code: 'token' });
    if (path === '/receipts') {
      const after = Number(query['after'] ?? 0);
      const items = this.messages
        .slice(after, after + 2)
        .map(({ ref }, at) => ({ id: ref, status: 'delivered', number: after + at + 1 }));
      return json(200, { items });
    }
    const { messages } = JSON.parse(body) as { messages: ListsStandIn['messages'] };
    this.messages.push(...messages);
    return json(202, { results: messages.map(({ ref }) => ({ ref, status: 'ok' })) });
  }

  get options(): Readonly<Record<string, string>> {
    return {
      url: `${this.url}/messages`,
      auth: 'oauth',
      user: 'client',
      password: 'a secret of the client',
      'oauth-url': `${this.url}/token`,
      'body-format': 'json',
      body: '{"messages":[{"to":"{{to}}","text":"{{text}}","ref":"{{id}}"}]}',
      batch: '10',
      'batch-items': '/messages',
      'batch-results': '/results',
      'batch-result-id': '/ref',
      'message-id': 'ours',
      answers: '/status=ok -> taken',
      'poll-receipts': `${this.url}/receipts?after={{cursor}}`,
      'poll-cursor': '/items/*/number',
      'poll-every': '1',
      'receipt-list': '/items/*',
      'receipt-id': '/id',
      'receipt-status': '/status',
      'receipt-states': 'delivered=delivered',
    };
  }
}
