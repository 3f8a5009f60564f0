/** Urgent treatment centres beside the hospitals, and the transport that takes people home. */
import { Line } from './line.js';
import { atLeast, percent, type Measures } from './measures.js';
import type { Climate } from './pressure.js';
import { Average } from './tally.js';

export interface FrontDoorShape {
  sites: number;
  /** People who come to all of them on a mean day. */
  patients: number;
  transportCrews: number;
}

export class FrontDoor {
  readonly treatment: Line;
  readonly transport: Line;
  readonly measures: Measures;
  /** Sites that had to close. */
  closed = 0;
  readonly #inFour = new Average();

  constructor(
    seed: number,
    shape: FrontDoorShape,
    readonly climate: Climate,
    homeward: () => number,
  ) {
    const { pressure, calendar } = climate;
    const open = (): number => (shape.sites - this.closed) / shape.sites;
    this.treatment = new Line(
      seed,
      'urgent treatment',
      {
        arrivalsAnHour: () => (shape.patients / 24) * climate.demand * (0.7 + 0.3 * open()),
        helpers: () => ((shape.patients / 24) * (0.12 + 0.88 * climate.usual) * 0.29 * open() + 1) * (0.6 + 0.4 * pressure.staff) + this.treatment.waiting / 14,
        serviceMinutes: 18,
        serviceSpread: 0.5,
      },
      60,
    );
    this.transport = new Line(
      seed,
      'transport',
      {
        arrivalsAnHour: homeward,
        helpers: ({ hour }) =>
          (hour >= 8 && hour < 20 ? shape.transportCrews : 0.85 * shape.transportCrews) * (0.5 + 0.5 * pressure.staff) + this.transport.waiting / 12,
        serviceMinutes: 82,
        serviceSpread: 0.3,
      },
      45,
    );
    this.treatment.onServed = (_minute, waited) => this.#inFour.add(waited < 220 ? 1 : 0);
    this.measures = {
      'utc.waiting': () => this.treatment.waiting + this.treatment.busy,
      'utc.wait': () => Math.max(6, this.treatment.longestMinutes(calendar.step), 0.6 * (this.treatment.waits.lastHour ?? 0)),
      'utc.four-hour': () => percent(this.#inFour.today),
      'utc.arrivals-rate': () => this.treatment.arrived.lastHour,
      'utc.sites-open': () => shape.sites - this.closed,
      'pts.on-time': () => percent(this.transport.inTime.today),
      'pts.waiting': () => this.transport.waiting,
      'pts.waiting-over-4h': () => atLeast(0, Math.floor(this.transport.longestMinutes(calendar.step) / 240) * 2),
      'pts.crews-on': () => Math.round(this.transport.shape.helpers(calendar)),
    };
  }

  tick(): void {
    this.#inFour.tick(this.climate.calendar);
    this.treatment.tick(this.climate.calendar);
    this.transport.tick(this.climate.calendar);
  }
}
