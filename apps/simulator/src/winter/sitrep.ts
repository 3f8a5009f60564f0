/** The daily situation reports of one winter as NHS England published them (data/README.md tells their traps). */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';

const FOLDER = new URL('../../data/england-winter-sitrep/', import.meta.url);

/** One organisation on one day. `undefined`: the cell was empty or "-", which both mean "not reported", never 0. */
export interface Return {
  date: string;
  organisation: string;
  cells: Readonly<Record<string, number | undefined>>;
}

export interface Winter {
  name: string;
  /** Days in order, each with its returns by organisation code ("ENG" = the total as published). */
  days: ReadonlyMap<string, ReadonlyMap<string, Return>>;
}

export function winterNames(): string[] {
  return readdirSync(FOLDER)
    .flatMap((file) => /^sitrep-(\d{4}-\d{2})\.csv$/.exec(file)?.[1] ?? [])
    .sort();
}

export function readWinter(name: string): Winter {
  const file = new URL(`sitrep-${name}.csv`, FOLDER);
  if (!/^\d{4}-\d{2}$/.test(name) || !existsSync(file)) throw new Error(`There is no recorded winter "${name}"; choose one of ${winterNames().join(', ')}.`);
  const rows = parse(readFileSync(file), { columns: true, skip_empty_lines: true }) as Record<string, string>[];
  const days = new Map<string, Map<string, Return>>();
  for (const { date, org_code, org_name: _name, region: _region, ...figures } of rows) {
    const day = days.get(date!) ?? days.set(date!, new Map()).get(date!)!;
    // The same organisation may stand there twice under two spellings of its name: the code counts, and counts once.
    if (day.has(org_code!)) continue;
    const cells = Object.fromEntries(Object.entries(figures).map(([column, text]) => [column, text === '' || text === '-' ? undefined : Number(text)]));
    day.set(org_code!, { date: date!, organisation: org_code!, cells });
  }
  return { name, days: new Map([...days].sort(([a], [b]) => (a < b ? -1 : 1))) };
}
