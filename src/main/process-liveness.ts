// Which processes of this host are gone for certain, before their lease runs out.
import { hostname } from 'node:os';

/** A process that ran on this host and whose number is free now is gone, whatever its lease says. */
export function isProcessDead({ host, pid }: { host: string; pid: number }): boolean {
  if (host !== hostname()) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
