// The page of metrics and the alert rules name the metrics that the source declares.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { metricsPage, renderMetricsPage } from '../scripts/metrics-reference.ts';
import { listDeclaredMetrics, startProcessMetrics } from '../src/lib/observability/metrics.ts';

test('the page of metrics is the output of its generator', () => {
  assert.equal(
    readFileSync(metricsPage, 'utf8'),
    renderMetricsPage(),
    'run: node bin/node.mjs scripts/metrics-reference.ts --write',
  );
});

test('the alert rules and the dashboard use declared metrics only', () => {
  const declared = new Set(listDeclaredMetrics().map(({ name }) => name));
  for (const file of ['alerts.yml', 'dashboard.json']) {
    const text = readFileSync(join(import.meta.dirname, '..', 'docs/operating', file), 'utf8');
    const used = [...text.matchAll(/\bchappe_[a-z_]+/g)].map(([name]) =>
      name.replace(/_(bucket|sum|count)$/, ''),
    );
    assert.ok(used.length > 5, file);
    for (const name of used) assert.ok(declared.has(name), `${file}: ${name}`);
  }
});

test('only counters have names of counters, as promtool demands', () => {
  startProcessMetrics();
  const wrong = listDeclaredMetrics().filter(
    ({ name, type }) => name.endsWith('_total') !== (type === 'counter'),
  );
  assert.deepEqual(
    wrong.map(({ name, type }) => `${name}: ${type}`),
    [],
  );
});
