import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messageIdOf, readMessageId } from './message-id.ts';

test('a message_id is read back, in any case, and has 8 characters for 268 million campaigns', () => {
  for (const id of [110_000_000_000, 110_000_000_021, 110_268_435_455]) {
    const written = messageIdOf(id);
    assert.ok(written.length <= 8, written);
    assert.equal(readMessageId(written), id);
    assert.equal(readMessageId(written.toUpperCase()), id);
  }
});

test('other texts are no message_id', () => {
  for (const written of ['', 'c', '1f', 'cg', 'c-1', 'c12345678901', "c1' or 1=1"])
    assert.equal(readMessageId(written), null);
});
