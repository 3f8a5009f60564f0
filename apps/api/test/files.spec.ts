/** Files as providers send them: what comes of each is written by hand beside it (rows 7–10 and 70 of reliability). */
import { describe, expect, test } from '@jest/globals';
import type { BoardDefinition } from '@comm-cell/board/definition';
import { feedMap, type FeedMap } from '@comm-cell/contract/feeds';
import { Refusal } from '../src/access/refusal.js';
import { look, suggester, tableOf } from '../src/ingest/files/look.js';
import { mapRows, type MappedFile } from '../src/ingest/files/map-rows.js';
import { NASTY, type NastyFile } from '../../../tests/corpus/files.js';
import { workbook } from '../../../tests/corpus/workbook.js';
import { smallBoard } from '../../../tests/support/boards.js';

const PLAIN: FeedMap = feedMap.parse({
  columns: [
    { name: 'In dept', series: 'm.1@here' },
    { name: 'Wait', series: 'm.2@here' },
  ],
  time: { zone: 'Europe/London' },
  layout: { form: 'wide', date: 'Date', order: 'dmy' },
});

async function read(bytes: Buffer, map: FeedMap): Promise<MappedFile> {
  return mapRows(await tableOf(bytes, map.layout), map, new Set(), { fault: 'the file names no moments' });
}

function mapOf({ map = {} }: NastyFile): FeedMap {
  return feedMap.parse({ ...PLAIN, ...map, time: { ...PLAIN.time, ...map.time }, layout: { ...PLAIN.layout, ...map.layout } });
}

test.each(NASTY.map((file) => [file.name, file] as const))('%s', async (_name, file) => {
  if (file.stopped !== undefined) {
    const error: unknown = await read(file.bytes, mapOf(file)).catch((fault: unknown) => fault);
    expect(error).toBeInstanceOf(Refusal);
    expect((error as Refusal).code).toBe(file.stopped);
    // What is to be done stands there in words, and nothing of the file runs on without end.
    expect((error as Refusal).mend.length).toBeGreaterThan(10);
    expect((error as Refusal).mend.length + (error as Refusal).title.length).toBeLessThan(600);
    return;
  }
  const { rows, unreadable, leftOut } = await read(file.bytes, mapOf(file));
  const moment = (at: number): string => new Date(at).toISOString().slice(5).replace(':00.000Z', 'Z');
  expect(rows.map(({ row, column, at, value }) => `${row} ${column} ${moment(at)} ${value ?? 'none'}`).sort()).toEqual([...(file.stored ?? [])].sort());
  expect(unreadable.map(({ row, code }) => `${row} ${code}`)).toEqual(file.refused ?? []);
  expect(leftOut).toEqual(file.leftOut ?? []);
  for (const { value, why } of rows) expect(value === null ? typeof why : 'number').toBe(value === null ? 'string' : typeof value);
});

test('the corpus is no small one', () => expect(NASTY.length).toBeGreaterThanOrEqual(60));

test('hostile workbooks cost no memory', async () => {
  const before = process.memoryUsage().rss;
  for (const file of NASTY.filter(({ stopped }) => stopped === 'too-large')) await read(file.bytes, PLAIN).catch(() => {});
  expect(process.memoryUsage().rss - before).toBeLessThan(50_000_000);
});

describe('a first look', () => {
  const plain = smallBoard({ series: 3 });
  const definition = {
    ...plain,
    metrics: {
      ...plain.metrics,
      'm.1': { ...plain.metrics['m.1']!, label: { en: 'People in department', cy: 'Pobl yn yr adran' }, aliases: ['Number in ED'] },
      'm.2': { ...plain.metrics['m.2']!, label: { en: 'Longest wait', cy: 'Yr aros hiraf' } },
    },
    places: { here: { ...plain.places.here!, name: { en: 'Stoke Hospital', cy: 'Ysbyty Stoke' } } },
  } as unknown as BoardDefinition;

  test.each([
    ['m.1@here', 'm.1@here', 'id'],
    ['M.1', 'm.1@here', 'id'],
    ['People in Department', 'm.1@here', 'label'],
    ['pobl yn yr adran', 'm.1@here', 'label'],
    ['Stoke Hospital – people in department', 'm.1@here', 'label'],
    ['NUMBER IN ED (patients)', 'm.1@here', 'alias'],
    ['Longest wait [min]', 'm.2@here', 'label'],
    ['Breaches', undefined, undefined],
    ['', undefined, undefined],
  ])('%s', (heading, series, why) => {
    expect(suggester(definition, 'ed')(heading)).toEqual(series === undefined ? undefined : { series, why });
  });

  test('a CSV of semicolons and commas in Windows-1252', async () => {
    const bytes = Buffer.from('Caf\xe9 report;;\nDate;Number in ED;Breaches\n16/01/2026 14:30;118;62,5\n17/01/2026 14:30;119;1,5\n', 'latin1');
    expect(await look(bytes, definition, 'ed', undefined)).toMatchObject({
      kind: 'csv',
      rows: 2,
      layout: { encoding: 'windows-1252', delimiter: ';', headerRow: 2, form: 'wide', date: 'Date', order: 'dmy', decimal: ',' },
      columns: [
        { name: 'Date', filled: 2 },
        { name: 'Number in ED', filled: 2, samples: ['118', '119'], suggestion: { series: 'm.1@here', why: 'alias' } },
        { name: 'Breaches', samples: ['62,5', '1,5'] },
      ],
    });
  });

  test('a workbook in the long form', async () => {
    const rows = [
      ['Date', 'Metric', 'Value'],
      [{ date: 46038.5 }, 'Longest wait', { n: '5' }],
    ];
    const bytes = workbook({ sheets: [{ name: 'Data', rows: rows as never }] });
    expect(await look(bytes, definition, 'ed', undefined)).toMatchObject({
      kind: 'xlsx',
      sheets: ['Data'],
      layout: { form: 'long', series: 'Metric', value: 'Value', date: 'Date' },
      columns: [{ name: 'Longest wait', filled: 1, samples: ['5'], suggestion: { series: 'm.2@here' } }],
    });
  });
});
