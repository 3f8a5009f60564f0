/** Every failure as one sentence: what, where, how to mend. */

const PLACES: [RegExp, (dataDir: string) => string][] = [
  [
    /No space left on device|Check free disk space|Disk quota exceeded|ENOSPC|EDQUOT/,
    (dir) => `The disk with the data folder ${dir} is full; free some space, or choose another folder with DATA_DIR.`,
  ],
  [/EROFS|Read-only file system/, (dir) => `The data folder ${dir} cannot be written, its disk is mounted read-only; choose another with DATA_DIR.`],
  [/ENOTDIR|EEXIST/, (dir) => `The data folder ${dir} cannot be used because something that is not a folder has its name; choose another with DATA_DIR.`],
  [
    /could not create shared memory|Cannot allocate memory|ENOMEM/,
    () => 'This machine has too little free memory for the database, which takes 256 MB; stop something else or set DATABASE_URL.',
  ],
  [
    /incompatible with server|incompatible with this|initialized by PostgreSQL/,
    (dir) =>
      `The database in ${dir}/postgres was made by another version of PostgreSQL; start the version of Comm Cell that made it, or choose another folder with DATA_DIR.`,
  ],
  [
    /could not locate a valid checkpoint|control file|not a valid data directory|could not locate required checkpoint|invalid page|WAL file|pg_wal|PANIC/,
    (dir) => `The database in ${dir}/postgres is damaged; put back a backup, or move the folder away to begin anew (${dir}/postgres.log says more).`,
  ],
  [
    /EACCES|EPERM|Permission denied|Operation not permitted|has wrong ownership|has invalid permissions/,
    (dir) => `The data folder ${dir} may not be used by the user of this process; start Comm Cell as its owner, or choose another folder with DATA_DIR.`,
  ],
];

/** A passing hindrance: an orphan that is still going, or a port that was taken between asking and binding. */
export const portTaken = (text: string): boolean => /Address already in use|could not bind|could not create any TCP/.test(text);
export const stillHeld = (text: string): boolean => /lock file ".*" already exists|pre-existing shared memory block/.test(text);

/** `text`: an error's message, or what PostgreSQL wrote. */
export function sentence(text: string, dataDir: string): string {
  const known = PLACES.find(([pattern]) => pattern.test(text));
  if (known) return known[1](dataDir);
  const last = text
    .match(/.*(?:FATAL|PANIC|error):\s*(.*)/gi)
    ?.at(-1)
    ?.replace(/^.*?(?:FATAL|PANIC|error):\s*/i, '');
  return `PostgreSQL did not start in ${dataDir}: ${last ?? (text.trim().split('\n').at(-1) || 'it gave no reason')}; ${dataDir}/postgres.log says more.`;
}
