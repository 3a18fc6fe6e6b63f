// Tells a living process from a dead one, from a zombie, and from a later one that was given the same number.
// For the embedded server, whose life is longer or shorter than that of the processes using it.
// Must never take a number alone for a proof: in a container the same few come back after each restart.

import { readFileSync } from 'node:fs';

function readProc(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null; // Not Linux, gone, or hidden from us.
  }
}

const boot = (readProc('/proc/sys/kernel/random/boot_id') ?? '').slice(0, 8);

/** Changes when the machine starts again; empty where that cannot be known. */
export const bootIdentity = boot;

function answersSignals(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * What tells this process from any other that ever had its number: when it started. Null when no such process
 * lives (a zombie does not live); `unknown` where the system does not say.
 */
export function fingerprint(pid: number): string | null {
  if (!answersSignals(pid)) return null;
  const stat = readProc(`/proc/${pid}/stat`);
  if (stat === null) return 'unknown';
  // The second field is the name in brackets, which may hold anything: count from its end. State is field 3,
  // start time (in ticks since boot) field 22 of proc(5).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? null : `${fields[19]}-${boot}`;
}

export function isAlive(pid: number, expected: string): boolean {
  const actual = fingerprint(pid);
  return actual !== null && (actual === expected || actual === 'unknown' || expected === 'unknown');
}

/** The arguments a process was started with, or null where the system does not say. */
export function commandLine(pid: number): string[] | null {
  return readProc(`/proc/${pid}/cmdline`)?.split('\0') ?? null;
}
