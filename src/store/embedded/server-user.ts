// The operating system's user of the embedded server, and the folders that this user can reach. PostgreSQL refuses to run
// as root, but containers often do: root starts the server as an ordinary user, every other user as themselves.
// Never loosens the permissions of a folder that it did not create.

import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/** In this order: a dedicated user, else the one that owns nothing. */
const preferredUsers = ['chappe', 'nobody'];

function usersFromPasswd(): Map<string, ServerUser> {
  const users = new Map<string, ServerUser>();
  for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
    const [name, , uid, gid] = line.split(':');
    if (name && uid && gid) users.set(name, { uid: Number(uid), gid: Number(gid) });
  }
  return users;
}

/**
 * Null: the server runs as the user of this process. Otherwise this process is root, and the user is the owner of the
 * existing cluster, so that a user added later does not lose access, or else the first of the preferred ones. It must have
 * an entry in /etc/passwd, without which initdb and postgres refuse ("could not look up effective user ID").
 */
export function chooseServerUser(cluster: string): ServerUser | null {
  if (process.getuid?.() !== 0) return null;
  if (process.platform !== 'linux') {
    throw new Error(
      'PostgreSQL refuses to run as root: start Chappe as an ordinary user, or set DATABASE_URL',
    );
  }
  const users = usersFromPasswd();
  const ownerUid = statSync(cluster, { throwIfNoEntry: false })?.uid;
  if (ownerUid) {
    const user = [...users.values()].find((candidate) => candidate.uid === ownerUid);
    if (user) return user;
    throw new Error(
      `${cluster} belongs to user ${ownerUid}, who is not in /etc/passwd: add the user, or chown the folder`,
    );
  }
  for (const name of preferredUsers) {
    const user = users.get(name);
    if (user && user.uid !== 0) return user;
  }
  throw new Error(
    'PostgreSQL refuses to run as root, and this machine has no user "chappe" or "nobody" to hand it to: ' +
      'add one (useradd --system chappe), start Chappe as an ordinary user, or set DATABASE_URL',
  );
}

/** Whether the user can pass through every folder above, and read and enter (or run) `path`. */
export function canReach(user: ServerUser | null, path: string): boolean {
  if (user === null) return true;
  const real = realpathSync(path);
  for (let at = real, need = 0o5; ; at = dirname(at), need = 0o1) {
    const { mode, uid, gid } = statSync(at);
    const shift = uid === user.uid ? 6 : gid === user.gid ? 3 : 0;
    if (((mode >> shift) & need) !== need) return false;
    if (at === dirname(at)) return true;
  }
}

/** A folder that only the server's user (and root) can enter. */
export function ownFolder(path: string, user: ServerUser | null): void {
  mkdirSync(path, { recursive: true });
  chmodSync(path, 0o700);
  if (user) chownSync(path, user.uid, user.gid);
}

/** The same with a short, new name in a temporary folder that this user can reach. */
export function temporaryFolder(user: ServerUser | null): string {
  const parent = [tmpdir(), '/tmp', '/var/tmp'].find((folder) => {
    return statSync(folder, { throwIfNoEntry: false }) !== undefined && canReach(user, folder);
  });
  if (parent === undefined)
    throw new Error('no temporary folder that the user of the embedded server can reach');
  const path = mkdtempSync(join(parent, 'chappe-'));
  ownFolder(path, user);
  return path;
}

/** Whether a path from a file is still such a folder, and was not replaced. */
export function isOurTemporaryFolder(path: string, user: ServerUser | null): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (!stats?.isDirectory() || !basename(path).startsWith('chappe-')) return false;
  return stats.uid === (user?.uid ?? process.getuid?.()) && (stats.mode & 0o077) === 0;
}
