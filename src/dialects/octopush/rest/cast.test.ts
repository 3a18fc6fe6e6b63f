import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { Type } from 'typebox';
import { Check } from 'typebox/value';
import { castTo } from './cast.ts';

const schema = Type.Object({
  name: Type.String({ maxLength: 3 }),
  nick: Type.Optional(Type.String()),
  word: Type.Optional(Type.Enum(['json', 'html'])),
  flag: Type.Optional(Type.Boolean({ default: false })),
  count: Type.Optional(Type.Integer({ minimum: 3, maximum: 32, default: 6 })),
  names: Type.Array(Type.String()),
  contacts: Type.Optional(Type.Array(Type.Object({ phone_number: Type.String() }))),
  nested: Type.Optional(Type.Object({ bound: Type.Optional(Type.Number()) })),
});

const casts: readonly (readonly [given: unknown, read: object])[] = [
  [{}, { name: '', flag: false, count: 6, names: [] }],
  [{ name: 12345 }, { name: '123', flag: false, count: 6, names: [] }],
  [
    { flag: 'True', count: '99', names: 'a, b', nick: null, word: 'JSON' },
    { name: '', flag: true, count: 32, names: ['a', 'b'], word: 'json' },
  ],
  [
    { count: -1, names: [1, null, {}] },
    { name: '', flag: false, count: 3, names: ['1'] },
  ],
  [
    { contacts: ['+336', { phone_number: 33 }], nested: { bound: '1.5' } },
    {
      name: '',
      flag: false,
      count: 6,
      names: [],
      contacts: [{ phone_number: '+336' }, { phone_number: '33' }],
      nested: { bound: 1.5 },
    },
  ],
  [null, { name: '', flag: false, count: 6, names: [] }],
];

for (const [given, read] of casts)
  test(`${JSON.stringify(given)} is read as ${JSON.stringify(read)}`, () => {
    assert.deepEqual(castTo(schema, given), read);
  });

test('each value that is cast fits its schema', () => {
  const members = fc.dictionary(
    fc.constantFrom(...Object.keys(schema.properties), '__proto__'),
    fc.jsonValue(),
  );
  fc.assert(
    fc.property(members, (given) => {
      const read = castTo(schema, given);
      assert.ok(Check(schema, read), JSON.stringify(read));
    }),
  );
});
