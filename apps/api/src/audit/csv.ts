/** The trail for a spreadsheet: RFC 4180, and no cell that a spreadsheet would take for a formula (reliability row 71). */
import type { AuditEntry } from '@comm-cell/contract/audit';

const HEAD = ['number', 'recorded at', 'person id', 'person', 'kind', 'what', 'about', 'detail', 'hash'];

/** A text that begins like a formula is begun with an apostrophe; numbers are the journal's own and stay numbers. */
export function cell(content: string | number): string {
  if (typeof content === 'number') return String(content);
  const text = content.replaceAll('\0', '');
  const plain = /^[\s\p{Cf}]*[=+\-@−＝＋－＠|%]/u.test(text) || /^[\t\r\n]/.test(text) ? `'${text}` : text;
  return /[",\r\n\t;']/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

export function auditCsv(entries: readonly AuditEntry[]): string {
  const rows = entries.map(({ seq, at, by, kind, what, about, detail, hash }) => [
    seq,
    new Date(at).toISOString(),
    by?.id ?? '',
    by?.name ?? '',
    kind,
    what ?? '',
    about,
    detail,
    hash,
  ]);
  // The mark at the head tells a spreadsheet that the letters are UTF-8: ŵ and ŷ among them.
  return `\uFEFF${[HEAD, ...rows].map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`;
}
