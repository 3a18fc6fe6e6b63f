// The HTTP listeners with unusual and old forms of requests: every transport, dialect, encoding and quirk, over real sockets.
// The sent message shows the content that was read.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { freePort } from '../support/free-port.ts';
import { openPlatform, type TestAccount, type TestPlatform } from '../support/platform.ts';
import { exchange, octets, openSocket, openTunnel, type RawAnswer, utf8 } from '../support/raw-http.ts';

let platform: TestPlatform;
let account: TestAccount;
let dataDir: string;
let numbers = 0;

before(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'chappe-forms-'));
  const config = { httpsPort: await freePort(), dataDir, proxy: true };
  platform = await openPlatform({ config });
  account = await platform.anAccount({ callbackPath: null });
});

after(async () => {
  await platform[Symbol.asyncDispose]();
  rmSync(dataDir, { recursive: true, force: true });
});

const transports: Readonly<Record<string, () => Promise<Socket>>> = {
  http: () => openSocket(platform.url),
  https: () => openSocket(platform.processes[0]!.running.httpsUrl!),
  tunnel: () => openTunnel(platform.url, 'www.octopush-dm.com:80'),
};

/** A number of its own for each message, so that a message is found again. */
const aNumber = () => `336120${String(++numbers).padStart(5, '0')}`;

async function textTo(number: string): Promise<string | null> {
  const rows = await platform.query<{ text: string }>(
    `select c.text from messages m join campaigns c on c.bucket = m.bucket and c.id = m.campaign_id
      where m.msisdn = $1`,
    [Number(number)],
  );
  return rows[0]?.text ?? null;
}

interface Sent {
  readonly number: string;
  readonly answer: RawAnswer;
}

interface Request {
  readonly method?: string;
  /** Octets, one to a character. */
  readonly target: string;
  readonly headers?: readonly string[];
  readonly body?: Buffer;
}

function written({ method, target, headers = [], body }: Request): Buffer {
  const lines = [
    `${method ?? (body === undefined ? 'GET' : 'POST')} ${target} HTTP/1.1`,
    ...(headers.some((line) => /^host:/i.test(line)) ? [] : ['host: 127.0.0.1']),
    ...headers,
    ...(body === undefined ? [] : [`content-length: ${body.length}`]),
  ];
  return Buffer.concat([octets(`${lines.join('\r\n')}\r\n\r\n`), body ?? Buffer.alloc(0)]);
}

const latin1 = (text: string) => text;
const utf8Octets = (text: string) => Buffer.from(text).toString('latin1');
const escaped = (text: string) => encodeURIComponent(text);
/** Escapes of Windows-1252, as PHP's urlencode makes them of a page in it. */
const escapedLatin1 = (text: string) =>
  Buffer.from(text, 'latin1')
    .toString('hex')
    .replace(/../g, (hex) => `%${hex}`);

type Write = (text: string) => string;
const form = (fields: Readonly<Record<string, string>>, write: Write) =>
  Object.entries(fields)
    .map(([name, value]) => `${name}=${write(value)}`)
    .join('&');

const keysOf = () => ({ user_login: account.login, api_key: account.apiKey });
const legacyFields = (number: string, text: string) => ({
  ...keysOf(),
  sms_recipients: number,
  sms_type: 'FR',
  sms_sender: 'Chappe',
  transactional: '1',
  sms_text: text,
});
const http2smsFields = (number: string, text: string) => ({
  account: account.serviceName,
  login: account.user.login,
  password: account.user.password,
  from: 'Chappe',
  to: number,
  noStop: '1',
  message: text,
});
const restHeaders = () => [
  `api-login: ${account.login}`,
  `api-key: ${account.apiKey}`,
  'content-type: application/json',
];
const restBody = (number: string, text: string) =>
  utf8(
    JSON.stringify({
      recipients: [`+${number}`],
      text,
      type: 'sms_premium',
      purpose: 'alert',
      sender: 'Chappe',
    }),
  );

function ovhHeaders(method: string, path: string, body: Buffer): string[] {
  const { applicationKey, applicationSecret, consumerKey } = account.ovh;
  const timestamp = String(Math.floor(platform.clock.now() / 1000));
  const signed = [applicationSecret, consumerKey, method, `http://127.0.0.1${path}`, body, timestamp].join(
    '+',
  );
  return [
    `x-ovh-application: ${applicationKey}`,
    `x-ovh-consumer: ${consumerKey}`,
    `x-ovh-timestamp: ${timestamp}`,
    `x-ovh-signature: $1$${createHash('sha1').update(signed).digest('hex')}`,
    'content-type: application/json',
  ];
}
const ovhBody = (number: string, text: string) =>
  utf8(JSON.stringify({ message: text, receivers: [`+${number}`], sender: 'Chappe', noStopClause: true }));

async function send(transport: string, request: Request, number: string): Promise<Sent> {
  const answer = await exchange(await transports[transport]!(), written(request));
  return { number, answer };
}

async function assertSent({ number, answer }: Sent, text: string, what: string): Promise<void> {
  assert.ok(answer.status === 200 || answer.status === 201, `${what}: ${answer.status} ${answer.body}`);
  assert.equal(await textTo(number), text, `${what}: ${answer.body}`);
}

const text = 'Déjà vu à midi';
const targets: readonly (readonly [
  name: string,
  path: string,
  fields: typeof legacyFields | typeof http2smsFields,
])[] = [
  ['legacy', '/api/sms', legacyFields],
  ['legacy JSON', '/api/sms/json', legacyFields],
  ['http2sms', '/cgi-bin/sms/http2sms.cgi', http2smsFields],
];

test('a text in a request target is read in every encoding, escaped or raw, by every transport', async () => {
  const writings: readonly (readonly [string, Write])[] = [
    ['UTF-8, escaped', escaped],
    ['Windows-1252, escaped', escapedLatin1],
    ['UTF-8, raw, with blanks', utf8Octets],
    ['Windows-1252, raw, with blanks', latin1],
    ['UTF-8, raw, blanks escaped', (value) => utf8Octets(value).replaceAll(' ', '%20')],
    ['Windows-1252, raw, blanks as plus', (value) => value.replaceAll(' ', '+')],
  ];
  for (const transport of Object.keys(transports))
    for (const [name, path, fields] of targets)
      for (const [writing, write] of writings) {
        const number = aNumber();
        const target = `${path}?${form(fields(number, text), write)}`;
        await assertSent(
          await send(transport, { target }, number),
          text,
          `${transport}, ${name}, ${writing}`,
        );
      }
});

test('a raw target behind an honest request on one connection is answered after it', async () => {
  for (const transport of Object.keys(transports)) {
    const [first, second] = [aNumber(), aNumber()];
    const request = (number: string, write: Write) =>
      written({ target: `/api/sms?${form(legacyFields(number, text), write)}` });
    const socket = await transports[transport]!();
    const before = await exchangeKept(socket, request(first, escaped));
    assert.equal(before.status, 200, transport);
    const answer = await exchange(socket, request(second, latin1));
    await assertSent({ number: first, answer: before }, text, transport);
    await assertSent({ number: second, answer }, text, transport);
    assert.match(answer.headers, /connection: close/i);
  }
});

/** One answer on a connection that stays open. */
async function exchangeKept(socket: Socket, request: Buffer): Promise<RawAnswer> {
  const end = socket.destroy;
  socket.destroy = () => socket;
  const answer = await exchange(socket, request);
  socket.destroy = end;
  socket.removeAllListeners('data');
  return answer;
}

const bodies: Readonly<Record<string, (number: string) => Request>> = {
  REST: (number) => ({
    target: '/v1/public/sms-campaign/send',
    headers: restHeaders(),
    body: restBody(number, text),
  }),
  OVH: (number) => {
    const path = `/1.0/sms/${account.serviceName}/jobs`;
    const body = ovhBody(number, text);
    return { target: path, headers: ovhHeaders('POST', path, body), body };
  },
  'legacy form': (number) => ({
    target: '/api/sms',
    headers: ['content-type: application/x-www-form-urlencoded'],
    body: octets(form(legacyFields(number, text), escaped)),
  }),
  'legacy JSON': (number) => ({
    target: '/api/sms/json',
    headers: ['content-type: application/json'],
    body: utf8(JSON.stringify(legacyFields(number, text))),
  }),
  'http2sms form': (number) => ({
    target: '/cgi-bin/sms/http2sms.cgi',
    headers: ['content-type: application/x-www-form-urlencoded'],
    body: octets(form(http2smsFields(number, text), escaped)),
  }),
  'http2sms JSON': (number) => ({
    target: '/cgi-bin/sms/http2sms.cgi',
    headers: ['content-type: application/json'],
    body: utf8(JSON.stringify(http2smsFields(number, text))),
  }),
};

type Quirk = (request: Request & { readonly body: Buffer }) => Request;
const encoded =
  (name: string, compress: (body: Buffer) => Buffer): Quirk =>
  (request) => ({
    ...request,
    headers: [...request.headers!, `content-encoding: ${name}`],
    body: compress(request.body),
  });
const quirks: Readonly<Record<string, Quirk>> = {
  plain: (request) => request,
  'a byte order mark': (request) => ({ ...request, body: Buffer.concat([utf8('\ufeff'), request.body]) }),
  gzip: encoded('gzip', gzipSync),
  'GZIP in capitals': encoded('GZIP', gzipSync),
  'deflate of zlib': encoded('deflate', deflateSync),
  'deflate without a header': encoded('deflate', deflateRawSync),
  br: encoded('br', brotliCompressSync),
  identity: encoded('identity', (body) => body),
  'gzip twice': encoded('gzip, gzip', (body) => gzipSync(gzipSync(body))),
  'a type in capitals': (request) => ({
    ...request,
    headers: request.headers!.map((line) => (/^content-type/.test(line) ? line.toUpperCase() : line)),
  }),
  'no type': (request) => ({
    ...request,
    headers: request.headers!.filter((line) => !/^content-type/.test(line)),
  }),
  'a path that ends in a blank': (request) => ({ ...request, target: `${request.target}%20` }),
  'a path that ends in a slash': (request) => ({ ...request, target: `${request.target}/` }),
  'a path that ends in blanks and slashes': (request) => ({ ...request, target: `${request.target}/%20/+` }),
  'a doubled slash': (request) => ({ ...request, target: request.target.replace(/\/(?=[^/]+$)/, '//') }),
};
/** OVH's clients sign the body as they wrote it and the target as they sent it; these change them behind the signature. */
const breaksSignature = ['a byte order mark', 'a path that ends', 'a doubled slash'];

test('a body is read with every byte order mark, compression, type and path ending', async () => {
  for (const transport of Object.keys(transports))
    for (const [form, request] of Object.entries(bodies))
      for (const [quirk, change] of Object.entries(quirks)) {
        if (form === 'OVH' && breaksSignature.some((name) => quirk.startsWith(name))) continue;
        const number = aNumber();
        const asked = change(request(number) as Request & { body: Buffer });
        await assertSent(await send(transport, asked, number), text, `${transport}, ${form}, ${quirk}`);
      }
});

test('a multipart form is known by its type in any case', async () => {
  for (const [name, path, fields] of targets)
    for (const type of ['multipart/form-data', 'Multipart/Form-Data', ' MULTIPART/FORM-DATA']) {
      const number = aNumber();
      const parts = Object.entries(fields(number, text)).map(
        ([field, value]) => `--Bound\r\nContent-Disposition: form-data; name="${field}"\r\n\r\n${value}\r\n`,
      );
      const body = utf8(`${parts.join('')}--Bound--\r\n`);
      const request = { target: path, headers: [`content-type: ${type}; boundary=Bound`], body };
      await assertSent(await send('http', request, number), text, `${name}, ${type}`);
    }
});

test('an OVH call that is signed with a slash or a blank at its end is known', async () => {
  for (const end of ['', '/', '%20']) {
    const number = aNumber();
    const path = `/1.0/sms/${account.serviceName}/jobs${end}`;
    const body = ovhBody(number, text);
    const sent = await send('http', { target: path, headers: ovhHeaders('POST', path, body), body }, number);
    await assertSent(sent, text, `OVH${end}`);
  }
});

/** How each dialect says that a request cannot be read, or that there is no such address. */
const told: readonly (readonly [path: string, isTold: (answer: RawAnswer) => boolean])[] = [
  [
    '/v1/public/sms-campaign/send',
    ({ status, body }) => status < 500 && typeof JSON.parse(body).code === 'number',
  ],
  ['/1.0/sms', ({ status, body }) => status < 500 && typeof JSON.parse(body).errorCode === 'string'],
  ['/api/sms', ({ status, body }) => status === 200 && /<error_code>\d{3}<\/error_code>/.test(body)],
  ['/api/sms/json', ({ status, body }) => status === 200 && /error_code/.test(body)],
  ['/cgi-bin/sms/http2sms.cgi', ({ status, body }) => status === 200 && body.startsWith('KO\n')],
  ['/createApp/', ({ status, body }) => status < 500 && !/error_code/.test(body)],
  ['/api/createToken/', ({ status, body }) => status < 500 && !/error_code/.test(body)],
  ['/orders/x', ({ status, body }) => status < 500 && !/error_code/.test(body)],
  ['/documents/x/y', ({ status }) => status < 500],
  ['/nowhere', ({ status, body }) => status < 500 && !/error_code/.test(body)],
];

test('a request that cannot be read is refused in the dialect of its path, by every transport', async () => {
  const broken: Readonly<Record<string, (path: string) => Buffer>> = {
    'two Host headers': (path) => written({ target: path, headers: ['host: a', 'host: b'] }),
    'no Host header': (path) => octets(`GET ${path} HTTP/1.1\r\n\r\n`),
    'a Host that is none': (path) => written({ target: path, headers: ['host: a/b"><'] }),
    'a header without a name': (path) => octets(`GET ${path} HTTP/1.1\r\nhost: a\r\n: x\r\n\r\n`),
    'a header with a blank in its name': (path) =>
      octets(`GET ${path} HTTP/1.1\r\nhost: a\r\nx y: z\r\n\r\n`),
    'two lengths': (path) => written({ target: path, headers: ['content-length: 1', 'content-length: 2'] }),
    'a length and chunks': (path) =>
      octets(
        `POST ${path} HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\nabc`,
      ),
    'a chunk without a size': (path) =>
      octets(`POST ${path} HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nabc\r\n`),
    'a bad escape': (path) => written({ target: `${path}%zz` }),
    'a NUL, escaped': (path) => written({ target: `${path}/%00` }),
    'a NUL, raw': (path) => written({ target: `${path}?a=\0` }),
    'raw octets in the path': (path) => written({ target: `${path}/\xe9\xff` }),
    TRACE: (path) => written({ method: 'TRACE', target: path }),
    'a method of WebDAV': (path) => written({ method: 'PROPFIND', target: path }),
  };
  for (const transport of Object.keys(transports))
    for (const [path, isTold] of told)
      for (const [what, request] of Object.entries(broken)) {
        const answer = await exchange(await transports[transport]!(), request(path));
        let isGood = false;
        try {
          isGood = isTold(answer);
        } catch {}
        assert.ok(isGood, `${transport}, ${path}, ${what}: ${answer.headers}\n${answer.body}`);
      }
});

test('an encoding that is unknown, wrong or a bomb is refused in the dialect', async () => {
  const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
  const cases: readonly (readonly [string, Buffer])[] = [
    ['zstd', utf8('{}')],
    ['gzip', utf8('{}')],
    ['gzip', bomb],
    ['br, br, br, br', utf8('{}')],
    ['deflate', octets('\xff\xff\xff')],
  ];
  for (const [encoding, body] of cases) {
    for (const [path, isTold] of told.slice(0, 5)) {
      const headers = [...restHeaders(), `content-encoding: ${encoding}`];
      const answer = await exchange(await transports['http']!(), written({ target: path, headers, body }));
      if (path === '/1.0/sms') assert.equal(JSON.parse(answer.body).errorCode !== undefined, true);
      else assert.ok(isTold(answer), `${path} ${encoding}: ${answer.body}`);
    }
  }
  const unknown = await exchange(
    await transports['http']!(),
    written({
      target: '/v1/public/sms-campaign/send',
      headers: [...restHeaders(), 'content-encoding: zstd'],
      body: utf8('{}'),
    }),
  );
  assert.match(unknown.body, /zstd/);
});

test('older names and switches of http2sms are understood', async () => {
  const older: readonly (readonly [string, (number: string) => Readonly<Record<string, string>>])[] = [
    [
      'smsAccount',
      (number) => {
        const { account: smsAccount, ...fields } = http2smsFields(number, text);
        return { ...fields, smsAccount };
      },
    ],
    [
      'numberFrom, numberTo',
      (number) => {
        const { from: numberFrom, to: numberTo, ...fields } = http2smsFields(number, text);
        return { ...fields, numberFrom, numberTo };
      },
    ],
    [
      'account empty',
      (number) => ({ ...http2smsFields(number, text), account: '', smsAccount: account.serviceName }),
    ],
  ];
  for (const [name, fields] of older) {
    const number = aNumber();
    const target = `/cgi-bin/sms/http2sms.cgi?&${form(fields(number), escaped)}`;
    await assertSent(await send('http', { target }, number), text, name);
  }
  for (const [written, isAdvertising] of [
    ['', true],
    ['&noStop', false],
    ['&noStop=', false],
    ['&noStop=1', false],
    ['&noStop=true', false],
    ['&nostop=yes', false],
    ['&noStop=0', true],
    ['&noStop=false', true],
    ['&noStop=no', true],
  ] as const) {
    const number = aNumber();
    const { noStop: _, ...fields } = http2smsFields(number, text);
    const target = `/cgi-bin/sms/http2sms.cgi?${form(fields, escaped)}${written}&contentType=text/json`;
    await send('http', { target }, number);
    const sent = await textTo(number);
    assert.equal(/STOP/.test(sent ?? ''), isAdvertising, `${written}: ${sent}`);
  }
});

test('a request line that arrives octet by octet is read, and a late raw octet is answered with an HTTP error', async () => {
  const number = aNumber();
  const whole = written({ target: `/api/sms?${form(legacyFields(number, text), escaped)}` });
  const pieces = Array.from({ length: 20 }, (_, i) =>
    whole.subarray(Math.floor((i * whole.length) / 20), Math.floor(((i + 1) * whole.length) / 20)),
  );
  const answer = await exchange(await transports['http']!(), ...pieces);
  await assertSent({ number, answer }, text, 'octet by octet');
  const late = await exchange(
    await transports['http']!(),
    octets('GET /api/sms?a='),
    octets('\xe9 HTTP/1.1\r\nhost: a\r\n\r\n'),
  );
  assert.equal(late.status, 400);
});
