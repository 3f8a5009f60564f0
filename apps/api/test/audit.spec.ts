/** The trail as a file (I41, reliability row 71): whatever was typed comes back as text, and no cell is a formula. */
import { describe, expect, test } from '@jest/globals';
import type { AuditEntry } from '@comm-cell/contract/audit';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { auditCsv, cell } from '../src/audit/csv.js';

const entry = (more: Partial<AuditEntry>): AuditEntry => ({ seq: 1, at: 0, kind: 'DeedDone', by: null, about: '', detail: '', hash: 'ab', ...more });
const read = (text: string): string[][] => parse(text, { bom: true }) as string[][];

describe('a cell', () => {
  test.each(['=1+1', '+44', '-1', '@SUM(A1)', '\t=1', '\r=1', ' =1', '\u200b=1', '＝1', '\0=1', '=HYPERLINK("x")', '%0A=1', '|calc'])(
    '%j is no formula',
    (text) => {
      expect(read(auditCsv([entry({ detail: text })]))[1]![7]).toBe(`'${text.replaceAll('\0', '')}`);
    },
  );

  test.each(['Ŵyr Ŷ', 'north-general', '3; "two" lines\nof text', 'a,b', "it's", ''])('%j stays as it is', (text) => {
    expect(read(auditCsv([entry({ detail: text })]))[1]![7]).toBe(text);
  });

  test('a number stays a number', () => expect(cell(-7)).toBe('-7'));

  test('any text comes back as one cell that no spreadsheet runs', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })), { maxLength: 5 }), (typed) => {
        const rows = read(auditCsv(typed.map(([about, detail]) => entry({ about, detail }))));
        expect(rows).toHaveLength(typed.length + 1);
        for (const [i, [about, detail]] of typed.entries())
          for (const [column, text] of [
            [6, about],
            [7, detail],
          ] as const) {
            const back = rows[i + 1]![column]!;
            expect(back.replace(/^'/, '')).toBe(text.replaceAll('\0', '').replace(/^'/, ''));
            expect(back).not.toMatch(/^\s*[=+\-@|%]/);
          }
      }),
    );
  });
});
