// Detects ended processes of this host before their lease expires. Used by process-upkeep.ts.
import { hostname } from 'node:os';

/** A process of this host whose process id is free has ended, for any lease. */
export function isProcessDead({ host, pid }: { host: string; pid: number }): boolean {
  if (host !== hostname()) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
