/** A first look at a file that nobody has mapped yet. All of it is guesses for a person to correct; nothing is stored by them. */
import type { BoardDefinition, FeedId } from '@comm-cell/board/definition';
import { type FeedMap, type FileLayout, type FileLook, type LookQuery, MOST_COLUMNS } from '@comm-cell/contract/feeds';
import { Refusal } from '../../access/refusal.js';
import { csvTable, decode } from './csv-table.js';
import { headingsOf } from './map-rows.js';
import { type Cell, isBlank, shown, type Table } from './table.js';
import { isWorkbook, xlsxTable } from './xlsx-table.js';

const SAMPLES = 3;
const DELIMITERS = [',', ';', '\t', '|'] as const;

/** As the map says; without one, as it looks. */
export async function tableOf(bytes: Buffer, layout?: Pick<FileLayout, 'encoding' | 'delimiter'> & { sheet?: string }): Promise<Table> {
  if (isWorkbook(bytes)) return xlsxTable(bytes, layout?.sheet);
  return csvTable(bytes, layout ?? { encoding: 'utf-8', delimiter: ',' });
}

function guessEncoding(bytes: Buffer): FileLayout['encoding'] {
  for (const encoding of ['utf-8', 'utf-16'] as const) {
    try {
      decode(bytes, encoding);
      if (encoding === 'utf-8' || bytes[0] === 0xff || bytes[0] === 0xfe) return encoding;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }
  return 'windows-1252';
}

/** The sign that parts most of the first lines into the same number of cells. */
function guessDelimiter(text: string): FileLayout['delimiter'] {
  const lines = text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .slice(0, 20);
  const score = (sign: string): number => {
    const counts = lines.map((line) => line.split(sign).length - 1);
    const usual = counts.toSorted((a, b) => a - b)[counts.length >> 1] ?? 0;
    return usual === 0 ? 0 : counts.filter((count) => count === usual).length * Math.min(usual, 50);
  };
  return DELIMITERS.reduce((best, sign) => (score(sign) > score(best) ? sign : best), DELIMITERS[0]);
}

const looksLikeNumber = (cell: Cell): boolean => 'number' in cell || /^-?[\d., ]*\d%?$/.test(shown(cell));

/** The first row that is full of words and has figures or dates below it. */
function guessHeader(table: Table): number {
  const [first] = table.lines;
  for (const [i, { row, cells }] of table.lines.slice(0, 15).entries()) {
    const filled = cells.filter((cell) => !isBlank(cell));
    const below = table.lines[i + 1]?.cells ?? [];
    if (
      filled.length >= 2 &&
      filled.every((cell) => 'text' in cell && !looksLikeNumber(cell)) &&
      below.some((cell) => 'local' in cell || looksLikeNumber(cell))
    )
      return row;
  }
  return first?.row ?? 1;
}

function guessOrder(samples: readonly Cell[]): FileLayout['order'] {
  // Summary rows have words where the others have dates.
  const texts = samples.filter((cell) => 'text' in cell && /^\d/.test(shown(cell))).map(shown);
  if (texts.length === 0) return samples.some((cell) => 'number' in cell) ? 'serial' : 'ymd';
  if (texts.every((text) => /^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(text))) return 'rfc3339';
  if (texts.every((text) => /^\d{4}[-/.]/.test(text))) return 'ymd';
  return texts.some((text) => Number(/^\d{1,2}[-/.](\d{1,2})/.exec(text)?.[1]) > 12) ? 'mdy' : 'dmy';
}

const DATES = /^(observed ?at|date|day|datetime|date.?time|timestamp|time ?stamp|snapshot.*|census.*|period.*|dyddiad|amser)$/i;
const CLOCKS = /^(time|hour|clock|time of day|amser)$/i;
const SERIES = /^(series|metric|measure|indicator|kpi|name|dangosydd)$/i;
const VALUES = /^(value|figure|count|number|result|gwerth)$/i;

/** Letters and digits alone, so that "ED – In Dept." meets "ed.in-dept". */
const bare = (text: string): string =>
  text
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[^a-z0-9]+/g, '');

/** Which series of the feed a heading may mean: by its id, by a label in either language, by an alias. */
export function suggester(definition: BoardDefinition, feed: FeedId): (heading: string) => FileLook['columns'][number]['suggestion'] {
  const series = definition.feeds[feed]!.series.map((id) => {
    const { metric, place } = definition.series[id]!;
    return { id, metric: definition.metrics[metric]!, place: definition.places[place]! };
  });
  const single = new Set(series.map(({ place }) => place.id)).size === 1;
  const names = new Map<string, { series: string; why: 'id' | 'label' | 'alias' }[]>();
  for (const { id, metric, place } of series) {
    const add = (why: 'id' | 'label' | 'alias', ...texts: readonly string[]): void => {
      for (const text of texts) {
        const alone = single ? [text] : [];
        for (const name of [
          ...alone,
          `${text} ${place.id}`,
          `${text} ${place.name.en}`,
          `${text} ${place.name.cy}`,
          `${place.id} ${text}`,
          `${place.name.en} ${text}`,
          `${place.name.cy} ${text}`,
        ]) {
          const known = names.get(bare(name)) ?? [];
          if (!known.some((one) => one.series === id)) names.set(bare(name), [...known, { series: id, why }]);
        }
      }
    };
    names.set(bare(id), [{ series: id, why: 'id' }]);
    add('id', metric.id);
    add('label', metric.label.en, metric.label.cy, metric.short.en, metric.short.cy);
    add('alias', ...(metric.aliases ?? []));
  }
  return (heading) => {
    const found = names.get(bare(heading.replace(/[[(][^\])]*[\])]\s*$/, ''))) ?? names.get(bare(heading));
    // Two that it may be are none: a person has to say.
    return found?.length === 1 ? found[0] : undefined;
  };
}

/** `map`: what is saved already, so that the guesses begin there; `asked`: what a person has said about this file. */
export async function look(
  bytes: Buffer,
  definition: BoardDefinition,
  feed: FeedId,
  map: FeedMap | undefined,
  asked: Omit<LookQuery, 'afresh'> = {},
): Promise<FileLook> {
  const isBook = isWorkbook(bytes);
  const saved = map?.layout;
  const encoding = asked.encoding ?? saved?.encoding ?? (isBook ? 'utf-8' : guessEncoding(bytes));
  const delimiter = asked.delimiter ?? saved?.delimiter ?? (isBook ? ',' : guessDelimiter(decode(bytes, encoding)));
  const wanted = asked.sheet ?? saved?.sheet;
  const table = await tableOf(bytes, { encoding, delimiter, ...(wanted === undefined ? {} : { sheet: wanted }) });
  const headerRow = asked.headerRow ?? saved?.headerRow ?? guessHeader(table);
  const headerRows = asked.headerRows ?? saved?.headerRows ?? 1;
  const names = headingsOf(table.lines, { headerRow, headerRows });
  if (names.length > MOST_COLUMNS) throw new Refusal(422, 'csv-header', `The file has ${names.length} columns.`, `At most ${MOST_COLUMNS} are taken.`);
  const data = table.lines.filter(({ row, cells }) => row >= headerRow + headerRows && !cells.every(isBlank));
  const samples = (column: number): Cell[] => data.map(({ cells }) => cells[column]).filter((cell) => cell !== undefined && !isBlank(cell)) as Cell[];
  const find = (form: RegExp): string | undefined => names.find((name) => form.test(name));
  const date = saved?.date ?? find(DATES) ?? names.find((_, i) => samples(i).some((cell) => 'local' in cell));
  const clockName = saved?.clock ?? find(CLOCKS);
  const [series, value] = [saved?.series ?? find(SERIES), saved?.value ?? find(VALUES)];
  const form = asked.form ?? saved?.form ?? (series !== undefined && value !== undefined ? 'long' : 'wide');
  const isLong = form === 'long' && series !== undefined && names.includes(series) && value !== undefined && names.includes(value);
  const suggest = suggester(definition, feed);
  const decimals = names.some((_, i) => samples(i).some((cell) => 'text' in cell && /^-?\d{1,3},\d{1,2}$/.test(shown(cell)))) ? ',' : '.';
  const guessed: FileLayout = {
    decimal: delimiter === ',' ? '.' : decimals,
    thousands: '',
    notReported: [],
    leftOut: [],
    order: date === undefined ? 'rfc3339' : guessOrder(samples(names.indexOf(date)).slice(0, 50)),
    ...saved,
    encoding,
    delimiter,
    headerRow,
    headerRows,
    form,
    ...(isLong ? { series, value } : {}),
    ...(date === undefined || !names.includes(date) ? {} : { date }),
    ...(clockName === undefined || clockName === date || !names.includes(clockName) ? {} : { clock: clockName }),
  };
  const described = isLong ? [...new Set(samples(names.indexOf(series)).map(shown))].slice(0, MOST_COLUMNS) : names;
  return {
    kind: table.kind,
    sheets: table.sheets,
    headings: names.filter((name) => name !== ''),
    layout: wanted === undefined ? guessed : { ...guessed, sheet: wanted },
    columns: described
      .filter((name) => name !== '')
      .map((name) => {
        const cells = isLong
          ? data.filter(({ cells: line }) => shown(line[names.indexOf(series)]) === name).map(({ cells: line }) => line[names.indexOf(value)]!)
          : samples(names.indexOf(name));
        const suggestion = suggest(name);
        return {
          name,
          filled: cells.filter((cell) => !isBlank(cell)).length,
          samples: cells.slice(0, SAMPLES).map(shown),
          ...(suggestion ? { suggestion } : {}),
        };
      }),
    rows: data.length,
  };
}
