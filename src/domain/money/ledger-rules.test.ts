import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FinalOutcome } from '#domain/delivery/dispatch-state.ts';
import { settlementKindOf } from './ledger-rules.ts';

const cases: readonly (readonly [FinalOutcome, 'charge' | 'release'])[] = [
  [{ kind: 'submitted', references: ['a'] }, 'charge'],
  [{ kind: 'submitted', references: [] }, 'charge'],
  [{ kind: 'unanswered', times: 6 }, 'charge'],
  [{ kind: 'refused', code: 11, reason: 'ESME_RINVDSTADR' }, 'release'],
  [{ kind: 'refused', code: 0, reason: 'the recipient opted out' }, 'release'],
  [{ kind: 'expired' }, 'release'],
];

for (const [outcome, kind] of cases)
  test(`a message with the outcome ${JSON.stringify(outcome)} has a ${kind}`, () => {
    assert.equal(settlementKindOf(outcome), kind);
  });
