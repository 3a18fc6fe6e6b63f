import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { readRestTicket, restTicket, simulationTicket } from './ticket.ts';

test('a ticket is sms_ and 22 hexadecimal digits, and names its campaign', () => {
  fc.assert(
    fc.property(fc.nat({ max: Number.MAX_SAFE_INTEGER }), (id) => {
      assert.match(restTicket(id), /^sms_[0-9a-f]{22}$/);
      assert.equal(readRestTicket(restTicket(id)), id);
    }),
  );
});

test('the tickets of two campaigns in a row have little in common', () => {
  const [a, b] = [restTicket(1000), restTicket(1001)];
  const same = [...a].filter((digit, i) => i > 3 && digit === b[i]).length;
  assert.ok(same < 9, `${a} ${b}`);
});

test('a ticket once given never changes', () => {
  assert.equal(restTicket(110_000_000_021), 'sms_db130bab2a8545332d9cf0');
});

test('tickets of simulation, with a wrong digit or of another form belong to no campaign', () => {
  const ticket = restTicket(42);
  const others = [
    simulationTicket(42),
    ticket.replace(/.$/, (digit) => (digit === '0' ? '1' : '0')),
    ticket.toUpperCase(),
    `${ticket}0`,
    'sms_5f3fbce61266e',
    'sms_ffffffffffffffffffffff',
    '',
  ];
  for (const other of others) assert.equal(readRestTicket(other), null, other);
});
