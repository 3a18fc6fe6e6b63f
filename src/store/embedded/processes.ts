// Distinguishes a running process from an ended one, from a zombie, and from a later one with the same process id. Used by
// the embedded server, which can outlive its processes and can end before them.
// Never relies on a process id alone: in a container the same few repeat after each restart.

import { readFileSync } from 'node:fs';

function readProc(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null; // Not Linux, ended, or hidden from this user.
  }
}

const boot = (readProc('/proc/sys/kernel/random/boot_id') ?? '').slice(0, 8);

/** Changes when the machine restarts; empty if it is unknown. */
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
 * Identifies this process among all that ever had its process id: its start time. Null if no such process runs (a zombie
 * does not run); `unknown` if the system does not provide it.
 */
export function fingerprint(pid: number): string | null {
  if (!answersSignals(pid)) return null;
  const stat = readProc(`/proc/${pid}/stat`);
  if (stat === null) return 'unknown';
  // The second field is the name in brackets, which can contain anything: count from its end. State is field 3,
  // start time (in ticks since boot) field 22 of proc(5).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? null : `${fields[19]}-${boot}`;
}

export function isAlive(pid: number, expected: string): boolean {
  const actual = fingerprint(pid);
  return actual !== null && (actual === expected || actual === 'unknown' || expected === 'unknown');
}

/** The arguments of a process, or null if the system does not provide them. */
export function commandLine(pid: number): string[] | null {
  return readProc(`/proc/${pid}/cmdline`)?.split('\0') ?? null;
}
