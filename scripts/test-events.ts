// Follows the events of a test run: totals, the files by their cost, and the reason why a bundle's process ended. Used by
// scripts/test.ts.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { TestEvent } from 'node:test/reporters';
import type { Expense } from '../test/support/expense.ts';

export const counted = ['tests', 'suites', 'pass', 'fail', 'cancelled', 'skipped', 'todo'] as const;

interface Cost {
  readonly file: string;
  readonly elapsedMs: number;
  /** Of the test process; 0 if it ended without a report. */
  readonly cpuMs: number;
}

/** Report of Node's runner for a file whose process failed. */
interface FileFailure extends Error {
  readonly exitCode?: number;
  readonly signal?: string | null;
  readonly failureType?: string;
}

/** `bundles` are paths with the test files that they import. */
export class RunEvents {
  readonly totals = new Map<string, number>(counted.map((name) => [name, 0]));
  readonly #bundles: ReadonlyMap<string, readonly string[]>;
  readonly #root: string;
  /** File and milliseconds of each test, by its name. */
  readonly #tests = new Map<string, { file: string; elapsedMs: number }[]>();
  /** Started and not finished. */
  readonly #running = new Map<string, string>();

  constructor(root: string, bundles: ReadonlyMap<string, readonly string[]>) {
    this.#root = root;
    this.#bundles = bundles;
  }

  /** The events without the summary of Node, which counts bundles as tests. */
  async *follow(stream: AsyncIterable<TestEvent>): AsyncGenerator<TestEvent> {
    for await (const event of stream) {
      if (event.type === 'test:diagnostic' && event.data.nesting === 0 && this.#count(event.data.message))
        continue;
      if (event.type === 'test:summary') continue;
      if (event.type === 'test:start' && event.data.nesting === 0) this.#onStart(event.data);
      if (event.type === 'test:pass' || event.type === 'test:fail') this.#onEnd(event.data);
      if (event.type === 'test:fail') this.#explain(event.data);
      yield event;
    }
  }

  #count(message: string): boolean {
    const [name = '', count] = message.split(' ');
    if (this.totals.has(name)) this.totals.set(name, (this.totals.get(name) ?? 0) + Number(count));
    return this.totals.has(name) || name === 'duration_ms';
  }

  #onStart({ name, file }: { name: string; file?: string | undefined }): void {
    if (file !== undefined && !this.#bundles.has(file)) this.#running.set(`${file} ${name}`, name);
  }

  #onEnd(data: Extract<TestEvent, { type: 'test:pass' | 'test:fail' }>['data']): void {
    const { name, file, nesting, details } = data;
    if (file === undefined || this.#bundles.has(file)) return;
    if (nesting === 0) this.#running.delete(`${file} ${name}`);
    const same = this.#tests.get(name) ?? [];
    // A test of a suite is found by its name; its time is part of the suite's.
    same.push({ file: relative(this.#root, file), elapsedMs: nesting === 0 ? details.duration_ms : 0 });
    this.#tests.set(name, same);
  }

  /** Node reports "test failed" for a bundle whose process ended: adds the exit code or the signal, and the running tests. */
  #explain({ file, details }: Extract<TestEvent, { type: 'test:fail' }>['data']): void {
    const files = file === undefined ? undefined : this.#bundles.get(file);
    if (files === undefined) return;
    const failure = details.error as FileFailure;
    const hasDied = Boolean(failure.signal) || failure.exitCode !== undefined;
    if (!hasDied || (failure.failureType === 'subtestsFailed' && !failure.signal)) return;
    const end = failure.signal
      ? `was ended by signal ${failure.signal}`
      : `ended with exit code ${failure.exitCode}`;
    const running = [...this.#running]
      .filter(([key]) => files.some((name) => key.startsWith(`${join(this.#root, name)} `)))
      .map(([, name]) => `"${name}"`);
    const during = running.length === 0 ? 'between two tests' : `during ${running.join(', ')}`;
    const text = `The test process ${end} ${during}. Its files: ${files.join(', ')}`;
    Object.defineProperty(failure, 'message', { value: text });
    Object.defineProperty(failure, 'cause', { value: text });
  }

  /** The files by processor time, the most expensive first. `register` is the folder where bundles leave their figures. */
  costs(register: string): Cost[] {
    const expenses = readdirSync(register)
      .filter((name) => name.endsWith('.expense.json'))
      .flatMap((name) => JSON.parse(readFileSync(join(register, name), 'utf8')) as Expense[]);
    const cpuMs = new Map<string, number[]>();
    for (const [name, ms] of expenses) cpuMs.set(name, [...(cpuMs.get(name) ?? []), ms]);
    const costs = new Map<string, Cost>();
    for (const [name, tests] of this.#tests)
      for (const { file, elapsedMs } of tests) {
        // Tests of the same name: in the order of their bundles, which is right for the sum.
        const cpu = cpuMs.get(name)?.shift() ?? 0;
        const cost = costs.get(file) ?? { file, elapsedMs: 0, cpuMs: 0 };
        costs.set(file, { file, elapsedMs: cost.elapsedMs + elapsedMs, cpuMs: cost.cpuMs + cpu });
      }
    return [...costs.values()].sort((a, b) => b.cpuMs - a.cpuMs || b.elapsedMs - a.elapsedMs);
  }
}
