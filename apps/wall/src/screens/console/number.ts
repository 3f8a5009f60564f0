/** A plain decimal number as people write it, with a point or a comma; anything else is none. */
export function numberOf(text: string): number | undefined {
  const plain = text.trim().replace('−', '-').replace(',', '.');
  return /^-?\d{1,9}(\.\d{1,6})?$/.test(plain) ? Number(plain) : undefined;
}
