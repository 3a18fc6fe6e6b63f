import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { messageIdOf, messageUuidOf } from './message-uuid.ts';

test('each id has a separate UUID, from which it is read back in upper and lower case', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (id) => {
      const uuid = messageUuidOf(id);
      assert.match(uuid, /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      assert.equal(messageIdOf(uuid.toUpperCase()), id);
    }),
  );
});

test('a foreign UUID is not a messageID', () => {
  fc.assert(fc.property(fc.uuid({ version: 4 }), (uuid) => messageIdOf(uuid) === null));
  for (const text of ['', '7', '00000000-0000-8000-8fff-ffffffffffff']) assert.equal(messageIdOf(text), null);
});
