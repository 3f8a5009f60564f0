/** CSV in the dialect that the feed's map declares: nothing is sniffed once a map is saved. */
import type { FileLayout } from '@comm-cell/contract/feeds';
import { CsvError, parse } from 'csv-parse/sync';
import { Refusal } from '../../access/refusal.js';
import { MOST_ROWS, type Table } from './table.js';

const BOMS: readonly [FileLayout['encoding'], string, readonly number[]][] = [
  ['utf-8', 'utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16', 'utf-16le', [0xff, 0xfe]],
  ['utf-16', 'utf-16be', [0xfe, 0xff]],
];

function encodingFault(mend: string): Refusal {
  return new Refusal(415, 'encoding', 'The file is not written in the encoding that was agreed.', mend);
}

/** A mark at the beginning of the file that contradicts the map stops it: one of the two is wrong. */
export function decode(bytes: Buffer, encoding: FileLayout['encoding']): string {
  const mark = BOMS.find(([, , bom]) => bom.every((byte, i) => bytes[i] === byte));
  if (mark && mark[0] !== encoding) throw encodingFault(`It begins with the mark of ${mark[0]}, the feed's map says ${encoding}: change one of them.`);
  const label = mark?.[1] ?? (encoding === 'utf-16' ? 'utf-16le' : encoding);
  try {
    const text = new TextDecoder(label, { fatal: true }).decode(bytes);
    // The decoder of windows-1252 knows no fault, so what it can only have made up is looked for.
    if (text.includes('\0')) throw new Error('it holds zero characters');
    return text;
  } catch {
    throw encodingFault(`It cannot be read as ${encoding}. Save it as "CSV UTF-8", or declare its encoding in the feed's map.`);
  }
}

export function csvTable(bytes: Buffer, layout: Pick<FileLayout, 'encoding' | 'delimiter'>): Table {
  const text = decode(bytes, layout.encoding);
  let records: { record: string[]; info: { lines: number } }[];
  try {
    records = parse(text, {
      bom: true,
      delimiter: layout.delimiter,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: 100_000,
      to: MOST_ROWS + 1,
    }) as unknown as typeof records;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const { lines } = error as CsvError & { lines?: number };
    throw new Refusal(
      422,
      'not-csv',
      `The file is not well-formed CSV${lines === undefined ? '' : ` at line ${lines}`}.`,
      `${error.message.slice(0, 200)}. Save it as "CSV UTF-8".`,
    );
  }
  if (records.length > MOST_ROWS) throw new Refusal(413, 'too-many-rows', `The file has more than ${MOST_ROWS} lines.`, 'Split it into several files.');
  return { kind: 'csv', sheets: [], lines: records.map(({ record, info }) => ({ row: info.lines, cells: record.map((one) => ({ text: one })) })) };
}
