// `npm run bench`: runs the scenarios against Chappe and, alternately, the peer, and prints the results
// with their conditions. bench/README.md explains each figure.

import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Environment, type Setup } from './environment.ts';
import { isKannelInstalled } from './kannel.ts';
import { type Figures, measure } from './measure.ts';
import { databaseVersion } from './platform.ts';
import { describeMachine } from './processes.ts';
import { renderReads, renderTable, summarise } from './report.ts';
import { chooseScenarios, type Scenario, usualScenarios } from './scenarios.ts';
import { harnessNames, type SystemUnderTest } from './system-under-test.ts';

const usage = `npm run bench -- [options]
  --scenario LIST   ${usualScenarios.join(',')} (default),
                    preloaded, outstanding, million, ten-million, reads, all; comma-separated
  --peer kannel     drive Kannel in turn with Chappe; kannel-only: nothing but Kannel
  --runs N          runs of each scenario, the median counts (default 1)
  --messages N      messages of a run, instead of the scenario's seconds or count
  --seconds N       seconds of sending, for scenarios that are measured by time
  --binds N         SMPP binds to the carrier (default 1)
  --window N        unanswered submit_sm on a bind (default 500)
  --preloaded N     finished messages for the scenarios preloaded-…, ten-million-… and reads
                    (default 5000000; 10000000 for the last two)
  --outstanding N   receipts that never come in the scenario outstanding (default and at most 100000)
  --dir FOLDER      where data folders go; a real disk (default: the system's folder for temporary files)
  --json FILE       writes conditions, every run and the summary
  --keep            leaves the data folders behind`;

function readOptions() {
  const { values } = parseArgs({
    options: {
      scenario: { type: 'string', default: usualScenarios.join(',') },
      peer: { type: 'string' },
      runs: { type: 'string', default: '1' },
      messages: { type: 'string' },
      seconds: { type: 'string' },
      binds: { type: 'string', default: '1' },
      window: { type: 'string', default: '500' },
      preloaded: { type: 'string' },
      outstanding: { type: 'string' },
      dir: { type: 'string', default: tmpdir() },
      json: { type: 'string' },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.peer !== undefined && !['kannel', 'kannel-only'].includes(values.peer)) {
    throw new Error(`no peer ${values.peer}: there is kannel`);
  }
  const count = (text: string): number => {
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value <= 0) throw new Error(`not a count: ${text}`);
    return value;
  };
  const optional = (text: string | undefined): number | null => (text === undefined ? null : count(text));
  return {
    ...values,
    runs: count(values.runs),
    binds: count(values.binds),
    window: count(values.window),
    scenarios: chooseScenarios(values.scenario).map((scenario) =>
      adjust(scenario, {
        messages: optional(values.messages),
        seconds: optional(values.seconds),
        preloaded: optional(values.preloaded),
        outstanding: optional(values.outstanding),
      }),
    ),
  };
}

type Options = ReturnType<typeof readOptions>;

function adjust(
  scenario: Scenario,
  requested: Record<'messages' | 'seconds' | 'preloaded' | 'outstanding', number | null>,
): Scenario {
  const isTimed = scenario.seconds !== null && requested.messages === null;
  return {
    ...scenario,
    messages: requested.messages ?? scenario.messages,
    seconds: isTimed ? (requested.seconds ?? scenario.seconds) : null,
    preloaded: scenario.preloaded === 0 ? 0 : (requested.preloaded ?? scenario.preloaded),
    outstanding: scenario.outstanding === 0 ? 0 : (requested.outstanding ?? scenario.outstanding),
  };
}

function subjectsOf(options: Options, scenario: Scenario, run: number): SystemUnderTest['name'][] {
  if (options.peer === 'kannel-only') return scenario.chappeOnly ? [] : ['kannel'];
  if (options.peer === undefined || scenario.chappeOnly) return ['chappe'];
  // Each is first equally often: background load of the machine affects both.
  return run % 2 === 0 ? ['chappe', 'kannel'] : ['kannel', 'chappe'];
}

const versions: Record<string, string> = {};

async function runOne(
  environment: Environment,
  name: SystemUnderTest['name'],
  scenario: Scenario,
): Promise<Figures> {
  const setup: Setup = await environment.setUp(name, scenario);
  try {
    versions[name] = setup.system.version;
    if (name === 'chappe') versions['database'] ??= databaseVersion(environment.folderOf(scenario));
    const messages = name === 'kannel' ? (scenario.peerMessages ?? scenario.messages) : scenario.messages;
    return await measure(environment, setup, { ...scenario, messages });
  } finally {
    await setup.stop();
  }
}

async function runAll(options: Options, folder: string): Promise<Figures[]> {
  const environment = await Environment.start({ folder, binds: options.binds, window: options.window, tell });
  const runs: Figures[] = [];
  // Without its environment a run fails at its next step, and every started process is stopped on the way out.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void environment.stop());
  try {
    for (const scenario of options.scenarios) {
      for (let run = 0; run < options.runs; run++) {
        for (const name of subjectsOf(options, scenario, run)) {
          const figures = await runOne(environment, name, scenario);
          runs.push(figures);
          tell(renderRun(figures, run));
        }
      }
    }
    if (!(await environment.auditLedger())) {
      tell('BROKEN: the books of an installation do not balance (chappe account credit --audit)');
      process.exitCode = 1;
    }
  } finally {
    await environment.stop();
  }
  return runs;
}

function renderRun(figures: Figures, run: number): string {
  const { scenario, system, rate, acceptance, endToEnd, accepted, faults, backgroundCores } = figures;
  const head = `${scenario} ${system} run ${run + 1}: ${rate.toFixed(0)}/s, ${accepted} messages`;
  const latency = `accept ${acceptance.p50}/${acceptance.p99} ms, end to end ${endToEnd.p50}/${endToEnd.p99} ms`;
  const busy = backgroundCores > 0.2 ? `, background load took ${backgroundCores.toFixed(1)} cores` : '';
  const shares = Object.entries(figures.cores).filter(([name]) => !harnessNames.includes(name));
  if (accepted === 0 && faults.length === 0)
    return `${scenario} ${system} run ${run + 1}: ${shares.map(([name, share]) => `${name} ${(share * 100).toFixed(2)} % of a core`).join(', ')}`;
  const cost = Object.entries(figures.cpuPer1000)
    .filter(([name]) => !harnessNames.includes(name))
    .map(([name, seconds]) => `${name} ${seconds.toFixed(2)} s, ${figures.memoryMb[name]?.toFixed(0)} MB`);
  return `${head}, ${latency}, per 1,000 and at most: ${cost.join('; ')}${busy}${faults.length > 0 ? ` BROKEN: ${faults.join('; ')}` : ''}`;
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

const temporaryFilesystem = 0x01021994;

function conditionsOf(options: Options, folder: string) {
  if (statfsSync(folder).type === temporaryFilesystem) {
    throw new Error(`${folder} lies in memory: durable commits would cost nothing; choose a disk with --dir`);
  }
  return {
    at: new Date().toISOString(),
    commit: git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain') === '' ? '' : ' (modified)'),
    machine: describeMachine(),
    node: process.version,
    binds: options.binds,
    window: options.window,
  };
}

function git(...words: string[]): string {
  try {
    return execFileSync('git', words, { cwd: import.meta.dirname, encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}

async function main(): Promise<void> {
  const options = readOptions();
  if (options.help) return console.log(usage);
  if (options.peer !== undefined && !isKannelInstalled()) throw new Error('kannel is not installed');
  const folder = mkdtempSync(join(resolve(options.dir), 'chappe-bench-'));
  // The embedded database may run as another user, and must find its way in.
  chmodSync(folder, 0o755);
  try {
    const conditions = conditionsOf(options, folder);
    const runs = await runAll(options, folder);
    const summary = summarise(runs, options.scenarios);
    const { machine, node, at, commit } = conditions;
    console.log(
      `\n${machine.cores} x ${machine.cpu}, ${machine.memoryGb} GB, Linux ${machine.kernel}, Node ${node}`,
    );
    console.log(
      `${Object.entries(versions)
        .map((entry) => entry.join(' '))
        .join(', ')}, commit ${commit}, ${at}\n`,
    );
    console.log(renderTable(summary));
    console.log(renderReads(runs));
    if (options.json !== undefined) {
      const report = { conditions: { ...conditions, versions }, scenarios: options.scenarios, summary, runs };
      writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
    }
    if (runs.some((run) => run.faults.length > 0)) process.exitCode = 1;
  } finally {
    if (options.keep) tell(`kept ${folder}`);
    else rmSync(folder, { recursive: true, force: true });
  }
}

await main();
