/** How two plain files differ, and the way from one to the other: what a screen sends, a server does and a person reads before both. */

/** `to` left out: taken away. Steps are names, or places in a list counted from 0. */
export interface Edit {
  at: readonly (string | number)[];
  to?: unknown;
}
/** `from` left out: it was not there. */
export interface Difference extends Edit {
  from?: unknown;
}

type Plain = Readonly<Record<string, unknown>>;

/** Lists of words are taken as a whole; lists of the same length part by part. */
export function differences(before: unknown, after: unknown, at: Edit['at'] = []): Difference[] {
  if (isPlain(before) && isPlain(after)) {
    const names = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...names].flatMap((name) => {
      const path = [...at, name];
      if (!Object.hasOwn(after, name)) return [{ at: path, from: before[name] }];
      if (!Object.hasOwn(before, name)) return [{ at: path, to: after[name] }];
      return differences(before[name], after[name], path);
    });
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length && [...before, ...after].every(isPlain))
    return before.flatMap((one, i) => differences(one, after[i], [...at, i]));
  return isSame(before, after) ? [] : [{ at, from: before, to: after }];
}

/** The file after the edits, in their order; the one that came in stays as it was. Throws when a step leads nowhere. */
export function edited(file: unknown, edits: readonly Edit[]): unknown {
  return edits.reduce((changed, edit) => withEdit(changed, edit, 0), file);
}

function withEdit(part: unknown, edit: Edit, depth: number): unknown {
  if (depth === edit.at.length) return edit.to;
  const step = edit.at[depth]!;
  const isLast = depth === edit.at.length - 1;
  if (Array.isArray(part)) {
    if (typeof step !== 'number' || step < 0 || step >= part.length) throw new NoSuchPart(edit);
    if (isLast && !('to' in edit)) return part.filter((_, i) => i !== step);
    return part.map((one: unknown, i) => (i === step ? withEdit(one, edit, depth + 1) : one));
  }
  if (part === null || part === undefined || isPlain(part)) {
    // A part that says nothing yet: `ed.four-hour@north:` and no more.
    const record: Plain = part ?? {};
    const name = String(step);
    if (!isLast) return { ...record, [name]: withEdit(Object.hasOwn(record, name) ? record[name] : {}, edit, depth + 1) };
    if ('to' in edit) return { ...record, [name]: edit.to };
    return Object.fromEntries(Object.entries(record).filter(([other]) => other !== name));
  }
  throw new NoSuchPart(edit);
}

export class NoSuchPart extends Error {
  constructor({ at }: Edit) {
    super(`There is nothing at ${at.join('.')} that could be changed.`);
    this.name = 'NoSuchPart';
  }
}

function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((one, i) => isSame(one, b[i]));
  if (!isPlain(a) || !isPlain(b)) return false;
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && isSame(a[name], b[name]));
}
