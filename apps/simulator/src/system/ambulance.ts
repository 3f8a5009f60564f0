/**
 * The ambulance service: calls become incidents, incidents wait for a crew, crews drive, treat, convey, queue at the
 * hospital, clean and are free again. Crews in the queue are crews that no caller gets.
 */
import { Dice } from './dice.js';
import type { Crew, Emergency } from './emergency.js';
import { levelOf, percent, type Measures } from './measures.js';
import type { Climate } from './pressure.js';
import { Average, Spread, Tally } from './tally.js';
import { atHourOfDay } from './week.js';

export interface AmbulanceShape {
  incidents: number;
  /** Crews on the road at the busiest hours. */
  crews: number;
  /** Shares of those conveyed; what is missing to 1 goes outside the system. */
  destinations: readonly { to: Emergency; share: number }[];
}

type Category = 0 | 1 | 2 | 3;
interface Incident {
  since: number;
  category: Category;
}
interface Job extends Partial<Crew> {
  incident: Incident;
  phase: 'driving' | 'on-scene' | 'conveying' | 'queueing' | 'clearing';
  until: number;
  to?: Emergency | undefined;
}

const CREWS = [0.85, 0.8, 0.75, 0.72, 0.7, 0.7, 0.75, 0.85, 0.95, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0.97, 0.93, 0.9];
/** Crews kept back for those who are worse off. */
const RESERVE = [0, 1, 2, 3];
const DRIVE = [6.4, 12, 15, 17];

export class Ambulance {
  readonly calls = new Tally();
  readonly answer = new Average();
  /** Minutes from the call to the first crew, by category 1–4. */
  readonly responses = [new Average(), new Average(), new Average(), new Average()] as const;
  readonly spreads = [new Spread(), new Spread(), new Spread(), new Spread()] as const;
  readonly inEight = new Average();
  readonly onPhone = new Average();
  readonly onScene = new Average();
  readonly conveyed = new Average();
  readonly clearing = new Average();
  readonly arrivals = new Map<Emergency, Tally>();
  readonly releases = new Average();
  readonly unitHours = new Average();
  readonly answers = new Spread();
  readonly #tallies;
  readonly #dice: Dice;
  #waiting: Incident[][] = [[], [], [], []];
  #jobs: Job[] = [];
  #crews = 0;

  constructor(
    seed: number,
    readonly shape: AmbulanceShape,
    readonly climate: Climate,
  ) {
    this.#dice = new Dice(seed, 'ambulance');
    for (const { to } of shape.destinations) this.arrivals.set(to, new Tally());
    this.#tallies = [
      ...[this.calls, this.answer, this.answers, ...this.responses, ...this.spreads, this.inEight, this.onPhone, this.onScene],
      ...[this.conveyed, this.clearing, this.releases, this.unitHours, ...this.arrivals.values()],
    ];
  }

  get waiting(): number {
    return this.#waiting.reduce((n, queue) => n + queue.length, 0);
  }
  get active(): number {
    return this.waiting + this.#jobs.length;
  }
  get crewsOn(): number {
    return this.#crews;
  }
  share(phase: Job['phase']): number {
    return this.#crews === 0 ? 0 : (100 * this.#jobs.filter((job) => job.phase === phase).length) / Math.max(this.#crews, this.#jobs.length);
  }
  inbound(to: Emergency): number {
    return this.#jobs.filter((job) => job.phase === 'conveying' && job.to === to).length;
  }

  get measures(): Measures {
    const [cat1, cat2] = this.responses;
    const [spread1, spread2, spread3, spread4] = this.spreads;
    const { pressure } = this.climate;
    return {
      '999.calls-rate': () => this.calls.lastHour,
      '999.answer-mean': () => this.answer.lastHour,
      '999.answer-95th': () => this.answers.yesterday95,
      '999.waiting': () => this.waiting,
      '999.active': () => this.active,
      '999.cat-1': () => cat1.today,
      '999.cat-1-90th': () => spread1.at(0.9),
      '999.cat-2': () => cat2.today,
      '999.cat-2-90th': () => spread2.at(0.9),
      '999.cat-3-90th': () => spread3.at(0.9),
      '999.cat-4-90th': () => spread4.at(0.9),
      // Wales counts arrests (purple) and danger to life (red) by themselves, and the rest as amber.
      '999.purple': () => (cat1.today === undefined ? undefined : 0.88 * cat1.today),
      '999.red': () => cat1.today,
      '999.amber': () => cat2.today,
      '999.red-8': () => percent(this.inEight.yesterday),
      '999.on-scene': () => this.share('on-scene'),
      '999.hear-treat': () => percent(this.onPhone.today),
      '999.see-treat': () => percent(this.onScene.today),
      '999.convey': () => percent(this.conveyed.today),
      '999.reap': () => levelOf(pressure.demand, [0.97, 1.07, 1.25]),
      '999.csp': () => levelOf(this.waiting, [12, 28, 50]),
      '999.unit-hours': () => this.unitHours.today,
      '999.release-asked': () => this.releases.count.today,
      '999.release-met': () => percent(this.releases.today ?? 1),
    };
  }

  tick(): void {
    const { calendar, pressure } = this.climate;
    const minute = calendar.step;
    const dice = this.#dice;
    dice.layOut(minute);
    for (const tally of this.#tallies) tally.tick(calendar);

    // People fall ill at night, too: the ambulance's week is flatter than the waiting room's.
    const demand = this.climate.surge * (0.55 + 0.45 * this.climate.usual);
    const mean = (this.shape.incidents / 1440) * demand;
    for (let n = dice.poisson(mean * 1.9); n > 0; n--) {
      const answered = dice.exponential(3.2 * demand ** 2 * (dice.chance(0.06) ? 5 : 1));
      this.calls.add();
      this.answer.add(answered);
      this.answers.add(answered);
    }
    for (let n = dice.poisson(mean); n > 0; n--) this.#incident(minute);
    const roster = this.shape.crews * atHourOfDay(CREWS, calendar.hour);
    // Overtime and neighbours help when the stack grows.
    const help = Math.min(0.22, Math.max(0, this.waiting - 10) / 90);
    this.#crews = Math.round(roster * (pressure.staff + help) * (1 + 0.03 * this.climate.drift('crews')));
    this.unitHours.add((100 * this.#crews) / roster);
    this.#move(minute);
    this.#dispatch(minute);
    this.#askForRelease(minute);
  }

  #incident(minute: number): void {
    const category = this.#dice.pick([0.1, 0.58, 0.26, 0.06]) as Category;
    const byPhone = this.#dice.chance([0, 0.06, 0.27, 0.4][category]!);
    this.onPhone.add(byPhone ? 1 : 0);
    if (!byPhone) this.#waiting[category]!.push({ since: minute, category });
    else this.#outcome(false, false);
  }

  #outcome(onScene: boolean, conveyed: boolean): void {
    this.onScene.add(onScene ? 1 : 0);
    this.conveyed.add(conveyed ? 1 : 0);
  }

  #dispatch(minute: number): void {
    let free = this.#crews - this.#jobs.length;
    for (const category of [0, 1, 2, 3] as const) {
      const queue = this.#waiting[category]!;
      // For the worst there is always someone: a car, a neighbour, an officer.
      while (queue.length > 0 && (free > RESERVE[category]! || category === 0)) {
        const incident = queue.shift()!;
        free--;
        this.#jobs.push({ incident, phase: 'driving', until: minute + this.#dice.lognormal(DRIVE[category]! * (free < 0 ? 1.35 : 1), 0.38) });
      }
      // Nobody waits for ever: after many hours a category 3 or 4 is called back and closed.
      if (category > 1 && queue.length > 0 && minute - queue[0]!.since > 540) queue.shift();
    }
  }

  #move(minute: number): void {
    let gone = false;
    for (const job of this.#jobs) {
      if (job.until > minute) continue;
      const { category } = job.incident;
      switch (job.phase) {
        case 'driving': {
          const took = minute - job.incident.since;
          this.responses[category].add(took);
          this.spreads[category].add(took);
          if (category === 0) this.inEight.add(took <= 8 ? 1 : 0);
          job.phase = 'on-scene';
          job.until = minute + this.#dice.lognormal(32, 0.35);
          break;
        }
        case 'on-scene': {
          const conveys = this.#dice.chance([0.78, 0.66, 0.52, 0.4][category]!);
          this.#outcome(!conveys, conveys);
          if (conveys) {
            const { destinations } = this.shape;
            // Control sends crews where the queue is shorter, as far as that makes sense.
            const open = destinations.filter(({ to }) => !to.closed);
            const outside = Math.max(0, 1 - destinations.reduce((sum, { share }) => sum + share, 0));
            job.to = open.length === 0 ? undefined : open[this.#dice.pick([...open.map(({ share, to }) => share / (1 + to.crews.length / 8)), outside])]?.to;
            job.phase = 'conveying';
            job.until = minute + this.#dice.lognormal(19, 0.35);
          } else {
            job.phase = 'clearing';
            job.until = minute + 6;
          }
          break;
        }
        case 'conveying': {
          job.until = Infinity;
          job.phase = 'queueing';
          if (job.to) {
            this.arrivals.get(job.to)!.add();
            job.to.crews.push({ since: minute, ready: minute + Math.round(this.#dice.between(7, 14)), handedOver: (at) => this.#clear(job, at) });
          } else job.until = minute + this.#dice.lognormal(24, 0.5);
          break;
        }
        case 'queueing':
          this.#clear(job, minute);
          break;
        case 'clearing':
          gone = true;
      }
    }
    if (gone) this.#jobs = this.#jobs.filter((job) => job.phase !== 'clearing' || job.until > minute);
  }

  #clear(job: Job, minute: number): void {
    const takes = this.#dice.lognormal(14.5, 0.3);
    this.clearing.add(takes);
    job.phase = 'clearing';
    job.until = minute + takes;
  }

  /** A caller in danger and crews at the door: the hospital is asked to take its patient at once. */
  #askForRelease(minute: number): void {
    const first = this.#waiting[1]![0];
    if (first === undefined || minute - first.since < 70 || !this.#dice.chance(0.004)) return;
    this.releases.add(this.#dice.chance(0.87) ? 1 : 0);
  }
}
