/** Moments on pages that have no board state to take a time zone from. */
import { always, type Tongue } from '../../words.js';

/** The systems this is for keep one clock. */
const ZONE = 'Europe/London';
/** Not every browser knows Welsh months, so only the numbers are its work. */
const numbers = new Intl.DateTimeFormat('en-GB', {
  timeZone: ZONE,
  hourCycle: 'h23',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

/** "23 Nov 2026, 07:50:12": to the second, for what is compared with other records. */
export function exactly(at: number, tongue: Tongue): string {
  const part = Object.fromEntries(numbers.formatToParts(at).map(({ type, value }) => [type, value]));
  return `${part['day']} ${always[tongue].months[Number(part['month']) - 1]} ${part['year']}, ${part['hour']}:${part['minute']}:${part['second']}`;
}

/** The same to the minute. */
export function momentAt(at: number, tongue: Tongue): string {
  return exactly(at, tongue).slice(0, -3);
}
