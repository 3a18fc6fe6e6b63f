// Names the operator for the audit trail: the user of the operating system.
// Used by the commands that change something.
import { userInfo } from 'node:os';
import type { Actor } from '#domain/base/audit.ts';

export function cliActor(): Actor {
  return { actor: `cli:${userName()}`, address: null };
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // For example a container's user without an entry in the password file.
    return `uid-${process.getuid?.() ?? 'unknown'}`;
  }
}
