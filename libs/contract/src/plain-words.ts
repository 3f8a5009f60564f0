/**
 * What is wrong with something asked, in words for whoever sent it: an analyst with a script, not a programmer of this house. Each
 * sentence goes on from the name of its field: "observedAt is missing". Schemas that know better say so themselves.
 */
import { z } from 'zod';

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object with named fields',
  record: 'an object with named fields',
  null: 'null',
  undefined: 'left out',
  nan: 'not a number',
};
const FORMS: Readonly<Record<string, string>> = {
  datetime: 'a moment with its offset, such as 2026-02-03T14:05:00Z',
  date: 'a date such as 2026-02-03',
  time: 'a time such as 14:05',
  email: 'an e-mail address, such as name@organisation.example',
  url: 'an address that begins with https://',
  uuid: 'a UUID',
  base64: 'in base64',
};

const kindOf = (input: unknown): string => {
  const kind = input === null ? 'null' : Array.isArray(input) ? 'array' : Number.isNaN(input) ? 'nan' : typeof input;
  return KINDS[kind] ?? kind;
};
/** Whoever sends a thousand unknown fields is told of the first ones. */
const MOST_NAMED = 40;
const quoted = (values: readonly unknown[]): string =>
  values
    .slice(0, MOST_NAMED)
    .map((value) => (typeof value === 'string' ? `"${value.slice(0, 60)}"` : String(value)))
    .join(', ');
const sized = (origin: string, limit: number | bigint): string => {
  if (origin === 'string') return `${limit} character${limit === 1 ? '' : 's'}`;
  return origin === 'array' || origin === 'set' ? `${limit} entr${limit === 1 ? 'y' : 'ies'}` : String(limit);
};

const words: z.core.$ZodErrorMap = (issue) => {
  const { input } = issue;
  const given = input === undefined;
  switch (issue.code) {
    case 'invalid_type':
      if (issue.expected === 'int' && typeof input === 'number') return 'must be a whole number';
      return given
        ? `is missing: it must be ${KINDS[issue.expected] ?? issue.expected}`
        : `must be ${KINDS[issue.expected] ?? issue.expected}, not ${kindOf(input)}`;
    case 'invalid_value': {
      const one = issue.values.length === 1 ? quoted(issue.values) : `one of ${quoted(issue.values)}`;
      return given ? `is missing: it must be ${one}` : `must be ${one}`;
    }
    case 'too_small': {
      if (issue.origin === 'string' && input === '') return 'is empty';
      const least = sized(issue.origin, issue.minimum);
      return ['string', 'array', 'set'].includes(issue.origin) ? `needs at least ${least}` : `must be ${issue.inclusive ? 'at least' : 'more than'} ${least}`;
    }
    case 'too_big': {
      const most = sized(issue.origin, issue.maximum);
      return ['string', 'array', 'set'].includes(issue.origin)
        ? `is too long: at most ${most}`
        : `must be ${issue.inclusive ? 'at most' : 'less than'} ${most}`;
    }
    case 'invalid_format':
      return FORMS[issue.format] === undefined ? 'has another form than is needed here' : `must be ${FORMS[issue.format]}`;
    case 'not_multiple_of':
      return issue.divisor === 1 ? 'must be a whole number' : `must be a multiple of ${issue.divisor}`;
    case 'unrecognized_keys':
      return `has fields that are not known here: ${quoted(issue.keys)}; leave them out, or look how they are spelt`;
    case 'invalid_union':
      return given ? 'is missing' : 'fits none of the forms that are taken here';
    default:
      return 'cannot be used';
  }
};

/** Once in every program that answers people. */
export function speakPlainly(): void {
  z.config({ localeError: words });
}

/** Where it is, and what; of the forms something could have had, the one it came nearest to. */
export function faultsOf(issues: readonly z.core.$ZodIssue[], at: readonly PropertyKey[] = []): { field: string; detail: string }[] {
  return issues.flatMap((issue) => {
    const path = [...at, ...issue.path];
    if (issue.code === 'invalid_union' && issue.errors.length > 0) {
      const nearest = issue.errors.reduce((best, one) => (misfit(one) < misfit(best) ? one : best));
      if (nearest.some(({ path: deeper }) => deeper.length > 0)) return faultsOf(nearest, path);
    }
    return [{ field: path.map(String).join('.'), detail: issue.message }];
  });
}

/** A form whose very fields are others is further off than one with a wrong value. */
function misfit(issues: readonly z.core.$ZodIssue[]): number {
  return issues.reduce((sum, { code, ...issue }) => sum + (code === 'unrecognized_keys' && 'keys' in issue ? issue.keys.length * 2 : 1), 0);
}
