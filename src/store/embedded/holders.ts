// The users of the embedded server of a data folder: one small file for each use. The last user stops the server, so
// `serve` and a concurrent command are independent, and a killed process leaves nothing to repair. Used by embedded.ts.
// Never needs a lock: the order of the two steps is sufficient.
//
// To use:  write `using`, then wait until no running process is `stopping`.
// To leave: rename `using` to `stopping`, then look for other `using` files; without one, stop the server. Remove the file.
// If one process joins while another leaves, at least one sees the other: either the server continues, or the joining
// process waits until it has stopped and starts it again.

import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fingerprint, isAlive } from './processes.ts';

const pollMs = 20;
let uses = 0;

interface HolderFile {
  readonly name: string;
  readonly state: string;
}

/** The files of running processes; those of ended processes are removed. */
function liveHolders(folder: string): HolderFile[] {
  const live: HolderFile[] = [];
  for (const name of readdirSync(folder)) {
    const [, pid, print, state] = /^(\d+)_([\w-]+)_\d+\.(using|stopping)$/.exec(name) ?? [];
    if (pid === undefined || print === undefined || state === undefined) continue;
    if (isAlive(Number(pid), print)) live.push({ name, state });
    else rmSync(join(folder, name), { force: true });
  }
  return live;
}

export interface Hold {
  /** Calls `stopServer` if no other process uses the server. */
  leave(stopServer: () => Promise<void>): Promise<void>;
}

export async function hold(folder: string): Promise<Hold> {
  mkdirSync(folder, { recursive: true });
  uses += 1;
  const base = `${process.pid}_${fingerprint(process.pid) ?? 'unknown'}_${uses}`;
  const using = join(folder, `${base}.using`);
  const stopping = join(folder, `${base}.stopping`);
  writeFileSync(using, '');
  while (liveHolders(folder).some((holder) => holder.state === 'stopping')) await sleep(pollMs);
  return {
    async leave(stopServer) {
      renameSync(using, stopping);
      try {
        if (!liveHolders(folder).some((holder) => holder.state === 'using')) await stopServer();
      } finally {
        rmSync(stopping, { force: true });
      }
    },
  };
}
