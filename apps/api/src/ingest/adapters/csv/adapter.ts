/**
 * CSV in UTF-8 with commas, the first line naming the columns. Two forms:
 *   long  series,observedAt,value[,unit][,revision][,notReported]   one reading a line
 *   wide  observedAt,<series>[ [unit]],<series>…                     one moment a line
 * Columns are bound by name. An empty cell is "not reported", never 0. Errors name the line and the column.
 */
import type { RejectedRow } from '@comm-cell/board/decide/record-readings';
import { MOST_READINGS, readingRow } from '@comm-cell/contract/feed';
import { CsvError, parse } from 'csv-parse/sync';
import { Refusal } from '../../../access/refusal.js';
import { parseDecimal } from '../../decimal.js';
import type { Adapter, Payload } from '../adapter.js';
import { candidate, refused } from '../json/adapter.js';

const LONG = new Set(['series', 'observedAt', 'value', 'unit', 'revision', 'notReported']);
const MOST_COLUMNS = 200;
const MOST_CELL = 280;
const BLANK = 'blank in the file';

interface Line {
  record: string[];
  info: { lines: number };
}

function lines(text: string): Line[] {
  try {
    return parse(text, {
      bom: true,
      delimiter: ',',
      info: true,
      relax_column_count: false,
      skip_empty_lines: true,
      max_record_size: 100_000,
    }) as unknown as Line[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = (error as CsvError & { lines?: number }).lines;
    throw new Refusal(
      422,
      'not-csv',
      `The file is not well-formed CSV${line === undefined ? '' : ` at line ${line}`}.`,
      `${error.message}. Save it as "CSV UTF-8 (comma delimited)".`,
    );
  }
}

function header(first: Line | undefined): { names: string[]; wide: boolean } {
  const names = first?.record.map((name) => name.trim()) ?? [];
  const fault = (mend: string): Refusal => new Refusal(422, 'csv-header', 'The first line does not name the columns.', mend);
  if (names.length === 1 && /[;\t|]/.test(names[0]!))
    throw fault('The columns must be separated by commas; this file seems to use another sign. Save it as "CSV UTF-8 (comma delimited)".');
  if (names.length > MOST_COLUMNS) throw fault(`At most ${MOST_COLUMNS} columns are taken.`);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw fault(`The column "${twice}" stands there twice.`);
  const wide = !names.includes('series');
  if (!names.includes('observedAt')) throw fault('There must be a column "observedAt" (and "series" and "value", or one column for each series).');
  if (!wide && !names.includes('value')) throw fault('Beside "series" and "observedAt" there must be a column "value".');
  const unknown = wide ? names.find((name) => name !== 'observedAt' && !name.includes('@')) : names.find((name) => !LONG.has(name));
  if (unknown !== undefined)
    throw fault(
      `The column "${unknown.slice(0, 60)}" is not known${wide ? '; a column of the wide form is named by its series, e.g. ed.in-department@stoke-mandeville' : ''}.`,
    );
  return { names, wide };
}

function numberOr(cell: string): number | string {
  return parseDecimal(cell) ?? cell;
}

/** One cell of a number: text stays text, and is refused by name when the series takes numbers. */
function readCells(payload: Payload, row: number, column: string | undefined, cells: Record<string, string | undefined>): void {
  const place = <T extends RejectedRow>(rejected: T): T => (column === undefined ? rejected : { ...rejected, column });
  const value = cells.value?.trim() ?? '';
  const why = cells.notReported?.trim() || (value === '' ? BLANK : undefined);
  const long = Object.entries(cells).find(([, cell]) => (cell?.length ?? 0) > MOST_CELL);
  if (long) {
    payload.unreadable.push(place({ row, field: long[0], code: 'too-long', detail: `A cell holds at most ${MOST_CELL} characters.` }));
    return;
  }
  const revision = cells.revision?.trim() ? numberOr(cells.revision.trim()) : undefined;
  const parsed = readingRow.safeParse({
    series: cells.series?.trim(),
    observedAt: cells.observedAt?.trim(),
    ...(value === '' ? {} : { value: numberOr(value) }),
    ...(cells.unit?.trim() ? { unit: cells.unit.trim() } : {}),
    ...(revision === undefined ? {} : { revision }),
    ...(why === undefined ? {} : { notReported: why }),
  });
  if (!parsed.success) {
    payload.unreadable.push(place(refused(row, parsed.error.issues[0] as Parameters<typeof refused>[1])));
    return;
  }
  const one = candidate(row, parsed.data);
  if ('code' in one) payload.unreadable.push(place(one));
  else payload.rows.push(column === undefined ? one : { ...one, column });
}

export const csvAdapter: Adapter = {
  contentTypes: ['text/csv'],
  read({ text }) {
    const [first, ...rest] = lines(text);
    const { names, wide } = header(first);
    const count = rest.length * (wide ? names.length - 1 : 1);
    if (count > MOST_READINGS)
      throw new Refusal(413, 'too-many-readings', `The file has ${count} readings.`, `At most ${MOST_READINGS} in one batch: split the file.`);
    const payload: Payload = { rows: [], unreadable: [] };
    for (const { record, info } of rest) {
      const cells = Object.fromEntries(names.map((name, i) => [name, record[i]]));
      if (!wide) {
        readCells(payload, info.lines, undefined, cells);
        continue;
      }
      for (const name of names) {
        if (name === 'observedAt') continue;
        const [, series, unit] = /^(\S+)(?:\s*\[([^\]]+)\])?$/.exec(name) ?? [undefined, name, undefined];
        readCells(payload, info.lines, name, { series, unit, observedAt: cells.observedAt, value: cells[name] });
      }
    }
    return payload;
  },
};
