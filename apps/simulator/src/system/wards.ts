/**
 * The beds of one hospital, patient by patient (no names, only moments): admitted, fit to leave, waiting for the
 * way home, gone. When people wait in the emergency department for a bed, the wards push harder; the time to
 * "fit" is therefore counted on a clock of its own that runs a little faster under pressure.
 */
import type { Climate } from './pressure.js';
import { Dice } from './dice.js';
import { Average, Tally } from './tally.js';

export interface WardsShape {
  beds: number;
  /** Extra beds that can be opened at most. */
  escalation: number;
  /** Planned admissions on a working day. */
  electives: number;
  criticalCare: number;
  /** Middle stay of an emergency admission, minutes. */
  stayMinutes: number;
}

/** The way home: 0 without help, 1 with care at home, 2 a community bed, 3 a long-term place. */
export type Pathway = 0 | 1 | 2 | 3;

interface Inpatient {
  since: number;
  /** On the clock of the wards. */
  fitAt: number;
  fitSince: number;
  pathway: Pathway;
  flu: boolean;
}

/** Places outside the hospital; shared by the hospitals of a system. */
export interface OnwardCare {
  /** Takes one patient of the pathway if there is a place at this moment. */
  take(pathway: 1 | 2 | 3, from: Wards): boolean;
}

const LEAVING = [0.01, 0, 0, 0, 0, 0, 0, 0.01, 0.03, 0.07, 0.12, 0.16, 0.19, 0.22, 0.25, 0.28, 0.3, 0.32, 0.32, 0.3, 0.25, 0.18, 0.09, 0.03];
const PLANNED = [0, 0, 0, 0, 0, 0, 0.5, 3, 3, 2.5, 2.5, 2.5, 2.5, 2.5, 2, 1.5, 1, 0.5, 0, 0, 0, 0, 0, 0];
const PATHWAYS = [0.844, 0.103, 0.04, 0.013];

export class Wards {
  readonly admitted = new Tally();
  readonly discharged = new Tally();
  readonly cancelled = new Tally();
  readonly early = new Average();
  readonly by17 = new Average();
  readonly lounge = new Average();
  escalationOpen = 0;
  closedForInfection = 0;
  bedsWanted = 0;
  readonly #dice: Dice;
  /** A heap by `fitAt`. */
  #ill: Inpatient[] = [];
  #fit: Inpatient[][] = [[], [], [], []];
  #clock = 0;
  #minute = 0;
  /** The strain of the last day. */
  #lastingStrain = 10;
  #begun = false;

  constructor(
    seed: number,
    name: string,
    readonly shape: WardsShape,
    readonly climate: Climate,
    readonly onward: OnwardCare,
  ) {
    this.#dice = new Dice(seed, `${name} wards`);
  }

  get open(): number {
    return this.shape.beds + this.escalationOpen - this.closedForInfection;
  }
  get occupied(): number {
    return this.#ill.length + this.#fit.reduce((n, queue) => n + queue.length, 0);
  }
  get free(): number {
    return this.open - this.occupied;
  }
  get occupancy(): number {
    return (100 * this.occupied) / this.open;
  }
  get flu(): number {
    return this.#count((patient) => patient.flu);
  }

  waitingFor(pathway: Pathway): number {
    return this.#fit[pathway]!.length;
  }
  /** Without criteria to reside: fit, still here. */
  get fit(): number {
    return this.#fit.reduce((n, queue) => n + queue.length, 0);
  }
  fitLongerThan(days: number): number {
    return this.#fit.flat().filter((patient) => this.#minute - patient.fitSince > days * 1440).length;
  }
  get meanDelayDays(): number {
    const fit = this.#fit.flat();
    return fit.length === 0 ? 0 : fit.reduce((sum, patient) => sum + this.#minute - patient.fitSince, 0) / fit.length / 1440;
  }
  staysOver(days: number): number {
    return this.#count((patient) => this.#minute - patient.since > days * 1440);
  }

  /** Discharges so far against the plan for this hour, per cent. */
  get ofExpected(): number {
    const { hour } = this.climate.calendar;
    const done = LEAVING.reduce((sum, share, from) => sum + share * Math.min(1, Math.max(0, hour - from)), 0) / LEAVING.reduce((sum, share) => sum + share, 0);
    // Before anyone could be expected to have left there is nothing to be behind with.
    return done < 0.02 ? 100 : (100 * this.discharged.today) / (this.expectedToday * done);
  }
  /** What an ordinary working day brings. */
  get expectedToday(): number {
    return 0.14 * this.shape.beds + this.shape.electives * 0.5;
  }

  /** Takes someone from the emergency department or from home. */
  admit(short: boolean): void {
    this.admitted.add();
    this.#lieDown(this.#minute, this.#dice.lognormal(short ? 0.25 * this.shape.stayMinutes : this.shape.stayMinutes, short ? 0.5 : 1.15));
  }

  /** A bed for the next one who waits? Fewer free beds fit fewer people: ward, sex and infection must match. */
  offersBed(): boolean {
    // By day some are kept for the night, when none will be left.
    const { hour } = this.climate.calendar;
    const spare = this.free - (hour >= 10 && hour < 20 ? 0.022 : 0.005) * this.open;
    return spare > 0 && this.#dice.chance(Math.min(0.14, 0.009 * spare));
  }

  tick(): void {
    const { calendar, pressure } = this.climate;
    const dice = this.#dice;
    const minute = calendar.step;
    this.#minute = minute;
    dice.layOut(minute);
    if (!this.#begun) this.#fill();
    for (const tally of [this.admitted, this.discharged, this.cancelled, this.early, this.by17, this.lounge]) tally.tick(calendar);
    if (calendar.step % 60 === 0) this.#hourly();

    const push = Math.min(1.7, Math.max(0.95, 1 + (this.#strain - 9) / 40));
    this.#lastingStrain += (this.#strain - this.#lastingStrain) / 1440;
    this.#clock += push;
    // Who is fit to leave is decided on the rounds of the day.
    const rounds = calendar.hour >= 8 && calendar.hour < 17 && dice.chance((0.24 * this.shape.beds) / 450);
    if (rounds && this.#ill.length > 0 && this.#ill[0]!.fitAt <= this.#clock) {
      const patient = this.#popFit();
      patient.fitSince = minute;
      this.#fit[patient.pathway]!.push(patient);
    }
    const weekend = this.climate.weekend(0.75, 0.65);
    const leave = (LEAVING[Math.floor(calendar.hour)]! * weekend * push) / 60;
    for (let n = this.#fit[0]!.length; n > 0; n--) if (dice.chance(leave)) this.#goHome(0);
    if (calendar.hour >= 10 && calendar.hour < 19) {
      for (const pathway of [1, 2, 3] as const) {
        if (this.#fit[pathway]!.length > 0 && this.onward.take(pathway, this)) this.#goHome(pathway);
      }
    }
    const planned = (PLANNED[Math.floor(calendar.hour)]! / 24) * this.shape.electives * this.climate.weekend(0.15, 0.1);
    for (let n = dice.poisson(planned / 60); n > 0; n--) {
      if (this.#strain > 14 + dice.between(0, 30) * pressure.onward) this.cancelled.add();
      else this.#lieDown(minute, dice.lognormal(1500, 0.7));
    }
  }

  /** Those who wait for a bed, as a hospital of 450 beds would feel it. */
  get #strain(): number {
    return (this.bedsWanted * 450) / this.shape.beds;
  }

  /** Beds are opened and closed by people who look at the whole picture now and then. */
  #hourly(): void {
    const { calendar, pressure } = this.climate;
    this.closedForInfection = Math.max(0, Math.round(this.shape.beds * 0.012 * pressure.infection * (1 + this.climate.drift('infection'))));
    if (calendar.hour < 8 || calendar.hour >= 22) return;
    if (this.#lastingStrain > 18 && this.escalationOpen < this.shape.escalation) this.escalationOpen += 2;
    else if (this.#lastingStrain < 13 && this.free > 0 && this.escalationOpen > 0) this.escalationOpen -= 1;
  }

  #fill(): void {
    this.#begun = true;
    this.escalationOpen = Math.round(this.shape.escalation / 2);
    const stay = (): number => this.#dice.lognormal(this.shape.stayMinutes * this.climate.pressure.stay, 1.05);
    // Whoever is met in a bed tends to stay long: weigh by length of stay.
    for (let bed = Math.round(0.8 * this.shape.beds); bed > 0;) {
      const length = stay();
      if (!this.#dice.chance(Math.min(1, length / 60_000))) continue;
      const gone = this.#dice.next() * length;
      this.#lieDown(this.#minute - gone, length - gone, false);
      bed--;
    }
    // Those who wait for the way home already, so that the queues need no weeks to form.
    for (const [pathway, share] of [0.02, 0.08, 0.045, 0.03].entries()) {
      for (let n = Math.round(share * this.shape.beds); n > 0; n--) {
        const fitSince = this.#minute - this.#dice.exponential(4 * 1440) * (pathway === 0 ? 0.05 : 1);
        this.#fit[pathway]!.push({ since: fitSince - stay(), fitAt: 0, fitSince, pathway: pathway as Pathway, flu: false });
      }
    }
  }

  #lieDown(since: number, remaining: number, fresh = true): void {
    const pathway = this.#dice.pick(PATHWAYS) as Pathway;
    const patient = {
      since,
      fitAt: this.#clock + remaining * (fresh ? this.climate.pressure.stay : 1) * (pathway === 0 ? 0.9 : 1.6),
      fitSince: 0,
      pathway,
      flu: this.#dice.chance(0.03 * this.climate.pressure.infection),
    };
    const heap = this.#ill;
    let at = heap.push(patient) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (heap[above]!.fitAt <= patient.fitAt) break;
      heap[at] = heap[above]!;
      at = above;
    }
    heap[at] = patient;
  }

  #popFit(): Inpatient {
    const heap = this.#ill;
    const first = heap[0]!;
    const last = heap.pop()!;
    if (heap.length > 0) {
      let at = 0;
      for (;;) {
        let below = 2 * at + 1;
        if (below >= heap.length) break;
        if (below + 1 < heap.length && heap[below + 1]!.fitAt < heap[below]!.fitAt) below++;
        if (heap[below]!.fitAt >= last.fitAt) break;
        heap[at] = heap[below]!;
        at = below;
      }
      heap[at] = last;
    }
    return first;
  }

  #goHome(pathway: Pathway): void {
    this.#fit[pathway]!.shift();
    const { hour } = this.climate.calendar;
    this.discharged.add();
    this.early.add(hour < 12 ? 1 : 0);
    this.by17.add(hour < 17 ? 1 : 0);
    this.lounge.add(this.#dice.chance(hour >= 9 && hour < 18 ? 0.3 : 0) ? 1 : 0);
  }

  #count(of: (patient: Inpatient) => boolean): number {
    return this.#ill.reduce((n, patient) => n + (of(patient) ? 1 : 0), 0) + this.#fit.flat().reduce((n, patient) => n + (of(patient) ? 1 : 0), 0);
  }
}
