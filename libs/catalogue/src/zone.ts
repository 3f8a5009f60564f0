/** The UTC offsets of a time zone as a table, taken from the platform once: the model itself asks no machine (libs/board time.ts). */
import { DAY_MS, MINUTE_MS, type Zone } from '@comm-cell/board/time';

/** Wide enough for readings that are loaded afterwards and for replays of years to come. */
const FIRST_YEAR = 2015;
const LAST_YEAR = 2040;

const tables = new Map<string, Zone | undefined>();

/** Undefined when the platform does not know the zone. A table is worked out once: it takes longer than all the rest of a board. */
export function zoneTable(name: string): Zone | undefined {
  if (!tables.has(name)) tables.set(name, worked(name));
  return tables.get(name);
}

function worked(name: string): Zone | undefined {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en', { timeZone: name, timeZoneName: 'longOffset' });
  } catch {
    return undefined;
  }
  const offsetAt = (moment: number): number => {
    const written = format.formatToParts(moment).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const [, sign, hours, minutes] = /GMT([+-])(\d\d):(\d\d)/.exec(written) ?? ['', '+', '0', '0'];
    return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  };

  const end = Date.UTC(LAST_YEAR + 1, 0);
  let from = Date.UTC(FIRST_YEAR, 0);
  let offset = offsetAt(from);
  const offsets: [number, number][] = [[from, offset]];
  while (from < end) {
    const next = from + 7 * DAY_MS;
    if (offsetAt(next) !== offset) {
      let [before, after] = [from, next];
      while (after - before > MINUTE_MS) {
        const middle = before + Math.floor((after - before) / 2 / MINUTE_MS) * MINUTE_MS;
        if (offsetAt(middle) === offset) before = middle;
        else after = middle;
      }
      offset = offsetAt(after);
      offsets.push([after, offset]);
    }
    from = next;
  }
  return { name, offsets };
}
