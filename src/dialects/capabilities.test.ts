import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DialectName } from '#domain/base/submission.ts';
import { appendStopClause, demandedStopClause, hasStopClause } from '#domain/plan/stop-clause.ts';
import { capabilities } from './capabilities.ts';

const dialects = Object.keys(capabilities) as DialectName[];

test('the stop clause that a refusal names is accepted by every dialect', () => {
  for (const dialect of dialects)
    for (const tier of ['premium', 'low_cost'] as const) {
      const { stopClauseForms } = capabilities[dialect];
      const text = `Soldes! ${demandedStopClause(tier)}`;
      assert.ok(hasStopClause(text, tier, stopClauseForms), `${dialect} ${tier}`);
    }
});

test('the clause that the command line appends is accepted by REST', () => {
  const text = appendStopClause('Soldes', '36180', capabilities.cli.addedStopClause);
  assert.equal(text, 'Soldes\nSTOP au 36180');
  assert.ok(hasStopClause(text, 'premium', capabilities['octopush-rest'].stopClauseForms));
});

test('callbacks have the form of a dialect that writes callbacks itself', () => {
  for (const dialect of dialects) {
    const { callbackDialect } = capabilities[dialect];
    assert.equal(capabilities[callbackDialect].callbackDialect, callbackDialect, dialect);
  }
});

test('limits of each dialect are those of its documents', () => {
  const limits = dialects.map((dialect) => {
    const { maxSegments, maxMergeValueLength } = capabilities[dialect];
    return [dialect, maxSegments, maxMergeValueLength];
  });
  assert.deepEqual(limits, [
    ['octopush-legacy', 3, 30],
    ['smtp', 3, 30],
    ['octopush-rest', 8, 50],
    ['ovh', 30, 1600],
    ['http2sms', 30, 1600],
    ['smpp', 30, 50],
    ['console', 8, 1600],
    ['cli', 8, 50],
    ['platform', 10, 50],
  ]);
});
