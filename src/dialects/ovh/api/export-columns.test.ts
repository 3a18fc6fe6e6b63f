import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { SentMessage } from '#domain/delivery/history.ts';
import { readCsv } from '#lib/text/csv-reader.ts';
import { receivedHeader, renderReceived, renderSent, sentHeader } from './export-columns.ts';

const atMs = Date.UTC(2026, 10, 18, 9, 0, 5);

const sent: SentMessage = {
  id: 27814656,
  msisdn: 33601010101,
  country: 'FR',
  status: 'delivered',
  error: null,
  wasTaken: true,
  segments: 1,
  costMicros: 50_000n,
  createdAtMs: atMs,
  dueAtMs: atMs,
  submittedAtMs: atMs,
  doneAtMs: atMs + 1_000,
  text: 'Bonjour',
  sender: 'Chappe',
  tag: 'mai',
  userId: null,
  batchId: null,
};

async function read(csv: string): Promise<string[][]> {
  const lines: string[][] = [];
  for await (const records of readCsv(bytesOf(csv)))
    for (const { fields } of records) lines.push([...fields]);
  return lines;
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text);
}

test('a line is as the guide shows it: texts quoted, dates of Paris', () => {
  assert.equal(
    renderSent(sent),
    '27814656;2026-11-18 10:00:05;"Chappe";"+33601010101";4;;"Delivered";"mai";"Bonjour";' +
      '2026-11-18 10:00:05;2026-11-18 10:00:06\n',
  );
  const failed = renderSent({ ...sent, status: 'undelivered', sender: null, tag: null });
  assert.equal(
    failed,
    '27814656;2026-11-18 10:00:05;"";"+33601010101";5;;"Failed";"";"Bonjour";2026-11-18 10:00:05;\n',
  );
});

test('formulas that a phone or a customer wrote are texts in every column', () => {
  const formula = '=HYPERLINK("http://evil.example")';
  const cell = `"'=HYPERLINK(""http://evil.example"")"`;
  const message = renderSent({ ...sent, sender: '=A1', tag: formula, text: formula });
  assert.equal(
    message.split(';').slice(2, 9).join(';'),
    `"'=A1";"+33601010101";4;;"Delivered";${cell};${cell}`,
  );
  const reply = { id: 1, msisdn: 33601010101, recipient: '38200', atMs, userId: null };
  assert.equal(
    renderReceived({ ...reply, tag: '@x', text: formula }),
    `1;2026-11-18 10:00:05;"+33601010101";"38200";"'@x";${cell}\n`,
  );
});

// Our reader takes blanks around a field away.
test('a line has its columns and its text is read back, for every text', async () => {
  const anyText = fc.string({ unit: fc.constantFrom('a', 'é', '"', ';', '\n', '\r', ',', '€', ' ') });
  await fc.assert(
    fc.asyncProperty(anyText, anyText, async (text, tag) => {
      const [header, line, ...rest] = await read(sentHeader + renderSent({ ...sent, text, tag }));
      assert.equal(line!.length, header!.length);
      assert.deepEqual([line![7], line![8], rest.length], [tag.trim(), text.trim(), 0]);
      const reply = { id: 1, msisdn: 33601010101, recipient: '38200', text, atMs, tag, userId: null };
      const [head, received] = await read(receivedHeader + renderReceived(reply));
      assert.equal(received!.length, head!.length);
      assert.equal(received!.at(-1), text.trim());
    }),
  );
});
