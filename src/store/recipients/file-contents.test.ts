// Deletion of contents: a reader reads to the end, and the content is deleted after the last reader.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newUuid } from '#lib/security/secrets.ts';
import type { Query } from '#store/database/database.ts';
import { TestRows } from '../../../test/support/rows.ts';
import {
  deleteUnfinishedContents,
  deleteUnreadContents,
  keepContent,
  leaveContent,
  leaveUnlessKept,
  openContent,
  readContent,
  writeContent,
} from './file-contents.ts';

const nowMs = Date.UTC(2026, 10, 18);
const piece = 256 * 1024;

async function* of(...sizes: number[]): AsyncGenerator<Uint8Array> {
  for (const [i, size] of sizes.entries()) yield Buffer.alloc(size, i + 1);
}

async function withContents(work: (query: Query) => Promise<void>): Promise<void> {
  const testRows = await TestRows.open();
  try {
    await work(testRows.query);
  } finally {
    await testRows[Symbol.asyncDispose]();
  }
}

async function write(query: Query, ...sizes: number[]) {
  const content = { bucket: 0, id: newUuid(), accountId: 7 };
  const size = await writeContent(query, content, of(...sizes), { maxBytes: 10 * piece }, nowMs);
  assert.equal(
    size,
    sizes.reduce((sum, n) => sum + n, 0),
  );
  return content;
}

async function pieces(query: Query): Promise<number> {
  return (await query<{ n: number }>('select count(*) as n from content_pieces'))[0]!.n;
}

test('a content that is released during a read is read until its end, and deleted afterwards', () =>
  withContents(async (query) => {
    const content = await write(query, piece, piece, 5);
    await keepContent(query, content);
    const [one, two] = [(await openContent(query, content))!, (await openContent(query, content))!];
    await one.next();
    await two.next();
    await leaveContent(query, content, nowMs);
    await deleteUnreadContents(query, 0);
    assert.equal(await pieces(query), 3, 'two read it');
    let rest = 0;
    for await (const bytes of one) rest += bytes.length;
    assert.equal(rest, piece + 5);
    assert.equal(await pieces(query), 3, 'one still reads it');
    await two.return(undefined);
    assert.equal(await pieces(query), 0, 'the last one ended, before its end');
    assert.equal(await openContent(query, content), null);
    await assert.rejects(readContent(query, content).next(), /deleted before/);
  }));

test('a reader of an ended process protects its content for fifteen minutes', () =>
  withContents(async (query) => {
    const content = await write(query, 5);
    await keepContent(query, content);
    await openContent(query, content);
    await leaveContent(query, content, nowMs);
    await deleteUnreadContents(query, 0);
    assert.equal(await pieces(query), 1);
    await query("update contents set read_until = now() - interval '1 second'");
    await deleteUnreadContents(query, 0);
    assert.equal(await pieces(query), 0);
  }));

test('a kept content is never deleted; the pieces of an ended writer are deleted after an hour', () =>
  withContents(async (query) => {
    const kept = await write(query, 5);
    await keepContent(query, kept);
    await leaveUnlessKept(query, kept, nowMs);
    const unfinished = await write(query, 6);
    await deleteUnreadContents(query, 0);
    await deleteUnfinishedContents(query, 0, nowMs);
    assert.equal(await pieces(query), 2, 'it may still be written');
    await deleteUnfinishedContents(query, 0, nowMs + 1);
    assert.deepEqual(await query('select id, size from contents'), [{ id: kept.id, size: 5 }]);
    assert.notEqual(unfinished.id, kept.id);
  }));

test('the limits of sums include contents that are being written; a content beyond them is not stored', () =>
  withContents(async (query) => {
    const first = await write(query, 3 * piece);
    const attempt = (accountId: number, size: number, maxAccountBytes: number, maxTotalBytes: number) =>
      writeContent(
        query,
        { bucket: 0, id: newUuid(), accountId },
        of(size),
        { maxBytes: 10 * piece, sums: { maxAccountBytes, maxTotalBytes } },
        nowMs,
      );
    assert.equal(await attempt(7, piece + 1, 4 * piece, 100 * piece), 'account-full');
    assert.equal(await attempt(8, piece + 1, 4 * piece, 4 * piece), 'platform-full');
    assert.equal(await attempt(8, 11 * piece, 100 * piece, 100 * piece), 'too-large');
    assert.equal((await query('select 1 from contents')).length, 1);
    assert.equal(await attempt(8, piece, piece, 4 * piece), piece);
    assert.equal(await attempt(7, 1, 100 * piece, 4 * piece), 'platform-full');
    await leaveContent(query, first, nowMs);
    await deleteUnreadContents(query, 0);
    assert.equal(await attempt(7, piece, piece, 4 * piece), piece);
    await assert.rejects(
      writeContent(
        query,
        { bucket: 0, id: newUuid(), accountId: 7 },
        (async function* () {
          yield Buffer.alloc(piece);
          throw new Error('the client went');
        })(),
        { maxBytes: 10 * piece },
        nowMs,
      ),
      /the client went/,
    );
    assert.equal(await pieces(query), 2, 'nothing of it is left');
  }));
