// The table of log events: the generated page is fresh, and each event is used.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { logEventsPage, renderLogEventsPage } from '../../scripts/log-events-reference.ts';
import { type LogEvent, logEvents } from '../../src/domain/base/log-events.ts';
import { readFiles } from '../support/source-text.ts';

test('the page of log events is what its generator writes', () => {
  assert.equal(
    readFileSync(logEventsPage, 'utf8'),
    renderLogEventsPage(),
    'run: node bin/node.mjs scripts/log-events-reference.ts --write',
  );
});

test('events have the form area.past_participle and are sorted by name', () => {
  const names = Object.keys(logEvents);
  assert.deepEqual(names, names.toSorted());
  for (const name of names) assert.match(name, /^[a-z_]+\.[a-z_]+$/);
});

test('each event of the table is logged by a source file', () => {
  const source = readFiles('src/**/*.ts')
    .filter(({ path }) => !path.endsWith('.test.ts') && path !== 'src/domain/base/log-events.ts')
    .map(({ text }) => text)
    .join('\n');
  const unused = Object.keys(logEvents).filter((name) => !source.includes(`'${name}'`));
  assert.deepEqual(unused, []);
});

test('an event of level error has a remedy', () => {
  const without = Object.entries<LogEvent>(logEvents).filter(
    ([, { level, remedy }]) => level === 'error' && remedy === null,
  );
  assert.deepEqual(without, []);
});
