import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { silentLog } from '#lib/observability/log.ts';
import { type Loop, type LoopOptions, startLoop } from './loop.ts';

interface Bench {
  readonly loop: Loop;
  /** Milliseconds since the start at which the work ran. */
  readonly runs: number[];
  /** Lets time pass, and the work that comes due run to its end. */
  pass(ms: number): Promise<void>;
}

/** A loop with timers moved by hand. */
function start(
  t: { after(clean: () => Promise<void>): void },
  options: Partial<LoopOptions> & { readonly result?: (run: number) => unknown },
): Bench {
  // The clock too: longer pauses end at its whole seconds.
  mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  let nowMs = 0;
  const runs: number[] = [];
  const loop = startLoop({
    name: 'planted',
    everyMs: 250,
    log: silentLog,
    async work() {
      runs.push(nowMs);
      return options.result?.(runs.length);
    },
    ...options,
  });
  t.after(async () => {
    await loop.stop();
    mock.timers.reset();
  });
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
  return {
    loop,
    runs,
    async pass(ms) {
      await settle();
      for (const endMs = nowMs + ms; nowMs < endMs; ) {
        nowMs += 10;
        mock.timers.tick(10);
        await settle();
      }
    },
  };
}

test('without an idle pause, work repeats after the same pause whatever it returns', async (t) => {
  const { runs, pass } = start(t, {});
  await pass(1_020);
  assert.equal(runs.length, 5);
});

test('while there is nothing to do, the pause doubles up to the idle pause, and ends at whole seconds', async (t) => {
  const { runs, pass } = start(t, { idleMs: 2_000, result: () => 0 });
  await pass(9_000);
  const pauses = runs.slice(1).map((atMs, i) => atMs - runs[i]!);
  // The clock of the test moves by steps of 10 ms.
  assert.deepEqual(pauses, [500, 490, 1_000, 2_000, 2_000, 2_000]);
});

test('work that found something is repeated after the short pause', async (t) => {
  const { runs, pass } = start(t, { idleMs: 2_000, result: (run) => (run === 3 ? 7 : 0) });
  await pass(1_800);
  const pauses = runs.slice(1).map((atMs, i) => atMs - runs[i]!);
  assert.deepEqual(pauses, [500, 490, 250, 500]);
});

test('a woken loop runs at once and pauses briefly afterwards', async (t) => {
  const { loop, runs, pass } = start(t, { idleMs: 2_000, result: () => false });
  await pass(3_000);
  const before = runs.length;
  loop.wake();
  await pass(10);
  assert.equal(runs.length, before + 1);
  await pass(250);
  assert.equal(runs.length, before + 2);
});

test('work that is due before the end of the idle pause is done in time', async (t) => {
  const dueAtMs = 5_130;
  let bench: Bench | null = null;
  const nextDue = async (withinMs: number) => {
    const dueMs = dueAtMs - (bench?.runs.at(-1) ?? 0);
    return dueMs > 0 && dueMs <= withinMs ? dueMs : null;
  };
  bench = start(t, { idleMs: 2_000, nextDue, result: () => 0 });
  await bench.pass(6_000);
  assert.ok(bench.runs.includes(dueAtMs), bench.runs.join(' '));
});

test('due work that cannot be claimed is tried again after the short pause', async (t) => {
  const { runs, pass } = start(t, { idleMs: 2_000, nextDue: async () => -5, result: () => 0 });
  await pass(1_010);
  assert.equal(runs.length, 5);
});

test('a notice during work makes it run once more', async (t) => {
  const { loop, runs, pass } = start(t, {
    idleMs: 2_000,
    result: (run) => {
      if (run === 1) loop.wake();
      return 0;
    },
  });
  await pass(20);
  assert.equal(runs.length, 2);
});

test('work that fails is tried again soon, not after the idle pause', async (t) => {
  const { runs, pass } = start(t, {
    idleMs: 10_000,
    result: () => {
      throw new Error('planted');
    },
  });
  await pass(2_500);
  assert.ok(runs.length >= 3, runs.join(' '));
});
