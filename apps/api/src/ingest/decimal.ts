/** The one grammar of numbers: an optional minus, whole digits, at most one point. No exponent, no comma, no blank. */
const GRAMMAR = /^-?(0|[1-9]\d{0,14})(\.\d{1,12})?$/;
/** More significant digits than a double keeps would be stored as another number. */
const MOST_DIGITS = 15;

export function parseDecimal(token: string): number | undefined {
  if (!GRAMMAR.test(token)) return undefined;
  if (token.replace(/^-?0*\.?|\./g, '').length > MOST_DIGITS) return undefined;
  const value = Number(token);
  return Object.is(value, -0) ? undefined : value;
}
