// From runs to figures: the median of each figure over the runs of a scenario, its comparison, the table.

import type { Figures } from './measure.ts';
import { median } from './quantiles.ts';
import type { Scenario } from './scenarios.ts';
import { harnessNames } from './system-under-test.ts';

export interface Summary {
  readonly scenario: string;
  readonly system: string;
  readonly runs: number;
  /** Runs that are left out because something could not be accounted for. */
  readonly broken: number;
  readonly rate: number;
  readonly steadyRate: number;
  readonly acceptP50Ms: number;
  readonly acceptP99Ms: number;
  readonly endToEndP50Ms: number;
  readonly endToEndP99Ms: number;
  readonly cpuPer1000: Readonly<Record<string, number>>;
  readonly subjectCpuPer1000: number;
  readonly cores: Readonly<Record<string, number>>;
  readonly memoryMb: Readonly<Record<string, number>>;
  /** Rate as a multiple of the peer's: in the same scenario, or for bulk of its best rate in any. */
  readonly ratioToPeer: number | null;
  /** Rate as a part of the baseline scenario's. */
  readonly ratioToBaseline: number | null;
  readonly backgroundCores: number;
}

export function summarise(runs: readonly Figures[], scenarios: readonly Scenario[]): Summary[] {
  const rows: Omit<Summary, 'ratioToPeer' | 'ratioToBaseline'>[] = [];
  for (const scenario of scenarios) {
    for (const system of ['chappe', 'kannel']) {
      const all = runs.filter((run) => run.scenario === scenario.name && run.system === system);
      if (all.length > 0) rows.push(summariseOne(scenario.name, system, all));
    }
  }
  const rateOf = (scenario: string, system: string): number =>
    rows.find((row) => row.scenario === scenario && row.system === system)?.rate ?? 0;
  const bestOfPeer = Math.max(0, ...rows.filter((row) => row.system === 'kannel').map((row) => row.rate));
  return rows.map((row) => {
    const scenario = scenarios.find((candidate) => candidate.name === row.scenario)!;
    // At a given rate both have the same one; a ratio has no meaning.
    const isComparable = row.system === 'chappe' && scenario.rate === null;
    const peer = scenario.kind === 'bulk' ? bestOfPeer : rateOf(row.scenario, 'kannel');
    const baseline = scenario.baseline === null ? 0 : rateOf(scenario.baseline, row.system);
    return {
      ...row,
      ratioToPeer: isComparable && peer > 0 ? row.rate / peer : null,
      ratioToBaseline: baseline > 0 ? row.rate / baseline : null,
    };
  });
}

function summariseOne(scenario: string, system: string, all: readonly Figures[]) {
  const runs = all.filter((run) => run.faults.length === 0);
  const of = (pick: (run: Figures) => number): number => median(runs.map(pick));
  const byName = (pick: (run: Figures) => Readonly<Record<string, number>>): Record<string, number> =>
    Object.fromEntries(Object.keys(pick(all[0]!)).map((name) => [name, of((run) => pick(run)[name] ?? 0)]));
  return {
    scenario,
    system,
    runs: runs.length,
    broken: all.length - runs.length,
    rate: of((run) => run.rate),
    steadyRate: of((run) => run.steadyRate),
    acceptP50Ms: of((run) => run.acceptance.p50),
    acceptP99Ms: of((run) => run.acceptance.p99),
    endToEndP50Ms: of((run) => run.endToEnd.p50),
    endToEndP99Ms: of((run) => run.endToEnd.p99),
    cpuPer1000: byName((run) => run.cpuPer1000),
    subjectCpuPer1000: of((run) => run.subjectCpuPer1000),
    cores: byName((run) => run.cores),
    memoryMb: byName((run) => run.memoryMb),
    backgroundCores: of((run) => run.backgroundCores),
  };
}

/** One line for each read: its quantiles beside its budget. */
export function renderReads(runs: readonly Figures[]): string {
  const lines = runs.flatMap(({ reads = [] }) =>
    reads.map(
      ({ name, count, p50, p95, budgetMs }) =>
        `| ${name} | ${count} | ${p50.toFixed(1)} | ${p95.toFixed(1)} | ${budgetMs} | ${p95 <= budgetMs ? 'kept' : 'MISSED'} |`,
    ),
  );
  if (lines.length === 0) return '';
  return [
    '| read | times | p50 ms | p95 ms | budget ms | |',
    '| --- | --- | --- | --- | --- | --- |',
    ...lines,
    '',
  ].join('\n');
}

export function renderTable(rows: readonly Summary[]): string {
  const header = [
    'scenario',
    'system',
    'runs',
    'messages/s',
    'steady',
    'to peer',
    'to baseline',
    'accept p50/p99 ms',
    'end to end p50/p99 ms',
    'CPU s/1,000',
    'of which',
    'harness CPU us/message',
    'peak MB',
  ];
  const lines = rows.map((row) => [
    row.scenario,
    row.system,
    row.broken > 0 ? `${row.runs} (${row.broken} BROKEN)` : String(row.runs),
    row.rate.toFixed(0),
    row.steadyRate.toFixed(0),
    row.ratioToPeer === null ? '' : `x ${row.ratioToPeer.toFixed(2)}`,
    row.ratioToBaseline === null ? '' : `${(row.ratioToBaseline * 100).toFixed(0)} %`,
    `${row.acceptP50Ms.toFixed(1)} / ${row.acceptP99Ms.toFixed(1)}`,
    row.endToEndP50Ms === 0 ? '' : `${row.endToEndP50Ms.toFixed(1)} / ${row.endToEndP99Ms.toFixed(1)}`,
    ...costOf(row),
    byName(
      row.cpuPer1000,
      (name) => !isOfSubject(name),
      (value) => (value * 1000).toFixed(0),
    ),
    byName(row.memoryMb, isOfSubject, (value) => value.toFixed(0)),
  ]);
  const table = [header, ...lines];
  const widths = header.map((_, column) => Math.max(...table.map((line) => line[column]!.length)));
  const rule = widths.map((width) => '-'.repeat(width));
  return [header, rule, ...lines]
    .map((line) => `| ${line.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`)
    .join('\n');
}

/** For 1,000 messages; of a scenario without messages as a share of a core. */
function costOf({ rate, subjectCpuPer1000, cpuPer1000, cores }: Summary): [all: string, parts: string] {
  if (rate > 0)
    return [subjectCpuPer1000.toFixed(3), byName(cpuPer1000, isOfSubject, (value) => value.toFixed(3))];
  const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;
  const all = Object.entries(cores).reduce((sum, [name, share]) => sum + (isOfSubject(name) ? share : 0), 0);
  return [`${percent(all)} of a core`, byName(cores, isOfSubject, percent)];
}

function isOfSubject(name: string): boolean {
  return !harnessNames.includes(name);
}

function byName(
  values: Readonly<Record<string, number>>,
  isShown: (name: string) => boolean,
  render: (value: number) => string,
): string {
  return Object.entries(values)
    .filter(([name]) => isShown(name))
    .map(([name, value]) => `${name} ${render(value)}`)
    .join(', ');
}
