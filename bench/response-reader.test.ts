import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ResponseReader } from './response-reader.ts';

const wire = Buffer.from(
  'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX: y\r\n\r\nhello' +
    'HTTP/1.1 100 Continue\r\n\r\n' +
    'HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\na;x=1\r\n0123456789\r\n0\r\n\r\n' +
    'HTTP/1.1 204 No Content\r\n\r\n' +
    'HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n',
);
const expected = ['200 hello', '201 abc0123456789', '204 ', '400 '];

test('responses are read the same however the bytes are cut', () => {
  for (const size of [1, 2, 3, 7, 50, wire.length]) {
    const seen: string[] = [];
    const reader = new ResponseReader((status, body) => seen.push(`${status} ${body.toString()}`));
    for (let at = 0; at < wire.length; at += size) {
      const chunk = Buffer.from(wire.subarray(at, at + size));
      reader.push(chunk);
      chunk.fill(0);
    }
    assert.deepEqual(seen, expected, `cut every ${size} bytes`);
  }
});

test('a response without any length is a mistake, not an empty body', () => {
  const reader = new ResponseReader(() => {});
  assert.throws(() => reader.push(Buffer.from('HTTP/1.1 200 OK\r\n\r\n')), /without a length/);
});
