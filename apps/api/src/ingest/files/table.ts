/** A file as lines of cells, whatever it was written in. */
export const CSV_TYPE = 'text/csv';
export const XLSX_TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
export const FILE_TYPES: readonly string[] = [CSV_TYPE, XLSX_TYPE, 'application/octet-stream'];

export const MOST_ROWS = 6_000;
export const MOST_CELL = 280;

/**
 * A cell as it stands in the file. `number`: the source token of a spreadsheet's number. `local`: a spreadsheet's date, which knows
 * no zone; as if it were UTC, epoch ms. `fault`: it holds no value but an error.
 */
export type Cell = { text: string } | { number: string } | { local: number } | { fault: string };

export interface Line {
  /** Line of the file (CSV) or row of the sheet, from 1. */
  row: number;
  cells: Cell[];
}

export interface Table {
  kind: 'csv' | 'xlsx';
  /** All sheets of a workbook, in order; empty for CSV. */
  sheets: string[];
  lines: Line[];
}

export function shown(cell: Cell | undefined): string {
  if (!cell) return '';
  if ('text' in cell) return cell.text.trim();
  if ('number' in cell) return cell.number;
  if ('local' in cell) return new Date(cell.local).toISOString().slice(0, 19).replace('T', ' ').replace(' 00:00:00', '');
  return cell.fault;
}

export function isBlank(cell: Cell | undefined): boolean {
  return cell === undefined || ('text' in cell && cell.text.trim() === '');
}
