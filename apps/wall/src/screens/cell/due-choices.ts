/** Moments people agree on, counted from now on the server's clock: whole minutes. */
import { DAY_MS, HOUR_MS, MINUTE_MS } from '@comm-cell/board/time';

const AHEAD_MS = [HOUR_MS, 4 * HOUR_MS, DAY_MS, 2 * DAY_MS, 7 * DAY_MS, 14 * DAY_MS] as const;

export function dueChoices(now: number, say: (moment: number) => string): { value: string; label: string }[] {
  return AHEAD_MS.map((ahead) => {
    const moment = Math.floor((now + ahead) / MINUTE_MS) * MINUTE_MS;
    return { value: new Date(moment).toISOString(), label: say(moment) };
  });
}
