import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeLines, renderJsonString } from './text-decoding.ts';

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function joined(texts: AsyncIterable<string>): Promise<string> {
  let whole = '';
  for await (const text of texts) whole += text;
  return whole;
}

test('UTF-8 does not change, in pieces of any size, and becomes one JSON string', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: 'grapheme' }),
      fc.integer({ min: 1, max: 9 }),
      async (written, size) => {
        const text = written.replaceAll('\ufeff', '');
        const bytes = Buffer.from(text);
        assert.equal(await joined(decodeLines(inPieces(bytes, size))), text);
        assert.equal(JSON.parse(await joined(renderJsonString(decodeLines(inPieces(bytes, size))))), text);
      },
    ),
  );
});

test('a line that is no UTF-8 is Windows-1252, and the others stay UTF-8', async () => {
  const bytes = Buffer.concat([Buffer.from('\ufeffé\n'), Buffer.from([0xe9, 0x80, 0x0a]), Buffer.from('é')]);
  for (const size of [1, 3, 100]) assert.equal(await joined(decodeLines(inPieces(bytes, size))), 'é\né€\né');
});
