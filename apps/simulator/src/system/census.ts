/** Places that people stay in for a while: community and hospice beds, virtual wards, suites, critical care, chairs. */
import type { Calendar } from './calendar.js';
import { Dice } from './dice.js';
import { Tally } from './tally.js';

export interface CensusShape {
  places: (calendar: Calendar) => number;
  referralsAnHour: (calendar: Calendar) => number;
  /** Minutes: the middle stay. */
  stayMinutes: (calendar: Calendar) => number;
  staySpread: number;
  /** At which local hours people come and go; all day when left out. */
  hours?: readonly [from: number, to: number];
  /** Everybody must have left when it shuts. */
  shutsAt?: number;
  /** Share of the places taken at the very beginning. */
  full: number;
}

export class Census {
  readonly referred = new Tally();
  readonly admitted = new Tally();
  readonly left = new Tally();
  /** Referred, no place yet: moments of referral, minutes. */
  waiting: number[] = [];
  readonly #dice: Dice;
  #stays: { since: number; until: number }[] = [];
  #places = 0;
  #begun = false;

  constructor(
    seed: number,
    name: string,
    readonly shape: CensusShape,
  ) {
    this.#dice = new Dice(seed, name);
  }

  get occupied(): number {
    return this.#stays.length;
  }
  get places(): number {
    return Math.max(this.#places, this.#stays.length);
  }
  get free(): number {
    return this.places - this.#stays.length;
  }
  get occupancy(): number {
    return this.places === 0 ? 0 : (100 * this.occupied) / this.places;
  }

  /** How many have been here for more than `days`. */
  longerThan(minute: number, days: number): number {
    return this.#stays.reduce((n, stay) => n + (minute - stay.since > days * 1440 ? 1 : 0), 0);
  }
  /** How many are past the end of their stay, were there somewhere to go. */
  longestWaitMinutes(minute: number): number {
    return this.waiting.length === 0 ? 0 : minute - this.waiting[0]!;
  }

  refer(minute: number): void {
    this.referred.add();
    this.waiting.push(minute);
  }

  /** Takes a place at once, if there is one: for those whose service waits for this one. */
  take(minute: number): boolean {
    if (this.free <= 0) return false;
    this.refer(minute);
    return true;
  }

  tick(calendar: Calendar): void {
    const { places, referralsAnHour, stayMinutes, staySpread, hours, shutsAt, full } = this.shape;
    const minute = calendar.step;
    const dice = this.#dice;
    dice.layOut(minute);
    this.#places = Math.round(places(calendar));
    if (!this.#begun) {
      this.#begun = true;
      for (let n = Math.round(this.#places * full); n > 0; n--) {
        const stay = dice.lognormal(stayMinutes(calendar), staySpread);
        const gone = dice.next() * stay;
        this.#stays.push({ since: minute - gone, until: minute + stay - gone });
      }
    }
    for (const tally of [this.referred, this.admitted, this.left]) tally.tick(calendar);
    for (let n = dice.poisson(referralsAnHour(calendar) / 60); n > 0; n--) this.refer(minute);
    const moving = hours === undefined || (calendar.hour >= hours[0] && calendar.hour < hours[1]);
    const shut = shutsAt !== undefined && calendar.hour >= shutsAt;
    if (moving || shut) {
      const before = this.#stays.length;
      if (shut) this.#stays = [];
      else if (this.#stays.some((stay) => stay.until <= minute)) this.#stays = this.#stays.filter((stay) => stay.until > minute);
      this.left.add(before - this.#stays.length);
    }
    if (moving && !shut) {
      while (this.waiting.length > 0 && this.#stays.length < this.#places) {
        this.waiting.shift();
        this.admitted.add();
        this.#stays.push({ since: minute, until: minute + dice.lognormal(stayMinutes(calendar), staySpread) });
      }
    }
    if (shut) this.waiting = [];
  }
}
