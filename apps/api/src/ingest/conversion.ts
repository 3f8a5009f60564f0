/** What a feed's map does to a written number. Digits are moved, never calculated with doubles: 0.57 × 100 is 57, not 56.99999999999999. */
import type { Conversion } from '@comm-cell/contract/feeds';
import { parseDecimal } from './decimal.js';

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/;
/** Digits kept of a quotient that does not end. */
const QUOTIENT_DIGITS = 9;

/** The written number times `by`, over `over`, as a plain decimal. */
function scaled(token: string, by: bigint, over: bigint): string | undefined {
  const parts = DECIMAL.exec(token);
  if (!parts) return undefined;
  const [, sign = '', whole = '0', fraction = ''] = parts;
  const spare = 10n ** BigInt(QUOTIENT_DIGITS);
  const value = BigInt(whole + fraction) * by * spare;
  const quotient = (value + over / 2n) / over;
  const digits = quotient.toString().padStart(fraction.length + QUOTIENT_DIGITS + 1, '0');
  const point = digits.length - fraction.length - QUOTIENT_DIGITS;
  const plain = `${digits.slice(0, point)}.${digits.slice(point)}`.replace(/\.?0+$/, '');
  return plain === '0' ? plain : sign + plain;
}

/** A written time as minutes. */
function written(token: string, form: 'h:mm' | 'mm:ss'): string | undefined {
  const parts = /^(\d{1,4}):([0-5]\d)$/.exec(token);
  if (!parts) return undefined;
  return form === 'h:mm' ? String(Number(parts[1]) * 60 + Number(parts[2])) : scaled(String(Number(parts[1]) * 60 + Number(parts[2])), 1n, 60n);
}

function convertedToken(token: string, convert: Conversion): string | undefined {
  // Checked before it is touched: what is no number must not become one by being moved about.
  if (convert !== 'h:mm' && convert !== 'mm:ss' && convert !== 'percent-sign' && parseDecimal(token) === undefined) return undefined;
  switch (convert) {
    case 'as-is':
      return token;
    case 'x100':
      return scaled(token, 100n, 1n);
    case '/100':
      return scaled(token, 1n, 100n);
    case 'x60':
      return scaled(token, 60n, 1n);
    case '/60':
      return scaled(token, 1n, 60n);
    case 'percent-sign':
      return /^[^%]+%$/.test(token) ? token.slice(0, -1).trimEnd() : undefined;
    case 'h:mm':
    case 'mm:ss':
      return written(token, convert);
  }
}

/** The number that a plain decimal stands for after its conversion; undefined for everything that is no such number. */
export function converted(token: string, convert: Conversion): number | undefined {
  const plain = convertedToken(token, convert);
  return plain === undefined ? undefined : parseDecimal(plain);
}
