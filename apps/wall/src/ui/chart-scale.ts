/** Where things stand on a chart: round numbers up the side, days along the bottom. Pure. */
import { DAY_MS, HOUR_MS, localDay, momentOfLocal, weekday, type Zone } from '@comm-cell/board/time';

/** Round numbers that cover the values: steps of 1, 2 or 5 times a power of ten, about `most` of them. Source: Heckbert, "Nice numbers for graph labels", Graphics Gems, 1990. */
export function niceTicks(low: number, high: number, most: number): number[] {
  const span = high - low || Math.abs(high) || 1;
  const rough = span / Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((one) => one * power).find((one) => one >= rough * 0.999)!;
  const first = Math.floor(low / step + 1e-9);
  const last = Math.ceil(high / step - 1e-9);
  return Array.from({ length: Math.max(2, last - first + 1) }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

export interface TimeTick {
  at: number;
  /** The hour of a day, or the day itself. */
  kind: 'hour' | 'day' | 'month';
}

/** Local midnights, Mondays, firsts of the month or quarter days between the ends: whatever leaves about `most` of them. */
export function timeTicks(zone: Zone, from: number, to: number, most: number): TimeTick[] {
  const days = (to - from) / DAY_MS;
  const [first, last] = [localDay(zone, from), localDay(zone, to)];
  const midnights = Array.from({ length: last - first + 2 }, (_, i) => first + i);
  const tick = (day: number, kind: TimeTick['kind'], hour = 0): TimeTick => ({ at: momentOfLocal(zone, day, hour * 60), kind });
  const within = (ticks: TimeTick[]): TimeTick[] => ticks.filter(({ at }) => at >= from && at <= to);
  const dateOf = (day: number): Date => new Date(day * DAY_MS);
  if (days * 4 <= most) return within(midnights.flatMap((day) => [0, 6, 12, 18].map((hour) => tick(day, hour === 0 ? 'day' : 'hour', hour))));
  if (days <= most) return within(midnights.map((day) => tick(day, 'day')));
  for (const weeks of [1, 2]) {
    const mondays = midnights.filter((day) => weekday(day) === 1 && Math.floor((day + 3) / 7) % weeks === 0);
    if (mondays.length <= most) return within(mondays.map((day) => tick(day, 'day')));
  }
  const firsts = midnights.filter((day) => dateOf(day).getUTCDate() === 1);
  const every = [1, 2, 3, 6, 12].find((months) => firsts.length / months <= most) ?? 12;
  return within(firsts.filter((day) => dateOf(day).getUTCMonth() % every === 0).map((day) => tick(day, 'month')));
}

/** At most two points for every step across, the least and the greatest, so that no peak of a long line is lost and none is drawn a hundred times. */
export function thinned<Point extends readonly [at: number, value: number | null]>(points: readonly Point[], from: number, to: number, steps: number): Point[] {
  if (points.length <= 2 * steps) return [...points];
  const stepMs = Math.max(HOUR_MS / 60, (to - from) / steps);
  const kept: Point[] = [];
  for (let i = 0; i < points.length;) {
    const end = from + (Math.floor((points[i]![0] - from) / stepMs) + 1) * stepMs;
    let least: number | undefined;
    let greatest: number | undefined;
    let gap: number | undefined;
    for (; i < points.length && points[i]![0] < end; i++) {
      const value = points[i]![1];
      if (value === null) gap ??= i;
      else {
        if (least === undefined || value < points[least]![1]!) least = i;
        if (greatest === undefined || value > points[greatest]![1]!) greatest = i;
      }
    }
    const chosen = [...new Set([least, greatest, gap])].filter((one) => one !== undefined).sort((a, b) => a - b);
    kept.push(...chosen.map((one) => points[one]!));
  }
  return kept;
}
