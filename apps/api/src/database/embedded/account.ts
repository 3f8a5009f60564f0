/**
 * As whom PostgreSQL runs. It refuses to run as root; we then drop to a user that the machine already has and
 * never add one, because a wall must not change its host.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { chownSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readlinkSync, statSync, symlinkSync } from 'node:fs';
import path from 'node:path';

/** Empty: as ourselves. Its shape is what spawn takes. */
export type Account = { uid: number; gid: number } | Record<string, never>;

/** Where root keeps what the unprivileged user must reach when the data folder lies behind a closed door (0700). */
const ROOT_CLUSTERS = '/var/lib/comm-cell';

export const isRoot = (): boolean => process.getuid?.() === 0;

/** An existing cluster goes on as its owner, whoever that is: PostgreSQL accepts no other. */
export function chooseAccount(cluster: string): Account {
  if (!isRoot()) return {};
  const owner = statSync(cluster, { throwIfNoEntry: false });
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const id = (name: string, flag: string) => Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  for (const name of ['postgres', 'nobody']) {
    try {
      return { uid: id(name, '-u'), gid: id(name, '-g') };
    } catch {
      continue;
    }
  }
  throw new Error(
    'PostgreSQL does not run as root and this machine has neither a user "postgres" nor "nobody"; start Comm Cell as an ordinary user, or set DATABASE_URL.',
  );
}

export function canEnter(account: Account, dir: string): boolean {
  if (account.uid === undefined) return true;
  return spawnSync('/bin/sh', ['-c', 'cd -- "$1"', 'sh', dir], { ...account, cwd: '/', stdio: 'ignore' }).status === 0;
}

/**
 * The cluster's real folder. Normally `${dataDir}/postgres`; when the account cannot get there, that name is a
 * link to a fresh folder under /var/lib, so nobody's home is opened and the link still tells where the data is.
 */
export function placeCluster(dataDir: string): { cluster: string; account: Account } {
  const name = path.join(dataDir, 'postgres');
  const entry = lstatSync(name, { throwIfNoEntry: false });
  if (entry) {
    const cluster = entry.isSymbolicLink() ? path.resolve(dataDir, readlinkSync(name)) : name;
    const account = chooseAccount(cluster);
    if (!canEnter(account, path.dirname(cluster)))
      throw new Error(
        `The database in ${cluster} belongs to user ${account.uid}, who cannot reach that folder; open the folders above it for passing (chmod o+x), or choose another data folder with DATA_DIR.`,
      );
    return { cluster, account };
  }
  const account = chooseAccount(name);
  if (canEnter(account, dataDir)) return { cluster: name, account };
  mkdirSync(ROOT_CLUSTERS, { recursive: true, mode: 0o755 });
  const place = mkdtempSync(path.join(ROOT_CLUSTERS, 'cluster-'));
  give(place, account);
  const cluster = path.join(place, 'postgres');
  symlinkSync(cluster, name);
  return { cluster, account };
}

export function give(file: string, account: Account): void {
  if (account.uid !== undefined) chownSync(file, account.uid, account.gid);
}

/** A tree that root copied (a restored backup) is root's; PostgreSQL wants to own all of it. */
export function giveTree(dir: string, account: Account): void {
  if (account.uid === undefined || statSync(dir).uid === account.uid) return;
  for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true }))
    if (!entry.isSymbolicLink()) give(path.join(entry.parentPath, entry.name), account);
  give(dir, account);
}
