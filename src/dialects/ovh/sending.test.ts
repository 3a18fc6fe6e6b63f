import assert from 'node:assert/strict';
import test from 'node:test';
import type { SenderStatus } from '#operations/account/senders.ts';
import { accessWith, accountWith } from '../../../test/support/fake-customers.ts';
import {
  flashOf,
  type Origin,
  type OriginProblem,
  readOrigin,
  type SenderFacts,
  sendingFrom,
} from './sending.ts';

const statuses: Readonly<Record<string, SenderStatus>> = {
  Shop: 'name',
  '+33700000001': 'own-number',
  Old: 'not-enabled',
};

interface Asked {
  readonly sender?: string;
  readonly response?: boolean;
  readonly text?: string;
}

function facts(pool: boolean, enabled: readonly string[]): SenderFacts {
  return {
    statusOf: async (_access, sender) => statuses[sender] ?? 'unknown',
    hasReplyNumbers: () => pool,
    listEnabledNames: async () => enabled,
  };
}

const link = 'Voir https://exemple.fr';
const shop: Origin = { kind: 'name', sender: 'Shop' };
const shortCode: Origin = { kind: 'short-code' };

/** With a number in the pool or without; the enabled senders of the account; what is asked for; whom it is from. */
const cases: readonly [pool: boolean, enabled: readonly string[], Asked, Origin | OriginProblem][] = [
  [true, ['Shop'], { sender: 'Shop' }, shop],
  [true, ['Shop'], { sender: ' Shop ' }, 'unknown'],
  [true, ['Shop'], { sender: 'Shop', response: true }, shortCode],
  [true, ['Shop'], { sender: 'Shop', response: true, text: link }, 'web-address'],
  [true, ['Shop'], {}, shortCode],
  [true, [], { sender: '  ' }, shortCode],
  [true, ['Shop'], { text: link }, 'web-address'],
  [true, [], { sender: 'Nobody' }, 'unknown'],
  [false, ['Shop'], { sender: 'Shop' }, shop],
  [false, ['Shop', 'B'], { sender: 'Shop', response: true }, { ...shop, note: 'no-short-code' }],
  [false, [], { sender: 'Shop', response: true, text: link }, { ...shop, note: 'no-short-code' }],
  [
    false,
    [],
    { sender: '+33700000001', response: true },
    { kind: 'own-number', sender: '+33700000001', note: 'no-short-code' },
  ],
  [false, ['Shop'], { sender: 'Nobody', response: true }, 'unknown'],
  [false, ['Shop'], { sender: 'Old', response: true }, 'not-enabled'],
  [false, ['Shop'], {}, { ...shop, note: 'only-sender' }],
  [false, ['Shop'], { sender: ' ', text: link }, { ...shop, note: 'only-sender' }],
  [false, ['Shop'], { response: true }, { ...shop, note: 'only-sender' }],
  [false, [], {}, 'unnamed'],
  [false, [], { response: true }, 'unnamed'],
  [false, ['Shop', 'B'], {}, 'unnamed'],
  [false, ['Shop', 'B'], { response: true, text: link }, 'unnamed'],
];

for (const [pool, enabled, asked, expected] of cases) {
  const { sender = '', response = false, text = 'Bonjour' } = asked;
  const shown = `${pool ? 'a pool' : 'no pool'}, senders [${enabled}], ${JSON.stringify(asked)}`;
  test(`${shown}: ${JSON.stringify(expected)}`, async () => {
    const wanted = { sender, senderForResponse: response, text };
    assert.deepEqual(await readOrigin(facts(pool, enabled), accessWith({}), wanted), expected);
  });
}

test('a sender that replaces a short code is advertising like any other, and every note is kept', () => {
  const origin: Origin = { kind: 'name', sender: 'Shop', note: 'no-short-code' };
  assert.partialDeepStrictEqual(sendingFrom(origin, false, ['class-flash-ignored']), {
    purpose: 'marketing',
    stopClause: 'appended',
    withReplies: false,
    notes: ['no-short-code', 'class-flash-ignored'],
  });
  assert.equal('notes' in sendingFrom(shop, true), false);
  assert.equal('notes' in sendingFrom(shortCode, true), false);
});

test('flash counts only with the account setting; other classes always count', () => {
  const usual = accountWith({});
  const honouring = accountWith({ honoursFlash: true });
  assert.deepEqual(flashOf(usual, 0), { messageClass: {}, notes: ['class-flash-ignored'] });
  assert.deepEqual(flashOf(honouring, 0), { messageClass: { messageClass: 0 }, notes: [] });
  for (const account of [usual, honouring]) {
    assert.deepEqual(flashOf(account, 1), { messageClass: {}, notes: [] });
    assert.deepEqual(flashOf(account, 2), { messageClass: { messageClass: 2 }, notes: [] });
    assert.deepEqual(flashOf(account, 3), { messageClass: { messageClass: 3 }, notes: [] });
  }
});
