/**
 * A workbook. It is a zip of XML, so it is measured before it is unpacked and looked through before it is read: the sum of what its
 * entries say they unpack to, macros, archives inside, and the furthest cell of the sheet. What goes on to the reader is packed anew
 * from what was measured, so that an entry that lied about its size gets no further.
 */
import { unzipSync, zipSync, type Unzipped } from 'fflate';
import { readSheet } from 'read-excel-file/node';
import { MOST_COLUMNS } from '@comm-cell/contract/feeds';
import { Refusal } from '../../access/refusal.js';
import { MOST_ROWS, type Cell, type Table } from './table.js';

/** Unpacked, all parts together. */
const UNPACKED_LIMIT = 12 * 1_048_576;
const MOST_PARTS = 300;
/** Of a workbook; pictures and the like are not unpacked at all. */
const PARTS = /^(\[Content_Types\]\.xml|_rels\/|xl\/(workbook|styles|sharedStrings)\.xml$|xl\/_rels\/|xl\/worksheets\/[^/]+\.xml$)/;
const ZIP = Buffer.from('PK\x03\x04', 'latin1');
const OLD = Buffer.from([0xd0, 0xcf, 0x11, 0xe0]);

/** The source token of a number cell: told apart from text that looks like one. */
class NumberToken {
  constructor(readonly token: string) {}
}

function refused(code: string, title: string, mend: string): Refusal {
  return new Refusal(422, code, title, mend);
}

export function isWorkbook(bytes: Buffer): boolean {
  return bytes.subarray(0, 4).equals(ZIP) || bytes.subarray(0, 4).equals(OLD);
}

function unpack(bytes: Buffer): Unzipped {
  if (bytes.subarray(0, 4).equals(OLD))
    throw refused('old-workbook', 'This is an old .xls workbook, or one with a password.', 'Save it as .xlsx without a password, or as "CSV UTF-8".');
  let [sum, count] = [0, 0];
  let parts: Unzipped;
  try {
    parts = unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        if (/vbaProject|macrosheets\//i.test(name)) throw refused('macros', 'The workbook has macros.', 'Save it as .xlsx without macros, or as "CSV UTF-8".');
        if (/\.(zip|gz|7z|rar|exe|dll)$/i.test(name)) throw refused('archive', 'There is an archive or a program in the workbook.', 'Send the figures alone.');
        if (++count > MOST_PARTS) throw refused('too-large', 'The workbook has too many parts.', 'Send the figures alone.');
        if (!PARTS.test(name)) return false;
        if ((sum += originalSize) > UNPACKED_LIMIT)
          throw refused('too-large', 'The workbook unpacks to more than 12 MB.', 'Send only the sheet with the figures.');
        return true;
      },
    });
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw refused(
      'not-a-workbook',
      'The file is not a workbook that can be unpacked.',
      'Save it as .xlsx again, or as "CSV UTF-8"; check that it was sent whole.',
    );
  }
  if (!parts['xl/workbook.xml']) throw refused('not-a-workbook', 'The file is an archive, but not a workbook.', 'Send an .xlsx workbook or a CSV file.');
  return parts;
}

/** Where formula errors stand; refuses sheets whose furthest cell is further than any sheet of readings has. */
function lookThrough(name: string, xml: string): Set<string> {
  if (/<!DOCTYPE|<!ENTITY/i.test(xml)) throw refused('not-a-workbook', `The part ${name.slice(0, 60)} declares entities.`, 'Save it as .xlsx again.');
  const faults = new Set<string>();
  for (const [, column, row, rest] of xml.matchAll(/<(?:\w+:)?c\s[^>]*?\br="([A-Z]{1,3})(\d{1,7})"([^>]{0,200})/g)) {
    if (numberOf(column!) > MOST_COLUMNS || Number(row) > MOST_ROWS)
      throw refused(
        'too-large',
        `The sheet reaches to ${column}${row}.`,
        `A sheet has at most ${MOST_COLUMNS} columns and ${MOST_ROWS} rows: delete what stands further out.`,
      );
    if (/\bt="e"/.test(rest!)) faults.add(`${row} ${numberOf(column!)}`);
  }
  for (const [, row] of xml.matchAll(/<(?:\w+:)?row\s[^>]*?\br="(\d{1,7})"/g))
    if (Number(row) > MOST_ROWS) throw refused('too-large', `The sheet reaches to row ${row}.`, `A sheet has at most ${MOST_ROWS} rows.`);
  return faults;
}

function numberOf(column: string): number {
  return [...column].reduce((number, letter) => number * 26 + letter.charCodeAt(0) - 64, 0);
}

const unescapeXml = (text: string): string =>
  text.replace(/&(lt|gt|quot|apos|amp);/g, (_, name: string) => ({ lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' })[name]!);

/** Sheets in their order, with the part each stands in. */
function sheetsOf(parts: Unzipped): { name: string; part: string }[] {
  const decoder = new TextDecoder();
  const book = decoder.decode(parts['xl/workbook.xml']);
  const relations = new Map<string, string>();
  for (const [tag] of decoder.decode(parts['xl/_rels/workbook.xml.rels']).matchAll(/<Relationship\s[^>]*>/g)) {
    const [id, target] = [/\bId="([^"]*)"/.exec(tag)?.[1], /\bTarget="([^"]*)"/.exec(tag)?.[1]];
    if (id !== undefined && target !== undefined) relations.set(id, target.startsWith('/') ? target.slice(1) : `xl/${target}`);
  }
  return [...book.matchAll(/<(?:\w+:)?sheet\s[^>]*>/g)].flatMap(([tag]) => {
    const [name, id] = [/\bname="([^"]*)"/.exec(tag)?.[1], /\br:id="([^"]*)"/.exec(tag)?.[1]];
    const part = relations.get(id ?? '');
    return name === undefined || part === undefined || !part.includes('worksheets/') ? [] : [{ name: unescapeXml(name), part }];
  });
}

function cellOf(value: unknown): Cell {
  if (value === null || value === undefined) return { text: '' };
  if (value instanceof NumberToken) return { number: value.token };
  // Halves of a second of a spreadsheet's clock are rounding, not time.
  if (value instanceof Date) return { local: Math.round(value.getTime() / 1000) * 1000 };
  if (typeof value === 'boolean') return { fault: value ? 'TRUE' : 'FALSE' };
  return { text: String(value) };
}

/** `sheet`: by its name; left out: the first. */
export async function xlsxTable(bytes: Buffer, sheet?: string): Promise<Table> {
  const parts = unpack(bytes);
  const sheets = sheetsOf(parts);
  const names = sheets.map(({ name }) => name);
  const wanted = sheet === undefined ? sheets[0] : sheets.find(({ name }) => name === sheet);
  if (!wanted)
    throw refused(
      'no-such-sheet',
      sheet === undefined ? 'The workbook has no sheet of cells.' : `The workbook has no sheet "${sheet}".`,
      names.length === 0 ? 'Send a workbook with the figures.' : `It has: ${names.join(', ').slice(0, 300)}.`,
    );
  const source = parts[wanted.part];
  if (!source) throw refused('not-a-workbook', 'The sheet is missing in the workbook.', 'Save it as .xlsx again.');
  const faults = lookThrough(wanted.part, new TextDecoder().decode(source));
  for (const name of ['xl/workbook.xml', 'xl/styles.xml', 'xl/sharedStrings.xml']) if (parts[name]) lookThrough(name, new TextDecoder().decode(parts[name]));
  const rows = await readSheet<NumberToken>(Buffer.from(zipSync(parts, { level: 0 })), wanted.name, {
    trim: false,
    parseNumber: (token) => new NumberToken(token),
  }).catch((error: unknown) => {
    throw refused(
      'not-a-workbook',
      'The workbook cannot be read.',
      `Save it as .xlsx again (${error instanceof Error ? error.message.slice(0, 120) : 'unknown fault'}).`,
    );
  });
  const lines = rows.map((cells, i) => ({
    row: i + 1,
    cells: cells.map((value, column) => (faults.has(`${i + 1} ${column + 1}`) ? { fault: 'a formula that failed' } : cellOf(value))),
  }));
  return { kind: 'xlsx', sheets: names, lines };
}
