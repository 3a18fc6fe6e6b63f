import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import test from 'node:test';
import fc from 'fast-check';
import { decodeUrlEncoded, type Fields, readUrlEncoded } from './form-fields.ts';

function parse(text: string): Record<string, string> {
  const fields: Fields = new Map();
  readUrlEncoded(text, fields);
  return Object.fromEntries(fields);
}

const forms: readonly (readonly [what: string, form: string, fields: Record<string, string>])[] = [
  ['plain pairs', 'a=1&b=2', { a: '1', b: '2' }],
  ['blanks and escapes', 'a=x+y%20z&b%5Fc=%C3%A9', { a: 'x y z', b_c: 'é' }],
  ['raw UTF-8 bytes', Buffer.from('a=été').toString('latin1'), { a: 'été' }],
  ['bytes that are no UTF-8', 'a=%E9t%e9&b=\xe9', { a: 'été', b: 'é' }],
  ['the euro of Windows-1252', 'a=%80', { a: '€' }],
  ['malformed escapes, kept', 'a=100%&b=%zz&c=%4&d=%%41', { a: '100%', b: '%zz', c: '%4', d: '%A' }],
  ['the last of equal names', 'a=1&a=2', { a: '2' }],
  ['lists in brackets, joined', 'a[]=1&a%5B%5D=2&t[0]=x', { a: '1,2', t: 'x' }],
  ['names with blanks', '%20%20a=1&+b+=2', { a: '1', b: '2' }],
  ['empty values, pairs and names', 'a=&&b&=c&d==e', { a: '', b: '', d: '=e' }],
  ['an ampersand in a value', 'a=x%26y', { a: 'x&y' }],
  ['a text without NUL', 'a=x%00y', { a: 'xy' }],
  ['nothing', '', {}],
  ['prototypes, as mere names', '__proto__=1', Object.fromEntries([['__proto__', '1']])],
];

for (const [what, form, fields] of forms) {
  test(`a form is read with ${what}`, () => assert.deepEqual(parse(form), fields));
}

test('each form that URLSearchParams writes is read back, without the character NUL', () => {
  const name = fc.string({ unit: 'binary', minLength: 1 }).filter((s) => s.trim() === s && !s.includes('['));
  fc.assert(
    fc.property(fc.dictionary(name, fc.string({ unit: 'binary' })), (members) => {
      const kept = Object.entries(members).map(([key, value]) => [key, value.replaceAll('\0', '')]);
      assert.deepEqual(parse(new URLSearchParams(members).toString()), Object.fromEntries(kept));
    }),
  );
});

test('no form makes the reader throw, and no flood of names is kept', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary-ascii' }), (form) => void parse(form)));
  const flood = Array.from({ length: 5000 }, (_, i) => `n${i}=`).join('&');
  assert.equal(Object.keys(parse(flood)).length, 1000);
});

test('a value is decoded once more on demand', () => {
  assert.equal(decodeUrlEncoded('a%40b+%C3%A9%'), 'a@b é%');
  assert.equal(decodeUrlEncoded('é%21'), 'é!');
});
