/** `npm ci` on a fresh machine of any platform: the lockfile is complete and names no registry. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

interface Locked {
  resolved?: string;
  link?: boolean;
  optionalDependencies?: Record<string, string>;
}
const { packages } = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8')) as { packages: Record<string, Locked> };

/** Where a package looks for another: beside itself, then one folder further up each time. */
function isLocked(from: string, name: string): boolean {
  for (let base = from; ; base = base.includes('node_modules/') ? base.slice(0, base.lastIndexOf('node_modules/')).replace(/\/$/, '') : '') {
    if (packages[`${base === '' ? '' : `${base}/`}node_modules/${name}`]) return true;
    if (base === '') return false;
  }
}

test('holds the packages of every platform, or npm ci would refuse it there', () => {
  const missing = Object.entries(packages).flatMap(([from, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !isLocked(from, name))
      .map((name) => `${name} (of ${from})`),
  );
  expect(missing).toEqual([]);
});

test('carries no download addresses', () => {
  expect(Object.values(packages).filter(({ link, resolved }) => !link && resolved !== undefined)).toEqual([]);
});
