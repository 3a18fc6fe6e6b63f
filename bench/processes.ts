// Cost of processes: CPU seconds and memory by named group, read from /proc (Linux only). Used by the bench.
// A group is found anew at every look, because a database forks; time of children that ended is not lost, since the
// kernel adds it to the parent that waited for them.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** Ticks a second of /proc/<pid>/stat: fixed at 100 by every Linux a Node runs on (USER_HZ). */
const ticksPerSecond = 100;

/** A group of processes that is charged under one name. */
export interface Group {
  pids(): readonly number[];
  /** True: count children that ended too. False where they belong to another group. */
  readonly withEndedChildren: boolean;
  /** How its memory is counted: private and proportionally shared pages (PSS), or the largest resident set. */
  readonly memory: 'pss' | 'peak-rss';
}

interface Stat {
  readonly parent: number;
  readonly ownTicks: number;
  readonly endedTicks: number;
}

function readStat(pid: number | string): Stat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name may contain blanks and brackets: fields are counted from its closing one. Field 3 is the state.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const ticks = (index: number): number => Number(fields[index - 3]);
    return { parent: ticks(4), ownTicks: ticks(14) + ticks(15), endedTicks: ticks(16) + ticks(17) };
  } catch {
    return null;
  }
}

function processIds(): number[] {
  return readdirSync('/proc')
    .filter((name) => name.charCodeAt(0) >= 48 && name.charCodeAt(0) <= 57)
    .map(Number);
}

/** A process and everything below it. */
export function treeOf(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const pid of processIds()) {
    const parent = readStat(pid)?.parent;
    if (parent === undefined) continue;
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [pid]);
    else siblings.push(pid);
  }
  const tree = [root];
  for (const pid of tree) tree.push(...(children.get(pid) ?? []));
  return tree;
}

/** Processes whose command line contains every one of `parts`. */
export function findProcesses(...parts: readonly string[]): number[] {
  return processIds().filter((pid) => {
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      return parts.every((part) => line.includes(part));
    } catch {
      return false;
    }
  });
}

/** Of the threads that live, to the nanosecond; ticks would round a nearly idle process to nothing. */
function threadSeconds(pid: number): number {
  let nanoseconds = 0;
  try {
    for (const thread of readdirSync(`/proc/${pid}/task`))
      nanoseconds += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ', 1)[0]);
  } catch {
    // It has ended.
  }
  return nanoseconds / 1e9;
}

function cpuSecondsOf(group: Group): number {
  let seconds = 0;
  for (const pid of group.pids()) {
    const stat = readStat(pid);
    if (stat === null) continue;
    // Only the ticks have the time of threads that ended.
    seconds += Math.max(stat.ownTicks / ticksPerSecond, threadSeconds(pid));
    if (group.withEndedChildren) seconds += stat.endedTicks / ticksPerSecond;
  }
  return seconds;
}

function memoryField(file: string, field: string): number {
  try {
    const text = readFileSync(file, 'latin1');
    return Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** Megabytes resident now. */
function residentMb(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + memoryField(`/proc/${pid}/status`, 'VmRSS'), 0);
}

function peakResidentMb(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + memoryField(`/proc/${pid}/status`, 'VmHWM'), 0);
}

function proportionalMb(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + memoryField(`/proc/${pid}/smaps_rollup`, 'Pss'), 0);
}

/** Resets the peak of a process, so that a run does not include earlier memory. */
function resetPeak(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      writeFileSync(`/proc/${pid}/clear_refs`, '5');
    } catch {
      // Not ours to reset (another user's): its peak then covers its whole life, which errs against it.
    }
  }
}

/** Seconds the machine was busy in all, and seconds a hypervisor kept from it. */
function machineSeconds(): { busy: number; stolen: number } {
  const fields = readFileSync('/proc/stat', 'latin1').split('\n', 1)[0]!.split(/\s+/).slice(1).map(Number);
  const [user = 0, nice = 0, system = 0, , , interrupt = 0, soft = 0, stolen = 0] = fields;
  return {
    busy: (user + nice + system + interrupt + soft) / ticksPerSecond,
    stolen: stolen / ticksPerSecond,
  };
}

export interface Cost {
  readonly seconds: number;
  /** CPU seconds by group. */
  readonly cpu: Readonly<Record<string, number>>;
  /** Peak megabytes by group. */
  readonly memoryMb: Readonly<Record<string, number>>;
  /** Resident megabytes over time, by group, one value for each sampling interval. */
  readonly residentMb: Readonly<Record<string, readonly number[]>>;
  /** CPU spent by processes that have nothing to do with the bench, in cores; a quiet machine shows about 0. */
  readonly backgroundCores: number;
  readonly stolenCores: number;
}

const samplingMs = 1000;
/** Reading PSS walks page tables: seldom enough not to affect the measurement. */
const proportionalEvery = 5;

/** Measures groups from construction to stop(). */
export class Meter {
  readonly #groups: Readonly<Record<string, Group>>;
  readonly #startedMs = performance.now();
  readonly #before: Record<string, number> = {};
  readonly #machineBefore = machineSeconds();
  readonly #resident: Record<string, number[]> = {};
  readonly #proportional: Record<string, number> = {};
  readonly #timer: NodeJS.Timeout;
  #samples = 0;

  constructor(groups: Readonly<Record<string, Group>>) {
    this.#groups = groups;
    for (const [name, group] of Object.entries(groups)) {
      resetPeak(group.pids());
      this.#resident[name] = [];
      this.#before[name] = cpuSecondsOf(group);
    }
    this.#sample();
    this.#timer = setInterval(() => this.#sample(), samplingMs);
  }

  stop(): Cost {
    clearInterval(this.#timer);
    const seconds = (performance.now() - this.#startedMs) / 1000;
    const machine = machineSeconds();
    const cpu: Record<string, number> = {};
    for (const [name, group] of Object.entries(this.#groups)) {
      cpu[name] = cpuSecondsOf(group) - this.#before[name]!;
    }
    this.#samples = 0;
    this.#sample();
    const memoryMb: Record<string, number> = {};
    for (const [name, group] of Object.entries(this.#groups)) {
      memoryMb[name] = Math.round(
        group.memory === 'pss' ? this.#proportional[name]! : peakResidentMb(group.pids()),
      );
    }
    const ours = Object.values(cpu).reduce((sum, value) => sum + value, 0);
    return {
      seconds,
      cpu,
      memoryMb,
      residentMb: this.#resident,
      backgroundCores: Math.max(0, (machine.busy - this.#machineBefore.busy - ours) / seconds),
      stolenCores: (machine.stolen - this.#machineBefore.stolen) / seconds,
    };
  }

  #sample(): void {
    const withProportional = this.#samples++ % proportionalEvery === 0;
    for (const [name, group] of Object.entries(this.#groups)) {
      const pids = group.pids();
      if (group.memory === 'peak-rss') this.#resident[name]!.push(Math.round(residentMb(pids)));
      else if (withProportional) {
        this.#proportional[name] = Math.max(this.#proportional[name] ?? 0, proportionalMb(pids));
      }
    }
  }
}

export interface Machine {
  readonly cores: number;
  readonly cpu: string;
  readonly memoryGb: number;
  readonly kernel: string;
}

export function describeMachine(): Machine {
  const list = cpus();
  return {
    cores: list.length,
    cpu: list[0]?.model ?? 'unknown',
    memoryGb: Math.round(memoryField('/proc/meminfo', 'MemTotal') / 1024),
    kernel: readFileSync('/proc/sys/kernel/osrelease', 'latin1').trim(),
  };
}
