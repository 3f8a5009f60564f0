/** One figure as machines write it: a name, a written number, a moment. */
import type { CandidateRow, RejectedRow } from '@comm-cell/board/decide/record-readings';
import { converted } from '../conversion.js';
import type { Moment } from '../moments.js';
import type { Named } from '../name-book.js';
import type { Payload, Sent } from './adapter.js';

export interface Sample {
  row: number;
  column?: string;
  /** Named by what the sender wrote, for the refusal. */
  written: string;
  named: Named | undefined;
  /** The source token of a number, words, or null with the reason. */
  value: { number: string } | { words: string } | { absent: string };
  moment: Moment;
  unit?: string | undefined;
}

const MOST_WORDS = 280;

export function addSample(payload: Payload, sample: Sample): void {
  const { row, column, written, named, value, moment, unit } = sample;
  const place = column === undefined ? { row } : { row, column };
  const refuse = (field: string, code: string, detail: string): void => void payload.unreadable.push({ ...place, field, code, detail } satisfies RejectedRow);
  if (!named)
    return refuse('series', 'unknown-name', `Nothing of this feed is called "${written.slice(0, 120)}"; name it in the feed's map, or by metric and place.`);
  if ('fault' in moment) return refuse('observedAt', 'unreadable', moment.fault);
  const one: CandidateRow = { ...place, series: named.series, at: moment.at, value: null, rev: 0, ...(unit === undefined ? {} : { unit }) };
  if ('absent' in value) one.why = value.absent;
  else if ('words' in value) {
    if (value.words.length > MOST_WORDS || /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(value.words) || value.words.trim() === '')
      return refuse('value', 'unreadable', `Words have 1 to ${MOST_WORDS} characters on one line.`);
    one.value = value.words.trim();
  } else {
    const number = converted(value.number, named.convert);
    if (number === undefined)
      return refuse('value', 'not-a-number', `"${value.number.slice(0, 40)}" is not a plain decimal number of at most 15 digits (no exponent, no -0, no NaN).`);
    one.value = number;
  }
  payload.rows.push(one);
}

/** The moment of lines that have none: the sender has to name it in a header, because the moment of arrival says nothing. */
export function statedMoment({ headers }: Sent, read: (text: string) => Moment): Moment {
  const stated = headers['observed-at'];
  return stated === undefined
    ? { fault: 'there is no timestamp; write one on each line, or send the header "Observed-At" with the moment that all of them are of' }
    : read(stated);
}
