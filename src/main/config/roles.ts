// The roles of a process and the setting that selects them. Used by the configuration and by main.
import type { Setting } from './setting.ts';

/** In the order of start. src/main/main.ts has the file of each. */
export const allRoles = ['maintenance', 'callbacks', 'dispatch', 'jobs', 'listeners'] as const;
export type Role = (typeof allRoles)[number];

/** Until version 1.0, because scripts use it. */
const roleAliases: ReadonlyMap<string, readonly Role[]> = new Map([
  ['doors', ['listeners', 'jobs', 'maintenance']],
]);

/** In the order of start, without repetitions. */
export function expandRoles(names: readonly string[]): readonly Role[] {
  const expanded = names.flatMap((name): readonly string[] => roleAliases.get(name) ?? [name]);
  return allRoles.filter((role) => expanded.includes(role));
}

export const roles: Setting<readonly Role[]> = {
  name: 'CHAPPE_ROLES',
  fallback: 'all',
  meaning:
    'The roles of this process, separated by commas: listeners (connections of customers), dispatch (messages to carriers, receipts, replies), callbacks (callbacks, alerts, mails), jobs (batches, lists, look-ups, exports), maintenance (receipt windows, retention). Several processes on one database share the work; each role needs one process. Until version 1.0, doors stands for listeners,jobs,maintenance.',
  read(value) {
    if (value === undefined || value === '' || value === 'all') return allRoles;
    const names = value.split(',').map((name) => name.trim());
    for (const name of names)
      if (!(allRoles as readonly string[]).includes(name) && !roleAliases.has(name))
        throw new Error(`all, or of ${allRoles.join(', ')}`);
    return expandRoles(names);
  },
};
