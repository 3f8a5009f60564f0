/**
 * Nasty files and what must come of them. `stored` and `refused` are written by hand: line, column, moment, value; or the code of
 * the refusal that stops the file as a whole.
 */
import type { Conversion, FeedMap, FileLayout } from '@comm-cell/contract/feeds';
import { columnName, workbook, type Cell } from './workbook.js';

interface Change {
  columns?: { name: string; series: string; convert?: Conversion }[];
  ignored?: string[];
  time?: Partial<FeedMap['time']>;
  layout?: Partial<FileLayout>;
}

export interface NastyFile {
  name: string;
  bytes: Buffer;
  /** What differs from the plain map below. */
  map?: Change;
  /** "line column moment value"; the moment without its year's 2026- and seconds when they are zero. */
  stored?: readonly string[];
  /** "line code" */
  refused?: readonly string[];
  leftOut?: readonly number[];
  /** Code of the refusal of the whole file. */
  stopped?: string;
}

const text = (lines: readonly string[], end = '\n'): Buffer => Buffer.from(lines.join(end) + end);
const HEADER = 'Date,In dept,Wait';
const csv = (...lines: string[]): Buffer => text([HEADER, ...lines]);
const utf16 = (content: string, big = false): Buffer => {
  const bytes = Buffer.from(`\uFEFF${content}`, 'utf16le');
  return big ? bytes.swap16() : bytes;
};
const GOOD = ['16/01/2026 14:30,118,62.5'];
const GOOD_STORED = ['2 In dept 01-16T14:30Z 118', '2 Wait 01-16T14:30Z 62.5'];
const HEADS: Cell[] = ['Date', 'In dept', 'Wait'];
/** 16 January 2026 14:30 as spreadsheets count. */
const SERIAL = 46_038.604166666664;
const book = (...rows: (Cell[] | null)[]): Buffer => workbook({ sheets: [{ name: 'Data', rows: [HEADS, ...rows] }] });
const layout = (more: Partial<FileLayout>): Change => ({ layout: more });

export const NASTY: readonly NastyFile[] = [
  { name: 'a plain file', bytes: csv(...GOOD), stored: GOOD_STORED },
  { name: 'CRLF', bytes: text([HEADER, ...GOOD], '\r\n'), stored: GOOD_STORED },
  { name: 'old Mac line ends', bytes: text([HEADER, ...GOOD], '\r'), stored: GOOD_STORED },
  { name: 'no line end at the end', bytes: Buffer.from([HEADER, ...GOOD].join('\n')), stored: GOOD_STORED },
  { name: 'a byte order mark', bytes: Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), csv(...GOOD)]), stored: GOOD_STORED },
  { name: 'UTF-16, declared', bytes: utf16(`${HEADER}\n${GOOD[0]}\n`), map: layout({ encoding: 'utf-16' }), stored: GOOD_STORED },
  { name: 'UTF-16 of the other end, declared', bytes: utf16(`${HEADER}\n${GOOD[0]}\n`, true), map: layout({ encoding: 'utf-16' }), stored: GOOD_STORED },
  { name: 'UTF-16, not declared', bytes: utf16(`${HEADER}\n${GOOD[0]}\n`), stopped: 'encoding' },
  { name: 'UTF-16 without a mark, not declared', bytes: utf16(`${HEADER}\n${GOOD[0]}\n`).subarray(2), stopped: 'encoding' },
  {
    name: 'a mark of UTF-8 under UTF-16',
    bytes: Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), csv(...GOOD)]),
    map: layout({ encoding: 'utf-16' }),
    stopped: 'encoding',
  },
  {
    name: 'Windows-1252, declared',
    bytes: Buffer.from(`${HEADER},Caf\xe9\n${GOOD[0]},\x80 5\n`, 'latin1'),
    map: { ...layout({ encoding: 'windows-1252' }), ignored: ['Café'] },
    stored: GOOD_STORED,
  },
  { name: 'Windows-1252, not declared', bytes: Buffer.from(`${HEADER}\n${GOOD[0]}\nTotal caf\xe9,,\n`, 'latin1'), stopped: 'encoding' },
  {
    name: 'semicolons, declared',
    bytes: text(['Date;In dept;Wait', '16/01/2026 14:30;118;62,5']),
    map: layout({ delimiter: ';', decimal: ',' }),
    stored: GOOD_STORED,
  },
  { name: 'semicolons, not declared', bytes: text(['Date;In dept;Wait', '16/01/2026 14:30;118;62,5']), stopped: 'csv-header' },
  { name: 'tabs, declared', bytes: text(['Date\tIn dept\tWait', '16/01/2026 14:30\t118\t62.5']), map: layout({ delimiter: '\t' }), stored: GOOD_STORED },
  { name: 'a decimal comma where a point was agreed', bytes: csv('16/01/2026 14:30,118,"62,5"'), stored: [GOOD_STORED[0]!], refused: ['2 not-a-number'] },
  {
    name: 'a decimal point where a comma was agreed',
    bytes: csv('16/01/2026 14:30,118,62.5'),
    map: layout({ decimal: ',' }),
    stored: [GOOD_STORED[0]!],
    refused: ['2 not-a-number'],
  },
  { name: 'an unquoted decimal comma shifts nothing: the line is too long', bytes: csv('16/01/2026 14:30,118,62,5'), refused: ['2 columns'] },
  {
    name: 'thousands with commas, declared',
    bytes: csv('16/01/2026 14:30,"1,118",62.5'),
    map: layout({ thousands: ',' }),
    stored: ['2 In dept 01-16T14:30Z 1118', GOOD_STORED[1]!],
  },
  {
    name: 'thousands with points, declared',
    bytes: csv('16/01/2026 14:30,1.118,"62,5"'),
    map: layout({ decimal: ',', thousands: '.' }),
    stored: ['2 In dept 01-16T14:30Z 1118', GOOD_STORED[1]!],
  },
  {
    name: 'thousands with a narrow space, declared',
    bytes: csv('16/01/2026 14:30,1\u202f118,62.5'),
    map: layout({ thousands: ' ' }),
    stored: ['2 In dept 01-16T14:30Z 1118', GOOD_STORED[1]!],
  },
  { name: 'thousands, not declared', bytes: csv('16/01/2026 14:30,"1,118",62.5'), stored: [GOOD_STORED[1]!], refused: ['2 not-a-number'] },
  {
    name: 'thousands in the wrong places',
    bytes: csv('16/01/2026 14:30,"11,18",62.5'),
    map: layout({ thousands: ',' }),
    stored: [GOOD_STORED[1]!],
    refused: ['2 not-a-number'],
  },
  {
    name: 'blank, spaces, nothing at all',
    bytes: csv('16/01/2026 14:30,,62.5', '16/01/2026 14:31,  ,1'),
    stored: ['2 In dept 01-16T14:30Z none', '2 Wait 01-16T14:30Z 62.5', '3 In dept 01-16T14:31Z none', '3 Wait 01-16T14:31Z 1'],
  },
  {
    name: 'words for no figure, declared',
    bytes: csv('16/01/2026 14:30,N/A,closed'),
    map: layout({ notReported: ['n/a', 'Closed'] }),
    stored: ['2 In dept 01-16T14:30Z none', '2 Wait 01-16T14:30Z none'],
  },
  { name: 'words for no figure, not declared', bytes: csv('16/01/2026 14:30,N/A,62.5'), stored: [GOOD_STORED[1]!], refused: ['2 not-a-number'] },
  {
    name: 'what programs take for numbers',
    bytes: csv(
      ...['1e3', '0x10', 'Infinity', 'NaN', '١٢', '１２', '--5', '+5', '5-', '(5)', '£5', '5 pts', '.5', '5.', '-0'].map(
        (token, i) => `16/01/2026 14:${10 + i},"${token}",1`,
      ),
    ),
    stored: Array.from({ length: 15 }, (_, i) => `${2 + i} Wait 01-16T14:${10 + i}Z 1`),
    refused: Array.from({ length: 15 }, (_, i) => `${2 + i} not-a-number`),
  },
  {
    name: 'more digits than a number keeps',
    bytes: csv('16/01/2026 14:30,9007199254740993,1'),
    stored: ['2 Wait 01-16T14:30Z 1'],
    refused: ['2 not-a-number'],
  },
  {
    name: 'formulas are words, not numbers',
    bytes: csv('16/01/2026 14:30,=1+1,@SUM(A1)', "16/01/2026 14:31,-2+3,'5"),
    refused: ['2 not-a-number', '2 not-a-number', '3 not-a-number', '3 not-a-number'],
  },
  { name: 'columns in another order', bytes: text(['Wait,Date,In dept', '62.5,16/01/2026 14:30,118']), stored: GOOD_STORED },
  {
    name: 'headings with spaces and breaks',
    bytes: text(['" Date ","In\n dept",Wait  ', ...GOOD]),
    map: layout({ headerRow: 2 }),
    stored: ['3 In dept 01-16T14:30Z 118', '3 Wait 01-16T14:30Z 62.5'],
  },
  { name: 'a renamed column', bytes: text(['Date,In department,Wait', ...GOOD]), stopped: 'csv-header' },
  { name: 'a missing column', bytes: text(['Date,In dept', '16/01/2026 14:30,118']), stopped: 'csv-header' },
  { name: 'a new column', bytes: text([`${HEADER},New`, `${GOOD[0]},1`]), stopped: 'csv-header' },
  { name: 'a new column that is not to be stored', bytes: text([`${HEADER},New`, `${GOOD[0]},1`]), map: { ignored: ['New'] }, stored: GOOD_STORED },
  { name: 'a column twice', bytes: text([`${HEADER},Wait`, `${GOOD[0]},7`]), stopped: 'csv-header' },
  { name: 'no heading at all', bytes: text(GOOD), stopped: 'csv-header' },
  { name: 'nothing', bytes: Buffer.alloc(0), stopped: 'csv-header' },
  { name: 'headings and nothing else', bytes: csv(), stored: [] },
  {
    name: 'a title and a blank line above',
    bytes: text(['ED report,,', 'Printed 17/01/2026,,', HEADER, ...GOOD]),
    map: layout({ headerRow: 3 }),
    stored: ['4 In dept 01-16T14:30Z 118', '4 Wait 01-16T14:30Z 62.5'],
  },
  {
    name: 'headings on two rows, merged above',
    bytes: text([',ED,,Ward', 'Date,In,Out,In', '16/01/2026 14:30,1,2,3']),
    map: {
      layout: { headerRows: 2 },
      columns: [
        { name: 'ED / In', series: 'm.1@here' },
        { name: 'Ward / In', series: 'm.2@here' },
      ],
      ignored: ['ED / Out'],
    },
    stored: ['3 ED / In 01-16T14:30Z 1', '3 Ward / In 01-16T14:30Z 3'],
  },
  {
    name: 'a summary row that the map leaves out',
    bytes: csv(...GOOD, 'Total,118,62.5'),
    map: layout({ leftOut: ['Total'] }),
    stored: GOOD_STORED,
    leftOut: [3],
  },
  { name: 'a summary row that nobody told of', bytes: csv(...GOOD, 'Total,118,62.5'), stored: GOOD_STORED, refused: ['3 unreadable'] },
  {
    name: 'a short last line: the file was cut',
    bytes: Buffer.from(`${HEADER}\n${GOOD[0]}\n17/01/2026 14:30,11`),
    stored: GOOD_STORED,
    refused: ['3 columns'],
  },
  { name: 'an open quote', bytes: csv('"16/01/2026 14:30,118,62.5'), stopped: 'not-csv' },
  { name: 'a quoted line break in a figure', bytes: csv('16/01/2026 14:30,"1\n18",62.5'), stored: ['3 Wait 01-16T14:30Z 62.5'], refused: ['3 not-a-number'] },
  { name: 'American dates, declared', bytes: csv('01/16/2026 14:30,118,62.5'), map: layout({ order: 'mdy' }), stored: GOOD_STORED },
  { name: 'American dates, not declared', bytes: csv('01/16/2026 14:30,118,62.5'), refused: ['2 unreadable'] },
  { name: 'ISO order', bytes: csv('2026-01-16T14:30:00,118,62.5'), map: layout({ order: 'ymd' }), stored: GOOD_STORED },
  { name: 'with an offset', bytes: csv('2026-01-16T15:30:00+01:00,118,62.5'), map: layout({ order: 'rfc3339' }), stored: GOOD_STORED },
  { name: 'without the agreed offset', bytes: csv('2026-01-16T15:30:00,118,62.5'), map: layout({ order: 'rfc3339' }), refused: ['2 unreadable'] },
  { name: 'a year of two digits', bytes: csv('16/01/26 14:30,118,62.5'), refused: ['2 unreadable'] },
  { name: '30 February', bytes: csv('30/02/2026 14:30,118,62.5'), refused: ['2 unreadable'] },
  { name: '29 February of no leap year', bytes: csv('29/02/2026 14:30,118,62.5'), refused: ['2 unreadable'] },
  { name: 'half past twenty-four', bytes: csv('16/01/2026 24:30,118,62.5'), refused: ['2 unreadable'] },
  { name: 'summer time', bytes: csv('16/07/2026 14:30,118,62.5'), stored: ['2 In dept 07-16T13:30Z 118', '2 Wait 07-16T13:30Z 62.5'] },
  { name: 'the hour that happens twice', bytes: csv('25/10/2026 01:30,118,62.5'), refused: ['2 unreadable'] },
  { name: 'the hour that does not happen', bytes: csv('29/03/2026 01:30,118,62.5'), refused: ['2 unreadable'] },
  {
    name: 'the hour that happens twice, in UTC',
    bytes: csv('25/10/2026 01:30,118,62.5'),
    map: { time: { zone: 'UTC' } },
    stored: ['2 In dept 10-25T01:30Z 118', '2 Wait 10-25T01:30Z 62.5'],
  },
  {
    name: 'a day, and a map that says the time',
    bytes: csv('16/07/2026,118,62.5'),
    map: { time: { at: '07:00' } },
    stored: ['2 In dept 07-16T06:00Z 118', '2 Wait 07-16T06:00Z 62.5'],
  },
  { name: 'a day, and a map that does not', bytes: csv('16/07/2026,118,62.5'), refused: ['2 unreadable'] },
  {
    name: 'figures of the day before',
    bytes: csv('01/03/2026,118,62.5'),
    map: { time: { at: '23:00', dayBefore: true } },
    stored: ['2 In dept 02-28T23:00Z 118', '2 Wait 02-28T23:00Z 62.5'],
  },
  {
    name: 'the time in a column of its own',
    bytes: text(['Date,Time,In dept,Wait', '16/01/2026,14:30,118,62.5']),
    map: layout({ clock: 'Time' }),
    stored: GOOD_STORED,
  },
  {
    name: 'the time in two columns',
    bytes: text(['Date,Time,In dept,Wait', '16/01/2026 14:30,14:30,118,62.5']),
    map: layout({ clock: 'Time' }),
    refused: ['2 unreadable'],
  },
  { name: 'day numbers, declared', bytes: csv(`${SERIAL},118,62.5`), map: layout({ order: 'serial' }), stored: GOOD_STORED },
  { name: 'day numbers, not declared', bytes: csv(`${SERIAL},118,62.5`), refused: ['2 unreadable'] },
  {
    name: 'fractions as per cent',
    bytes: csv('16/01/2026 14:30,118,0.57'),
    map: {
      columns: [
        { name: 'In dept', series: 'm.1@here' },
        { name: 'Wait', series: 'm.2@here', convert: 'x100' },
      ],
    },
    stored: [GOOD_STORED[0]!, '2 Wait 01-16T14:30Z 57'],
  },
  {
    name: 'long, with names of the map',
    bytes: text(['Date,KPI,Figure', '16/01/2026 14:30,in DEPT,118', '16/01/2026 14:30,Other,5', '16/01/2026 14:30,Mystery,5']),
    map: { layout: { form: 'long', series: 'KPI', value: 'Figure' }, ignored: ['Other'] },
    stored: ['2 in DEPT 01-16T14:30Z 118'],
    refused: ['4 unknown-name'],
    leftOut: [3],
  },
  { name: 'hidden zero characters', bytes: csv('16/01/2026 14:30,1\x0018,62.5'), stopped: 'encoding' },
  { name: '__proto__ as a heading', bytes: text(['Date,In dept,Wait,__proto__', '16/01/2026 14:30,118,62.5,9']), stopped: 'csv-header' },
  {
    name: 'a cell of a hundred thousand letters',
    bytes: csv(`16/01/2026 14:30,${'9'.repeat(99_000)},1`),
    stored: ['2 Wait 01-16T14:30Z 1'],
    refused: ['2 not-a-number'],
  },
  { name: 'seven thousand lines', bytes: csv(...Array.from({ length: 7_000 }, () => GOOD[0]!)), stopped: 'too-many-rows' },
  { name: 'a picture under a wrong name', bytes: Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0]), stopped: 'encoding' },

  { name: 'a workbook', bytes: book([{ date: SERIAL }, { n: '118' }, { n: '62.5' }]), stored: GOOD_STORED },
  {
    name: 'a workbook of the years since 1904',
    bytes: workbook({ date1904: true, sheets: [{ name: 'Data', rows: [HEADS, [{ date: SERIAL - 1462 }, { n: '118' }, { n: '62.5' }]] }] }),
    stored: GOOD_STORED,
  },
  { name: 'a workbook with dates as words', bytes: book(['16/01/2026 14:30', '118', { n: '62.5' }]), stored: GOOD_STORED },
  { name: 'a workbook with dates as bare numbers', bytes: book([{ n: String(SERIAL) }, { n: '118' }, { n: '62.5' }]), refused: ['2 unreadable'] },
  { name: 'the noise of binary fractions', bytes: book([{ date: SERIAL }, { n: '118.00000000000001' }, { n: '62.499999999999993' }]), stored: GOOD_STORED },
  {
    name: 'a number in its short scientific form',
    bytes: book([{ date: SERIAL }, { n: '1.18E+2' }, { n: '6.25E-2' }]),
    stored: [GOOD_STORED[0]!, '2 Wait 01-16T14:30Z 0.0625'],
  },
  {
    name: 'failed formulas are no figures',
    bytes: book([{ date: SERIAL }, { e: '#DIV/0!' }, { n: '62.5' }]),
    stored: [GOOD_STORED[1]!],
    refused: ['2 not-a-number'],
  },
  { name: 'true is no figure', bytes: book([{ date: SERIAL }, { b: '1' }, { n: '62.5' }]), stored: [GOOD_STORED[1]!], refused: ['2 not-a-number'] },
  {
    name: 'a figure that a spreadsheet took for a date',
    bytes: book([{ date: SERIAL }, { date: 118 }, { n: '62.5' }]),
    stored: [GOOD_STORED[1]!],
    refused: ['2 not-a-number'],
  },
  {
    name: 'empty cells and an empty row between',
    bytes: book([{ date: SERIAL }, null, { n: '62.5' }], null, [{ date: SERIAL + 1 }, { n: '1' }, { n: '2' }]),
    stored: ['2 In dept 01-16T14:30Z none', GOOD_STORED[1]!, '4 In dept 01-17T14:30Z 1', '4 Wait 01-17T14:30Z 2'],
  },
  {
    name: 'merged headings',
    bytes: workbook({
      sheets: [
        {
          name: 'Data',
          merged: 'B1:C1',
          rows: [
            [null, 'ED', null],
            ['Date', 'In', 'Wait'],
            [{ date: SERIAL }, { n: '118' }, { n: '62.5' }],
          ],
        },
      ],
    }),
    map: {
      layout: { headerRows: 2 },
      columns: [
        { name: 'ED / In', series: 'm.1@here' },
        { name: 'ED / Wait', series: 'm.2@here' },
      ],
    },
    stored: ['3 ED / In 01-16T14:30Z 118', '3 ED / Wait 01-16T14:30Z 62.5'],
  },
  {
    name: 'the time of day in a cell of its own',
    bytes: workbook({
      sheets: [
        {
          name: 'Data',
          rows: [
            ['Date', 'Time', 'In dept', 'Wait'],
            [{ date: Math.floor(SERIAL) }, { time: 14.5 / 24 }, { n: '118' }, { n: '62.5' }],
          ],
        },
      ],
    }),
    map: layout({ clock: 'Time' }),
    stored: GOOD_STORED,
  },
  {
    name: 'per cent cells hold fractions',
    bytes: book([{ date: SERIAL }, { n: '118' }, { percent: '0.625' }]),
    map: {
      columns: [
        { name: 'In dept', series: 'm.1@here' },
        { name: 'Wait', series: 'm.2@here', convert: 'x100' },
      ],
    },
    stored: GOOD_STORED,
  },
  {
    name: 'the second sheet, by name',
    bytes: workbook({
      sheets: [
        { name: 'Cover', rows: [['Hello']] },
        { name: 'Da & ta', rows: [HEADS, [{ date: SERIAL }, { n: '118' }, { n: '62.5' }]] },
      ],
    }),
    map: layout({ sheet: 'Da & ta' }),
    stored: GOOD_STORED,
  },
  { name: 'a sheet that is not there', bytes: book(), map: layout({ sheet: 'Nowhere' }), stopped: 'no-such-sheet' },
  { name: 'macros', bytes: workbook({ sheets: [{ name: 'Data', rows: [HEADS] }], parts: { 'xl/vbaProject.bin': 'x' } }), stopped: 'macros' },
  { name: 'an archive inside', bytes: workbook({ sheets: [{ name: 'Data', rows: [HEADS] }], parts: { 'xl/embeddings/all.zip': 'x' } }), stopped: 'archive' },
  { name: 'an archive that is no workbook', bytes: workbook({ sheets: [], parts: { 'xl/workbook.xml': '' } }), stopped: 'no-such-sheet' },
  { name: 'an old workbook, or one with a password', bytes: Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]), stopped: 'old-workbook' },
  { name: 'a workbook that was cut', bytes: book([{ date: SERIAL }, { n: '118' }, { n: '62.5' }]).subarray(0, 600), stopped: 'not-a-workbook' },
  {
    name: 'a bomb: 200 MB of nothing in 200 kB',
    bytes: workbook({ sheets: [{ name: 'Data', rows: [HEADS] }], parts: { 'xl/worksheets/sheet2.xml': new Uint8Array(200_000_000) } }),
    stopped: 'too-large',
  },
  { name: 'a cell at the end of the world', bytes: book([{ raw: '<c r="XFD1048576"><v>1</v></c>' }]), stopped: 'too-large' },
  {
    name: 'a row at the end of the world',
    bytes: workbook({
      sheets: [{ name: 'Data', rows: [] }],
      parts: { 'xl/worksheets/sheet1.xml': '<worksheet><sheetData><row r="1048576"><c><v>1</v></c></row></sheetData></worksheet>' },
    }),
    stopped: 'too-large',
  },
  {
    name: 'entities that explode',
    bytes: workbook({
      sheets: [{ name: 'Data', rows: [] }],
      parts: { 'xl/worksheets/sheet1.xml': '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]><worksheet><sheetData/></worksheet>' },
    }),
    stopped: 'not-a-workbook',
  },
  {
    name: 'three hundred columns',
    bytes: workbook({ sheets: [{ name: 'Data', rows: [Array.from({ length: 300 }, (_, i) => `c${columnName(i)}`)] }] }),
    stopped: 'too-large',
  },
];
