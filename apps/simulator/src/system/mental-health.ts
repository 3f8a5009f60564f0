/** Places of safety, acute beds and the crisis line. */
import { Census } from './census.js';
import type { Emergency } from './emergency.js';
import { Line } from './line.js';
import { atLeast, percent, type Measures } from './measures.js';
import type { Climate } from './pressure.js';
import { Tally } from './tally.js';

export interface MentalHealthShape {
  suites: number;
  beds: number;
}

export class MentalHealth {
  readonly suites: Census;
  readonly beds: Census;
  readonly line: Line;
  readonly measures: Measures;
  readonly #breaches = new Tally();

  constructor(
    seed: number,
    shape: MentalHealthShape,
    readonly climate: Climate,
    emergencies: readonly Emergency[],
  ) {
    const { pressure, calendar } = climate;
    this.suites = new Census(seed, 'places of safety', {
      places: () => shape.suites,
      referralsAnHour: () => shape.suites * 0.026 * climate.surge,
      stayMinutes: () => 13 * 60,
      staySpread: 0.45,
      full: 0.5,
    });
    this.beds = new Census(seed, 'mental health beds', {
      places: () => shape.beds,
      referralsAnHour: () => (shape.beds / 31 / 24) * 0.95,
      stayMinutes: () => 25 * 1440 * (1.1 - Math.min(0.4, this.beds.waiting.length / 20)),
      staySpread: 0.6,
      hours: [9, 21],
      full: 0.93,
    });
    this.line = new Line(
      seed,
      'crisis line',
      {
        arrivalsAnHour: () => 9 * climate.pressure.demand * climate.surge * (0.6 + 0.4 * climate.usual),
        helpers: () => 6 + 2 * pressure.staff + this.line.waiting / 2,
        serviceMinutes: 22,
        serviceSpread: 0.6,
        patienceMinutes: 12,
      },
      1,
    );
    this.measures = {
      'mh.s136-free': () => this.suites.free,
      'mh.s136-breaches': () => this.#breaches.today,
      'mh.beds-occupancy': () => this.beds.occupancy,
      'mh.bed-waits': () => this.beds.waiting.length,
      'mh.bed-wait-longest': () => this.beds.longestWaitMinutes(calendar.step) / 60,
      'mh.ready': () => 7.5 + 2.5 * climate.drift('ready to leave'),
      'mh.out-of-area': () => atLeast(0, 1.5 + 2 * climate.drift('out of area')),
      'mh.liaison-1h': () =>
        percent(
          emergencies.reduce((n, { liaison }) => n + liaison.sum.today, 0) /
            Math.max(
              1,
              emergencies.reduce((n, { liaison }) => n + liaison.count.today, 0),
            ),
        ),
      'mh.crisis-answer': () => 60 * (this.line.waits.lastHour ?? 0),
      'mh.crisis-abandoned': () => (100 * this.line.gaveUp.lastHour) / Math.max(1, this.line.gaveUp.lastHour + this.line.served.lastHour),
    };
  }

  tick(): void {
    const { calendar } = this.climate;
    this.#breaches.tick(calendar);
    const before = this.suites.longerThan(calendar.step, 1);
    for (const part of [this.suites, this.beds, this.line]) part.tick(calendar);
    this.#breaches.add(Math.max(0, this.suites.longerThan(calendar.step, 1) - before));
  }
}
