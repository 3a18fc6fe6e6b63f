import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import test from 'node:test';
import fc from 'fast-check';
import { RefusedError } from '#domain/base/refusals.ts';
import { readJson, readMultipart } from './form-bodies.ts';
import type { Fields } from './form-fields.ts';

function parseMultipart(body: string, contentType = 'multipart/form-data; boundary=XX') {
  const fields: Fields = new Map();
  readMultipart(Buffer.from(body), contentType, fields);
  return Object.fromEntries(fields);
}

test('the text fields of a multipart body are read and its files are passed over', () => {
  const body = [
    'preamble',
    '--XX',
    'Content-Disposition: form-data; name="sms_text"',
    '',
    'été, line 1\r\nline 2',
    '--XX',
    'content-type: text/plain; charset=UTF-8',
    'Content-Disposition: form-data; name=bare',
    '',
    '',
    '--XX',
    'Content-Disposition: form-data; name="file"; filename="a.txt"',
    '',
    'not a field',
    '--XX--',
    '',
  ].join('\r\n');
  assert.deepEqual(parseMultipart(body), { sms_text: 'été, line 1\r\nline 2', bare: '' });
  assert.deepEqual(parseMultipart(body, 'multipart/form-data; charset=x; boundary="XX"'), {
    sms_text: 'été, line 1\r\nline 2',
    bare: '',
  });
});

test('a body written by FormData is read back', async () => {
  const written = new FormData();
  written.set('sms_text', 'a "quoted" text\r\n--XX');
  written.set('sms_recipients', '+33601010101');
  const response = new Response(written);
  const fields: Fields = new Map();
  readMultipart(Buffer.from(await response.arrayBuffer()), response.headers.get('content-type')!, fields);
  assert.deepEqual(Object.fromEntries(fields), Object.fromEntries(written));
});

test('a multipart body that is cut short or has no boundary is refused', () => {
  for (const [body, type] of [
    ['--XX\r\nContent-Disposition: form-data; name="a"\r\n\r\nb', undefined],
    ['--XX\r\n', undefined],
    ['--XX', undefined],
    ['other', undefined],
    ['--XX--', 'multipart/form-data'],
  ] as const) {
    assert.throws(() => parseMultipart(body, type), RefusedError);
  }
  assert.deepEqual(parseMultipart('--XX--'), {});
});

test('random multipart bodies give fields or a refusal, nothing else', () => {
  const piece = fc.constantFrom(
    '--XX',
    '\r\n',
    '\r\n\r\n',
    '--',
    'Content-Disposition: form-data; name="a"',
    'x',
  );
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      try {
        parseMultipart(pieces.join(''));
      } catch (error) {
        assert.ok(error instanceof RefusedError);
      }
    }),
  );
});

test('the members of a JSON body become fields', () => {
  const fields: Fields = new Map();
  readJson(Buffer.from('{"a":"x","b":1,"c":true,"d":null,"e":["1",2],"f":{}}'), fields);
  assert.deepEqual(Object.fromEntries(fields), { a: 'x', b: '1', c: '1', e: '1,2' });
  assert.throws(() => readJson(Buffer.from('{'), fields), RefusedError);
});
