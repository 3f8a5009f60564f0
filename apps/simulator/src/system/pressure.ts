/** What a scenario and the season do to every part of a system: plain factors, 1 = an ordinary day. */
import { DAY_MS, HOUR_MS } from '@comm-cell/board/time';
import type { Calendar } from './calendar.js';
import { hash, wander } from './dice.js';
import { arrivalWeek, atHourOfWeek } from './week.js';

export interface Pressure {
  /** People who ask for help. */
  demand: number;
  /** How long admitted people need a bed. */
  stay: number;
  /** Staff on duty: below 1 = rota gaps. */
  staff: number;
  /** Places after hospital: home care, community beds. */
  onward: number;
  /** Beds with flu or closed for infection. */
  infection: number;
  /** Draws every day of the week towards one of them, e.g. Monday; `weight` 1 = every day is that day. */
  pull?: { weekday: number; weight: number };
}

/** Makes the curves of the day and the week that all parts share. */
export class Climate {
  readonly #key: number;

  constructor(
    seed: number,
    readonly calendar: Calendar,
    readonly pressure: Pressure,
  ) {
    this.#key = hash('climate', seed);
  }

  /** How much more than usual is asked for, whatever the hour. Good and bad spells are shared by all parts. */
  get surge(): number {
    const { now } = this.calendar;
    return this.pressure.demand * (1 + 0.05 * wander(this.#key, now, 1.5 * DAY_MS) + 0.05 * wander(this.#key + 1, now, 5 * HOUR_MS));
  }

  /** What is usual for this hour of the week, against the mean hour. */
  get usual(): number {
    const { weekday, hour } = this.calendar;
    return this.#pulled((day) => atHourOfWeek(arrivalWeek, day, hour), weekday);
  }

  /** People coming now against the mean hour of the week. */
  get demand(): number {
    return this.surge * this.usual;
  }

  /** Going home, assessments, packages of care: little of it happens at weekends. */
  weekend(saturday: number, sunday: number): number {
    return this.#pulled((day) => (day === 6 ? saturday : day === 7 ? sunday : 1), this.calendar.weekday);
  }

  /** A slow wander around 0 of a named thing. */
  drift(name: string, periodMs = 2 * DAY_MS): number {
    return wander(this.#key ^ hash(name), this.calendar.now, periodMs);
  }

  #pulled(of: (weekday: number) => number, weekday: number): number {
    const { pull } = this.pressure;
    return pull ? of(pull.weekday) * pull.weight + of(weekday) * (1 - pull.weight) : of(weekday);
  }
}
