/** People (or calls) who queue for a number of helpers: 111 and 999 calls, clinical queues, urgent care, transport. */
import type { Calendar } from './calendar.js';
import { Dice } from './dice.js';
import { Average, Spread, Tally } from './tally.js';

export interface LineShape {
  arrivalsAnHour: (calendar: Calendar) => number;
  helpers: (calendar: Calendar) => number;
  /** How long one helper is kept, minutes: the middle one. */
  serviceMinutes: number;
  serviceSpread: number;
  /** Mean minutes until someone gives up; they never do when left out. */
  patienceMinutes?: number;
}

export class Line {
  readonly arrived = new Tally();
  readonly served = new Tally();
  readonly gaveUp = new Tally();
  /** Minutes waited by those who were served. */
  readonly waits = new Average();
  readonly services = new Average();
  /** Minutes of waiting within which a person counts as served in time, and the share of them. */
  readonly inTime = new Average();
  readonly waitSpread = new Spread();
  /** Where those who were helped go next. */
  onServed: (minute: number, waited: number) => void = () => {};
  readonly #dice: Dice;
  readonly #tallies = [this.arrived, this.served, this.gaveUp, this.waits, this.services, this.inTime, this.waitSpread];
  #waiting: number[] = [];
  #busyUntil: number[] = [];

  constructor(
    seed: number,
    name: string,
    readonly shape: LineShape,
    readonly promiseMinutes: number,
  ) {
    this.#dice = new Dice(seed, name);
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  get busy(): number {
    return this.#busyUntil.length;
  }

  longestMinutes(minute: number): number {
    return this.#waiting.length === 0 ? 0 : minute - this.#waiting[0]!;
  }

  /** Someone sent here by another service. */
  join(minute: number): void {
    this.arrived.add();
    this.#waiting.push(minute);
  }

  tick(calendar: Calendar): void {
    const { arrivalsAnHour, helpers, serviceMinutes, serviceSpread, patienceMinutes } = this.shape;
    const minute = calendar.step;
    const dice = this.#dice;
    dice.layOut(minute);
    for (const tally of this.#tallies) tally.tick(calendar);
    for (let n = dice.poisson(arrivalsAnHour(calendar) / 60); n > 0; n--) this.join(minute);
    if (this.#busyUntil.some((until) => until <= minute)) this.#busyUntil = this.#busyUntil.filter((until) => until > minute);
    let free = Math.round(helpers(calendar)) - this.#busyUntil.length;
    let taken = 0;
    while (free > 0 && taken < this.#waiting.length) {
      const since = this.#waiting[taken++]!;
      // Within the minute: the first free helper still needs a moment.
      const wait = minute - since + (since === minute ? dice.between(0.08, 0.4) : dice.between(-0.5, 0.5));
      const service = dice.lognormal(serviceMinutes, serviceSpread);
      this.served.add();
      this.waits.add(wait);
      this.waitSpread.add(wait);
      this.services.add(service);
      this.inTime.add(wait <= this.promiseMinutes ? 1 : 0);
      this.#busyUntil.push(minute + service);
      free--;
      this.onServed(minute, wait);
    }
    if (taken > 0) this.#waiting.splice(0, taken);
    if (patienceMinutes !== undefined && this.#waiting.length > 0) {
      const stay = Math.exp(-1 / patienceMinutes);
      const before = this.#waiting.length;
      this.#waiting = this.#waiting.filter((since) => since === minute || dice.chance(stay));
      this.gaveUp.add(before - this.#waiting.length);
    }
  }
}
