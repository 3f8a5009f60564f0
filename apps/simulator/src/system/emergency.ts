/**
 * One emergency department: in by foot or by ambulance → triage → majors or minors → treatment → home, or a decision
 * to admit and then a wait for a bed. Those who wait for a bed keep their trolley; the trolleys they keep are the
 * places the next ambulance cannot hand over to. That chain is the whole point of the model.
 */
import { Dice } from './dice.js';
import type { Climate } from './pressure.js';
import { Average, Spread, Tally } from './tally.js';
import { admissionMix, atHourOfDay } from './week.js';
import type { Wards } from './wards.js';

export interface EmergencyShape {
  /** People who come by themselves on a mean day. */
  walkIns: number;
  /** Designed spaces. */
  resus: number;
  majors: number;
  /** Doors for ambulances. */
  bays: number;
  /** New patients a mean hour that the clinicians can see, majors and minors. */
  majorsAnHour: number;
  minorsAnHour: number;
  triageAnHour: number;
}

/** A crew at the door: told when it may go. */
export interface Crew {
  since: number;
  ready: number;
  handedOver(minute: number): void;
}

interface Attendance {
  since: number;
  stream: 'resus' | 'majors' | 'minors';
  byAmbulance: boolean;
  child: boolean;
  mentalHealth: boolean;
  willStay: boolean;
  /** End of the treatment, then the moment of the decision to admit. */
  until: number;
}

/** Clinicians on duty against the mean of the day: the evening shift overlaps, the night is thin. */
const DUTY = [0.85, 0.8, 0.75, 0.7, 0.62, 0.58, 0.55, 0.6, 0.8, 1, 1.12, 1.2, 1.22, 1.22, 1.22, 1.22, 1.22, 1.25, 1.25, 1.25, 1.2, 1.15, 1.05, 0.95];

export class Emergency {
  readonly arrived = new Tally();
  readonly handovers = new Average();
  readonly handoverIn15 = new Average();
  readonly handoverOver = { 30: new Tally(), 45: new Tally(), 60: new Tally() };
  readonly hoursLost = new Tally();
  readonly toTriage = new Average();
  readonly toClinician = new Spread();
  readonly inFour = new Average();
  readonly inTwelve = new Average();
  readonly leftUnseen = new Average();
  readonly trolleyWaits = new Tally();
  readonly liaison = new Average();
  readonly gpExpected = new Tally();
  /** Sent on to same-day emergency care at the door. */
  onSameDay: (minute: number) => void = () => {};
  /** Nobody is let in while it is closed; those inside are finished. */
  closed = false;
  childrenWait = 20;
  readonly crews: Crew[] = [];
  readonly #tallies = [
    ...[this.arrived, this.handovers, this.handoverIn15, ...Object.values(this.handoverOver), this.hoursLost, this.toTriage, this.toClinician],
    ...[this.inFour, this.inTwelve, this.leftUnseen, this.trolleyWaits, this.liaison, this.gpExpected],
  ];
  readonly #dice: Dice;
  #triage: Attendance[] = [];
  #majors: Attendance[] = [];
  #minors: Attendance[] = [];
  #inside: Attendance[] = [];
  #boarders: Attendance[] = [];
  #credit = { triage: 0, majors: 0, minors: 0, doors: 0 };
  #minute = 0;

  constructor(
    seed: number,
    name: string,
    readonly shape: EmergencyShape,
    readonly climate: Climate,
    readonly wards: Wards,
  ) {
    this.#dice = new Dice(seed, `${name} emergency`);
  }

  get inDepartment(): number {
    return this.#triage.length + this.#majors.length + this.#minors.length + this.#inside.length + this.#boarders.length;
  }
  get bedWaits(): number {
    return this.#boarders.length;
  }
  get waitingRoom(): number {
    return this.#triage.length + this.#majors.length + this.#minors.length;
  }
  /** People here for at least `from` and less than `to` hours. */
  hereFor(from: number, to: number): number {
    return this.#count(({ since }) => this.#minute - since >= from * 60 && this.#minute - since < to * 60);
  }
  bedWaitsOver(hours: number): number {
    return this.#boarders.filter(({ until }) => this.#minute - until >= hours * 60).length;
  }
  get children(): number {
    return this.#count(({ child }) => child);
  }
  get mentalHealthOver12(): number {
    return this.#count(({ mentalHealth, since }) => mentalHealth && this.#minute - since >= 720);
  }
  get referredShare(): number {
    const referred = this.#boarders.length + this.#inside.filter(({ willStay, until }) => willStay && until - this.#minute < 60).length;
    return this.inDepartment === 0 ? 0 : (100 * referred) / this.inDepartment;
  }
  get resusFree(): number {
    return Math.max(0, this.shape.resus - this.#inside.filter(({ stream }) => stream === 'resus').length - Math.floor(this.#boarders.length / 14));
  }
  /** Trolleys in use; who came by foot and can sit needs none before being seen. */
  get trolleys(): number {
    const lying = this.#majors.reduce((n, one) => n + (one.byAmbulance ? 1 : 0), 0);
    const treated = this.#inside.reduce((n, { stream }) => n + (stream === 'minors' ? 0 : 1), 0);
    return Math.round(lying + 0.85 * treated + this.#boarders.length);
  }
  get crowding(): number {
    return this.trolleys / (this.shape.majors + this.shape.resus);
  }
  get corridor(): number {
    return Math.max(0, this.trolleys - this.shape.majors - this.shape.resus);
  }
  longestHandover(): number {
    return this.crews.length === 0 ? 0 : this.#minute - this.crews[0]!.since;
  }

  tick(): void {
    const { calendar } = this.climate;
    const minute = calendar.step;
    const dice = this.#dice;
    this.#minute = minute;
    dice.layOut(minute);
    for (const tally of this.#tallies) tally.tick(calendar);

    if (!this.closed) for (let n = dice.poisson((this.shape.walkIns / 1440) * this.climate.demand); n > 0; n--) this.walkIn();
    this.#openDoors();
    this.#assess();
    this.#see();
    this.#finish();
    this.#findBeds();
    if (dice.chance((3.2 * this.climate.demand * Math.max(0, this.crowding - 0.75)) / 1440)) this.gpExpected.add();
  }

  walkIn(): void {
    this.#arrive(this.#minute, false);
  }

  #arrive(since: number, byAmbulance: boolean): void {
    const dice = this.#dice;
    this.arrived.add();
    const stream = (['resus', 'majors', 'minors'] as const)[dice.pick(byAmbulance ? [0.12, 0.74, 0.14] : [0.008, 0.312, 0.68])]!;
    const child = !byAmbulance && dice.chance(0.22);
    // Who is admitted depends on the hour: the mix of reasons for admission does, too.
    const mix = admissionMix[Math.floor(this.climate.calendar.hour)]!;
    const lasting = (mix.medical + mix.haem_onc) / (mix.medical + mix.haem_onc + mix.surgical + mix.paediatric + mix.other);
    const willStay = dice.chance(stream === 'minors' ? 0.02 : stream === 'resus' ? 0.75 : 0.3 + 0.2 * lasting);
    const one: Attendance = { since, stream, byAmbulance, child, mentalHealth: dice.chance(0.025), willStay, until: 0 };
    if (stream === 'resus') this.#begin(one, Math.max(1, this.#minute - since));
    else if (byAmbulance) this.#majorsOrMinors(one);
    else this.#triage.push(one);
  }

  #majorsOrMinors(one: Attendance): void {
    (one.stream === 'minors' ? this.#minors : this.#majors).push(one);
  }

  /** A crew hands over when a door and a space are free; a full department lets them in one by one. */
  #openDoors(): void {
    const { bays } = this.shape;
    const ease = Math.min(1, Math.exp(-2.9 * (this.crowding - 0.67)));
    this.#credit.doors = Math.min(1.5, this.#credit.doors + Math.max((bays / 15) * ease, 0.04));
    while (this.crews.length > 0 && this.#credit.doors >= 1 && this.crews[0]!.ready <= this.#minute) {
      const crew = this.crews.shift()!;
      const waited = this.#minute - crew.since;
      this.#credit.doors -= 1;
      this.handovers.add(waited);
      this.handoverIn15.add(waited <= 15 ? 1 : 0);
      for (const limit of [30, 45, 60] as const) if (waited > limit) this.handoverOver[limit].add();
      this.hoursLost.add(Math.max(0, waited - 15) / 60);
      // The four hours of who came by ambulance begin 15 minutes after arrival at the latest.
      this.#arrive(Math.max(crew.since, crew.since + Math.min(15, waited)), true);
      crew.handedOver(this.#minute);
    }
  }

  #assess(): void {
    const { calendar, pressure } = this.climate;
    this.#credit.triage = Math.min(2, this.#credit.triage + (this.shape.triageAnHour / 60) * atHourOfDay(DUTY, calendar.hour) * pressure.staff);
    while (this.#triage.length > 0 && this.#credit.triage >= 1) {
      const one = this.#triage.shift()!;
      this.#credit.triage -= 1;
      const waited = Math.max(2, this.#minute - one.since + this.#dice.between(2, 7));
      this.toTriage.add(waited);
      if (!one.child && one.stream === 'majors' && calendar.hour >= 8 && calendar.hour < 20 && this.#dice.chance(0.14)) {
        this.#leave(one);
        this.onSameDay(this.#minute);
      } else this.#majorsOrMinors(one);
    }
  }

  #see(): void {
    const { calendar, pressure } = this.climate;
    const duty = (atHourOfDay(DUTY, calendar.hour) * pressure.staff) / 60;
    const credit = this.#credit;
    // A crowded department is a slow one: no space to examine anyone.
    const room = Math.min(1.08, Math.max(0.78, 1.3 - 0.28 * this.crowding));
    credit.majors = Math.min(2, credit.majors + this.shape.majorsAnHour * duty * room * (1 + Math.min(0.3, this.#majors.length / 120)));
    credit.minors = Math.min(2, credit.minors + this.shape.minorsAnHour * duty * (1 + Math.min(0.4, this.#minors.length / 80)));
    while (this.#majors.length > 0 && credit.majors >= 1) {
      credit.majors -= 1;
      this.#begin(this.#majors.shift()!);
    }
    while (this.#minors.length > 0 && credit.minors >= 1) {
      credit.minors -= 1;
      this.#begin(this.#minors.shift()!);
    }
    for (const queue of [this.#minors, this.#majors]) {
      const first = queue[0];
      if (first && this.#minute - first.since > 110 && this.#dice.chance(0.025)) {
        queue.shift();
        this.leftUnseen.add(1);
        this.#count4(first);
      }
    }
  }

  #begin(one: Attendance, waited = this.#minute - one.since): void {
    const dice = this.#dice;
    this.toClinician.add(waited);
    this.leftUnseen.add(0);
    if (one.child) this.childrenWait += 0.15 * (waited - this.childrenWait);
    if (one.mentalHealth) this.liaison.add(dice.chance(0.97 - 0.12 * this.climate.demand) ? 1 : 0);
    const median = one.mentalHealth ? 240 : one.willStay ? 150 : one.stream === 'minors' ? 56 : 180;
    one.until = this.#minute + dice.lognormal(median, one.mentalHealth ? 0.9 : 0.5);
    this.#inside.push(one);
  }

  #finish(): void {
    const done = this.#inside.filter(({ until }) => until <= this.#minute);
    if (done.length === 0) return;
    this.#inside = this.#inside.filter(({ until }) => until > this.#minute);
    for (const one of done) {
      if (one.willStay) {
        one.until = this.#minute;
        this.#boarders.push(one);
      } else this.#leave(one);
    }
  }

  #findBeds(): void {
    for (const { until } of this.#boarders) if (this.#minute - until === 720) this.trolleyWaits.add();
    this.wards.bedsWanted = this.#boarders.length;
    const next = this.#boarders[0];
    if (next === undefined || this.#minute - next.until < 25 || !this.wards.offersBed()) return;
    this.#boarders.shift();
    this.wards.admit(next.child || this.#dice.chance(0.3));
    this.#leave(next);
  }

  #leave(one: Attendance): void {
    this.#count4(one);
  }

  #count4(one: Attendance): void {
    const stay = this.#minute - one.since;
    this.inFour.add(stay < 240 ? 1 : 0);
    this.inTwelve.add(stay >= 720 ? 1 : 0);
  }

  #count(of: (one: Attendance) => boolean): number {
    let n = 0;
    for (const list of [this.#triage, this.#majors, this.#minors, this.#inside, this.#boarders]) for (const one of list) if (of(one)) n++;
    return n;
  }
}
