// The seeded day: real processes that are killed, and then the audit. test/support/soak.ts lists the checks;
// `npm run day -- --seed N --minutes M` runs a long one.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { liveDay } from './support/soak.ts';

test('a day with three kills, a database crash and an orderly stop loses nothing and charges nothing twice', async (t) => {
  const report = await liveDay({
    seed: 8,
    incidents: ['kill', 'postgres', 'kill', 'term', 'kill'],
    messagesBetween: 250,
    tell: (line) => t.diagnostic(line),
  });
  t.diagnostic(JSON.stringify(report));
  assert.ok(report.accepted > 100);
});
