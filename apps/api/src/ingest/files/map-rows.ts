/** A file as its feed's map reads it: lines → rows to be judged. What the map does not provide for is refused, never guessed. */
import type { CandidateRow, RejectedRow } from '@comm-cell/board/decide/record-readings';
import { MOST_READINGS } from '@comm-cell/contract/feed';
import type { Conversion, FeedMap, FileLayout } from '@comm-cell/contract/feeds';
import { Refusal } from '../../access/refusal.js';
import { converted } from '../conversion.js';
import { localMoment, rfcMoment, type LocalParts, type Moment } from '../moments.js';
import type { Payload } from '../adapters/adapter.js';
import { type Cell, isBlank, type Line, MOST_CELL, shown, type Table } from './table.js';

const BLANK = 'blank in the file';
const DAY_MS = 86_400_000;
/** Spreadsheets count days from here; a serial number is days and their fraction. */
const SERIAL_ZERO = Date.UTC(1899, 11, 30);

export interface MappedFile extends Payload {
  /** Rows that the map leaves out, by line. */
  leftOut: number[];
}

function stopped(code: string, title: string, mend: string): Refusal {
  return new Refusal(422, code, title, mend);
}

const tidy = (text: string): string => text.replace(/\s+/gu, ' ').trim();

/** Names of the columns. Of headings on several rows the upper ones reach to the right until the next one: they were merged. */
export function headingsOf(lines: readonly Line[], { headerRow, headerRows }: Pick<FileLayout, 'headerRow' | 'headerRows'>): string[] {
  const rows = lines.filter(({ row }) => row >= headerRow && row < headerRow + headerRows);
  const width = Math.max(0, ...rows.map(({ cells }) => cells.length));
  const names: string[] = [];
  const upper: string[] = [];
  for (let column = 0; column < width; column++) {
    const parts = rows.map(({ cells }, level) => {
      const text = tidy(shown(cells[column]));
      if (text !== '' && level < rows.length - 1) {
        upper[level] = text;
        upper.length = level + 1;
      }
      return text === '' && level < rows.length - 1 ? (upper[level] ?? '') : text;
    });
    names.push(parts.filter((part, i) => part !== '' && part !== parts[i - 1]).join(' / '));
  }
  while (names.at(-1) === '') names.pop();
  return names;
}

interface Columns {
  names: string[];
  find(name: string): number;
}

function columnsOf(table: Table, map: FeedMap, layout: FileLayout): Columns {
  const names = headingsOf(table.lines, layout);
  const find = (name: string): number => {
    const at = names.indexOf(tidy(name));
    if (at === -1) throw stopped('csv-header', `The file has no column "${name}".`, 'The feed’s map needs it: send the usual file, or change the map.');
    if (names.indexOf(tidy(name), at + 1) !== -1) throw stopped('csv-header', `The column "${name}" stands there twice.`, 'Give each column its own heading.');
    return at;
  };
  const roles = [layout.date, layout.clock, layout.series, layout.value].flatMap((name) => (name === undefined ? [] : [tidy(name)]));
  const known = new Set([...roles, ...map.ignored.map(tidy), ...(layout.form === 'wide' ? map.columns.map(({ name }) => tidy(name)) : [])]);
  const strange = names.find((name) => name !== '' && !known.has(name));
  if (strange !== undefined)
    throw stopped('csv-header', `The column "${strange.slice(0, 80)}" is new.`, 'Say in the feed’s map what it is, or that it is not to be stored.');
  return { names, find };
}

const TIME = String.raw`(?:(?:[T ]|,\s?)(\d{1,2}):(\d{2})(?::(\d{2})(?:\.0+)?)?)?`;
const ORDERS: Partial<Record<FileLayout['order'], { form: RegExp; ymd: readonly [number, number, number]; like: string }>> = {
  ymd: { form: new RegExp(String.raw`^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})${TIME}$`), ymd: [1, 2, 3], like: '2026-01-16 14:30' },
  dmy: { form: new RegExp(String.raw`^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})${TIME}$`), ymd: [3, 2, 1], like: '16/01/2026 14:30' },
  mdy: { form: new RegExp(String.raw`^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})${TIME}$`), ymd: [3, 1, 2], like: '01/16/2026 14:30' },
};

function partsOf(local: number): Required<LocalParts> {
  const date = new Date(local);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
  };
}

function dayOf(cell: Cell, order: FileLayout['order']): LocalParts | { fault: string } {
  if ('fault' in cell) return { fault: `it holds ${cell.fault}` };
  if ('local' in cell) return partsOf(cell.local);
  const text = shown(cell);
  if (order === 'serial') {
    const days = converted(spreadsheetToken(text), 'as-is');
    return days !== undefined && days > 20_000 && days < 80_000
      ? partsOf(SERIAL_ZERO + Math.round((days * DAY_MS) / 1000) * 1000)
      : { fault: `"${text.slice(0, 30)}" is not a spreadsheet's day number` };
  }
  if ('number' in cell) return { fault: `"${text.slice(0, 30)}" is a bare number; format the column as dates, or choose day numbers in the map` };
  const { form, ymd, like } = ORDERS[order]!;
  const found = form.exec(text);
  if (!found) return { fault: `"${text.slice(0, 30)}" is not written like ${like}; four digits of the year are needed` };
  const [year, month, day] = ymd.map((i) => Number(found[i])) as [number, number, number];
  return found[4] === undefined ? { year, month, day } : { year, month, day, hour: Number(found[4]), minute: Number(found[5]), second: Number(found[6] ?? 0) };
}

/** A time of day that stands in a column of its own. */
function clockOf(cell: Cell | undefined): { hour: number; minute: number; second: number } | { fault: string } {
  if (cell && 'local' in cell) {
    const { hour, minute, second } = partsOf(cell.local);
    return { hour, minute, second };
  }
  const found = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(shown(cell));
  return found
    ? { hour: Number(found[1]), minute: Number(found[2]), second: Number(found[3] ?? 0) }
    : { fault: `"${shown(cell).slice(0, 30)}" is not a time of day such as 07:30` };
}

function momentOf(line: Line, date: number | undefined, clock: number | undefined, map: FeedMap, layout: FileLayout, stated: Moment): Moment {
  if (date === undefined) return stated;
  const cell = line.cells[date];
  if (cell === undefined || isBlank(cell)) return { fault: 'there is no date' };
  if (layout.order === 'rfc3339' && !('local' in cell))
    return 'text' in cell ? rfcMoment(cell.text.trim()) : { fault: 'this is not a written moment with its offset' };
  const day = dayOf(cell, layout.order === 'rfc3339' ? 'serial' : layout.order);
  if ('fault' in day) return day;
  if (clock === undefined) return localMoment(day, map.time);
  const time = clockOf(line.cells[clock]);
  if ('fault' in time) return time;
  if (day.hour !== undefined && !('local' in cell)) return { fault: 'the time of day stands in two columns' };
  return localMoment({ ...day, ...time }, map.time);
}

/** A spreadsheet keeps 15 digits; the rest of its token is the noise of binary fractions. */
function spreadsheetToken(token: string): string {
  if (!/^-?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,3})?$/.test(token)) return token;
  const value = Number(Number(token).toPrecision(15));
  if (!Number.isFinite(value) || Math.abs(value) >= 1e15) return token;
  const short = String(value);
  if (/^-?\d+(\.\d{1,12})?$/.test(short)) return short === '-0' ? '0' : short;
  return value
    .toFixed(12)
    .replace(/\.?0+$/, '')
    .replace(/^-0$/, '0');
}

/** A written number in the map's own signs, as a plain decimal token; undefined when it is written in others. */
function plainToken(text: string, { decimal, thousands }: Pick<FileLayout, 'decimal' | 'thousands'>): string | undefined {
  let token = text.replace(/[\u00a0\u202f]/g, ' ');
  if (thousands !== '' && token.includes(thousands)) {
    const grouped = new RegExp(`^-?\\d{1,3}(?:[${thousands}]\\d{3})+(?:[${decimal}]\\d+)?%?$`);
    if (!grouped.test(token)) return undefined;
    token = token.replaceAll(thousands, '');
  }
  if (decimal === '.') return token;
  // A point in a file of commas is another dialect, or a date: not ours to decide.
  return token.includes('.') ? undefined : token.replace(',', '.');
}

type Value = { value: number | null; why?: string } | { words: string } | { fault: string };

function valueOf(cell: Cell | undefined, convert: Conversion, isText: boolean, layout: FileLayout): Value {
  if (cell === undefined || isBlank(cell)) return { value: null, why: BLANK };
  if ('fault' in cell) return { fault: `It holds ${cell.fault}, not a figure.` };
  if ('local' in cell) return { fault: `It holds a date (${shown(cell)}), not a figure: check the cell's format.` };
  const text = shown(cell);
  if (text.length > MOST_CELL) return { fault: `A cell holds at most ${MOST_CELL} characters.` };
  if ('text' in cell && layout.notReported.some((word) => word.toLowerCase() === text.toLowerCase()))
    return { value: null, why: `"${text.slice(0, 40)}" in the file` };
  if (isText) return /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text) ? { fault: 'Words stand on one line, without control characters.' } : { words: text };
  const token = 'number' in cell ? spreadsheetToken(cell.number) : plainToken(text, layout);
  const value = token === undefined ? undefined : converted(token, convert);
  return value === undefined ? { fault: `"${text.slice(0, 40)}" is not a number as the feed's map writes them.` } : { value };
}

/** `texts`: series that take words. `stated`: the moment of a file whose lines have none. */
export function mapRows(table: Table, map: FeedMap, texts: ReadonlySet<string>, stated: Moment): MappedFile {
  const { layout } = map;
  if (!layout) throw stopped('no-map', 'It is not said yet how files of this feed are read.', 'Drop one on the feed’s page and map its columns once.');
  const { names, find } = columnsOf(table, map, layout);
  const [date, clock] = [layout.date, layout.clock].map((name) => (name === undefined ? undefined : find(name)));
  const figures = layout.form === 'wide' ? map.columns.map((column) => ({ ...column, at: find(column.name) })) : [];
  const [seriesAt, valueAt] = layout.form === 'long' ? [find(layout.series!), find(layout.value!)] : [-1, -1];
  const bySaid = new Map(map.columns.map((column) => [tidy(column.name).toLowerCase(), column]));
  const file: MappedFile = { rows: [], unreadable: [], leftOut: [] };

  for (const line of table.lines) {
    if (line.row < layout.headerRow + layout.headerRows || line.cells.every(isBlank)) continue;
    const first = tidy(shown(line.cells.find((cell) => !isBlank(cell)))).toLowerCase();
    if (layout.leftOut.some((word) => first.startsWith(word.toLowerCase()))) {
      file.leftOut.push(line.row);
      continue;
    }
    const refuse = (field: string, code: string, detail: string, column?: string): unknown =>
      file.unreadable.push({ row: line.row, ...(column === undefined ? {} : { column }), field, code, detail } satisfies RejectedRow);
    const beyond = line.cells.slice(names.length).some((cell) => !isBlank(cell));
    if (beyond || (table.kind === 'csv' && line.cells.length < names.length)) {
      refuse(
        'line',
        'columns',
        `This line has ${line.cells.length} cells, the headings are ${names.length}; if it is a summary, say in the map that such rows are left out.`,
      );
      continue;
    }
    const moment = momentOf(line, date, clock, map, layout, stated);
    if ('fault' in moment) {
      refuse('observedAt', 'unreadable', `${moment.fault[0]!.toUpperCase()}${moment.fault.slice(1)}.`, layout.date);
      continue;
    }
    const add = (series: string, convert: Conversion, cell: Cell | undefined, column: string): void => {
      const read = valueOf(cell, convert, texts.has(series), layout);
      if ('fault' in read) return void refuse('value', 'not-a-number', read.fault, column);
      const one: CandidateRow = { row: line.row, column, series, at: moment.at, value: 'words' in read ? read.words : read.value, rev: 0 };
      if ('why' in read && read.why !== undefined) one.why = read.why;
      file.rows.push(one);
    };
    if (layout.form === 'wide') {
      for (const { name, series, convert, at } of figures) add(series, convert, line.cells[at], tidy(name));
    } else {
      const said = tidy(shown(line.cells[seriesAt]));
      const column = bySaid.get(said.toLowerCase());
      if (column) add(column.series, column.convert, line.cells[valueAt], said);
      else if (!map.ignored.some((name) => tidy(name).toLowerCase() === said.toLowerCase()))
        refuse(
          'series',
          'unknown-name',
          said === '' ? 'There is no name of a figure.' : `"${said.slice(0, 80)}" is not in the feed's map; map it, or say that it is not to be stored.`,
        );
      else file.leftOut.push(line.row);
    }
    const count = file.rows.length + file.unreadable.length;
    if (count > MOST_READINGS) throw new Refusal(413, 'too-many-readings', `The file has more than ${MOST_READINGS} figures.`, 'Split it into several files.');
  }
  return file;
}
