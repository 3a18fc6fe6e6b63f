import assert from 'node:assert/strict';
import { test } from 'node:test';
import { capabilities } from '#dialects/capabilities.ts';
import type { Tier } from '#domain/base/campaign.ts';
import type { DialectName } from '#domain/base/submission.ts';
import {
  appendStopClause,
  correctStopCode,
  fillStopCode,
  hasStopClause,
  needsStopClause,
} from './stop-clause.ts';

test('each dialect and tier accepts only its forms of the stop clause', () => {
  const rows: [string, Tier, DialectName, boolean][] = [
    ['Soldes! STOP au XXXXX', 'premium', 'octopush-legacy', true],
    ['Soldes! STOP au XXXXX', 'premium', 'smtp', true],
    ['Soldes! stop au xxxxx', 'premium', 'octopush-legacy', false],
    ['Soldes! STOP au XXXX', 'premium', 'octopush-legacy', false],
    ['Soldes! STOP au 36180', 'premium', 'octopush-legacy', false],
    ['Soldes!', 'premium', 'octopush-legacy', false],
    ['Soldes! no PUB=STOP', 'low_cost', 'octopush-legacy', true],
    ['Soldes! no PUB rep STOP', 'low_cost', 'octopush-legacy', true],
    ['Soldes! STOP au XXXXX', 'low_cost', 'octopush-legacy', false],
    ['Soldes! no PUB=STOP', 'premium', 'octopush-legacy', false],
    ['Soldes! STOP au 30101', 'premium', 'octopush-rest', true],
    ['Soldes! STOP au 36180', 'premium', 'octopush-rest', true],
    ['Soldes! STOP au XXXXX', 'premium', 'octopush-rest', true],
    ['This is a Premium SMS with STOP mention. STOP to 30101', 'premium', 'octopush-rest', true],
    ['Soldes! no PUB=STOP', 'low_cost', 'octopush-rest', true],
    ['Soldes! no PUB=STOP', 'premium', 'octopush-rest', false],
    ['Full STOP', 'premium', 'octopush-rest', false],
    ['STOP au 12', 'premium', 'octopush-rest', false],
    ['Soldes!\nSTOP 36184', 'premium', 'console', true],
    ['Soldes! no PUB=STOP', 'premium', 'cli', true],
    ['Please STOP', 'premium', 'smpp', false],
  ];
  for (const [text, tier, dialect, expected] of rows) {
    assert.equal(
      hasStopClause(text, tier, capabilities[dialect].stopClauseForms),
      expected,
      `${dialect} ${tier}: ${text}`,
    );
  }
});

test('only France demands a clause, with its overseas departments, and not in the world tier', () => {
  assert.equal(needsStopClause('FR', 'premium'), true);
  assert.equal(needsStopClause('RE', 'low_cost'), true);
  assert.equal(needsStopClause('FR', 'world'), false);
  assert.equal(needsStopClause('BE', 'premium'), false);
});

test('the short code replaces XXXXX in the stop clause and nowhere else', () => {
  assert.equal(fillStopCode('XXXXX STOP au XXXXX', '36180'), 'XXXXX STOP au 36180');
  assert.equal(fillStopCode('STOP au XXXXX', '36180').length, 'STOP au XXXXX'.length);
  assert.equal(fillStopCode('STOP au XXXXXX', '36180'), 'STOP au XXXXXX');
  assert.equal(fillStopCode('STOP au 30101', '36180'), 'STOP au 30101');
});

test('a foreign code is replaced in the stop clause and nowhere else', () => {
  const rows: [text: string, corrected: string, foreign: string[], sender?: string][] = [
    ['Soldes! STOP au 30101', 'Soldes! STOP au 36180', ['30101']],
    ['Sale! STOP to 30101', 'Sale! STOP to 36180', ['30101']],
    ['stop au 3010', 'stop au 36180', ['3010']],
    ['STOP au 36180', 'STOP au 36180', []],
    ['STOP au 38200', 'STOP au 38200', [], '38200'],
    ['STOP au 38200', 'STOP au 36180', ['38200'], '38201'],
    ['Code 30101. STOP au 36111', 'Code 30101. STOP au 36180', ['36111']],
    ['STOP au 0601020304', 'STOP au 0601020304', []],
    ['NONSTOP au 30101', 'NONSTOP au 30101', []],
    ['STOP au XXXXX', 'STOP au XXXXX', []],
  ];
  for (const [text, corrected, foreignCodes, sender = null] of rows)
    assert.deepEqual(correctStopCode(text, '36180', sender), { text: corrected, foreignCodes }, text);
});

test('the appended clause has eleven characters with its newline', () => {
  assert.equal(appendStopClause('Soldes', '36184'), 'Soldes\nSTOP 36184');
  assert.equal(appendStopClause('', '36184').length, 11);
});
