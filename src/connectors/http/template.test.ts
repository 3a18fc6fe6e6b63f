import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OutboundMessage } from '#domain/delivery/connector.ts';
import { fieldNames, type LinkValues } from './fields.ts';
import { defaultHttpOptions, type HttpOptions } from './options.ts';
import { compileRequest, writeRequest } from './request.ts';
import { escapeXml, TemplateError } from './template.ts';

const link: LinkValues = {
  account: 'AC1',
  user: 'us',
  password: 'secret',
  token: 'second',
  receiptUrl: 'https://sms.example/carriers/c/t/receipt',
  replyUrl: 'https://sms.example/carriers/c/t/reply',
  idPrefix: 'x-',
};

const message: OutboundMessage = {
  id: 7,
  msisdn: 33_612_345_678,
  sender: 'Chappe',
  text: 'Bonjour',
  encoding: 'gsm7',
  segments: 1,
  expiresAtMs: 3_600_000,
  messageClass: null,
};

function write(options: Partial<HttpOptions>, changes: Partial<OutboundMessage> = {}) {
  const all = { ...defaultHttpOptions, url: 'https://carrier.example/send', ...options };
  return writeRequest(all, compileRequest(all), [{ ...message, ...changes }], {
    link,
    nowMs: 0,
    accessToken: null,
  });
}

/** Characters that end a value somewhere, and others that encoders have lost. */
const hostile = [
  ...'&=?#/\\%+;:@"\'`<>{}[]()$|~ ',
  '\r\n',
  '\0',
  '\u0008',
  '\u2028',
  '\ud800',
  '\udc00',
  '🙂',
  'é',
  '€',
  ']]>',
  '{{password}}',
  '&amp;',
  '%0d%0a',
  '../',
  '..',
  '</text>',
  '"}',
];

/** A generator with a seed: a failure can be repeated. */
function textsOf(seed: number, count: number): string[] {
  let state = seed;
  const next = (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
  return Array.from({ length: count }, () =>
    Array.from({ length: 1 + next(12) }, () => hostile[next(hostile.length)]!).join(''),
  );
}

const texts = [...hostile, ...textsOf(20_261_130, 2_000)];

test('every value in a JSON body is read back unchanged', () => {
  const options = {
    bodyFormat: 'json',
    body: { text: '{{text}}', nested: [{ from: 'a {{text}} b' }], last: 1 },
  } as const;
  for (const text of texts)
    assert.deepEqual(JSON.parse(write(options, { text }).body!), {
      text,
      nested: [{ from: `a ${text} b` }],
      last: 1,
    });
});

test('every value in a form or a query is read back as one field', () => {
  const members = { before: '1', text: '{{text}}', after: '2' };
  for (const text of texts) {
    const expected = [...Object.entries({ ...members, text: text.toWellFormed() })];
    const form = write({ bodyFormat: 'form', body: members }, { text });
    assert.deepEqual([...new URLSearchParams(form.body!)], expected);
    const query = new URL(write({ query: members }, { text }).url);
    assert.deepEqual([...query.searchParams], expected);
    assert.equal(query.pathname, '/send');
  }
});

test('a value in the path of a URL stays one segment of the path', () => {
  for (const text of texts) {
    const url = new URL(write({ url: 'https://carrier.example/a/{{text}}/b?c={{text}}' }, { text }).url);
    assert.equal(url.host, 'carrier.example');
    assert.deepEqual([...url.searchParams], [['c', text.toWellFormed()]]);
    const segments = url.pathname.split('/');
    assert.equal(segments.length, 4);
    // No form of dots alone is a name of its own.
    const expected = /^\.+$/.test(text) ? '_'.repeat(text.length) : text.toWellFormed();
    assert.equal(decodeURIComponent(segments[2]!), expected);
  }
});

test('a value in XML is text: it opens no tag, ends no attribute, and has no character that XML forbids', () => {
  const body = '<?xml version="1.0"?><sms to="{{text}}"><text>{{text}}</text></sms>';
  for (const text of texts) {
    const [, attribute, content] =
      /^<\?xml version="1\.0"\?><sms to="([^"<>]*)"><text>([^<>]*)<\/text><\/sms>$/.exec(
        write({ bodyFormat: 'xml', body }, { text }).body!,
      ) ?? [];
    assert.equal(attribute, content);
    const read = content!.replace(/&#(\d+);/g, (_all, code) => String.fromCharCode(Number(code)));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: XML cannot contain them
    assert.equal(read, text.toWellFormed().replace(/[\0\u0008]/g, ''));
    assert.doesNotMatch(content!, /&(?!#\d+;)/);
  }
  assert.equal(escapeXml('\ud800a'), '\ufffda');
});

test('a value in a header is one line of ASCII', () => {
  for (const text of texts)
    assert.match(
      write({ headers: { 'X-Text': '[{{text}}]' } }, { text }).headers['x-text']!,
      /^\[[\x20-\x7e]*\]$/,
    );
});

test('each field has a value', () => {
  const body = Object.fromEntries(fieldNames.map((name) => [name, `{{${name}}}`]));
  const options = { bodyFormat: 'json', body } as const;
  const written = JSON.parse(
    write(options, { encoding: 'ucs2', text: 'Ω', messageClass: 0, sender: '33700000000' }).body!,
  );
  assert.deepEqual(written, {
    to: '33612345678',
    'to.plus': '+33612345678',
    from: '33700000000',
    'from.plus': '+33700000000',
    text: 'Ω',
    'text.ucs2hex': '03A9',
    encoding: 'ucs2',
    segments: '1',
    class: '0',
    id: 'x-7',
    'validity.ms': '3600000',
    'validity.seconds': '3600',
    'validity.minutes': '60',
    'expires.iso': '1970-01-01T01:00:00.000Z',
    account: 'AC1',
    user: 'us',
    password: 'secret',
    token: 'second',
    'receipt-url': link.receiptUrl,
    'reply-url': link.replyUrl,
  });
});

test('a member without a value is left out; words are replaced; a number is a number', () => {
  const body = {
    sender: '{{from}}',
    class: '{{class}}',
    type: '{{encoding|gsm7=text|ucs2=unicode}}',
    minutes: '{{validity.minutes|number}}',
    list: ['{{from}}', '{{to.plus}}'],
    note: 'by {{from}}',
  };
  const { body: json } = write({ bodyFormat: 'json', body }, { sender: null });
  assert.deepEqual(JSON.parse(json!), { type: 'text', minutes: 60, list: ['+33612345678'], note: 'by ' });
  const form = write(
    { bodyFormat: 'form', body: { from: '{{from}}', t: '{{encoding|ucs2=u}}' } },
    { sender: null, encoding: 'ucs2' },
  );
  assert.equal(form.body, 't=u');
});

const refused: readonly [Partial<HttpOptions>, RegExp][] = [
  [{ url: 'https://{{account}}.example/' }, /a host without a placeholder/],
  [{ url: 'https://user:pw@carrier.example/' }, /host without/],
  [{ url: 'ftp://carrier.example/' }, /begins with http/],
  [{ url: 'https://carrier.example/{{colour}}' }, /the unknown field \{\{colour\}\} \(docs/],
  [{ query: { a: '{{to' } }, /each \{\{ has its \}\}/],
  [{ query: { a: '{{to|gsm7}}' } }, /filters such as/],
  [{ bodyFormat: 'xml', body: '<a {{to}}="1"/>' }, /quoted attributes only/],
  [{ bodyFormat: 'xml', body: '<a><!-- {{to}} --></a>' }, /without comments/],
  [{ bodyFormat: 'xml', body: '<a><![CDATA[{{to}}]]></a>' }, /without comments, CDATA/],
  [{ bodyFormat: 'form', body: { to: ['{{to}}'] } }, /member to is a text/],
];

for (const [options, problem] of refused)
  test(`${JSON.stringify(options)} is refused as a template`, () => {
    assert.throws(
      () => write(options),
      (error) => error instanceof TemplateError && problem.test(error.message),
    );
  });

test('basic, bearer and signed authentication write their headers', () => {
  assert.equal(write({ auth: 'basic' }).headers['authorization'], `Basic ${btoa('us:secret')}`);
  assert.equal(write({ auth: 'bearer' }).headers['authorization'], 'Bearer secret');
  // docs/dialects/ovh.md#keys-and-signatures: SHA-1 of secret, consumer key, method, URL, body and time.
  const { headers } = write({ auth: 'ovh', bodyFormat: 'json', body: { a: '{{to}}' } });
  assert.equal(headers['x-ovh-application'], 'us');
  assert.equal(headers['x-ovh-consumer'], 'second');
  assert.equal(headers['x-ovh-timestamp'], '0');
  assert.match(headers['x-ovh-signature']!, /^\$1\$[0-9a-f]{40}$/);
});
