/** Where help is first asked for: 111, the clinicians behind it, out of hours, the navigation hub, general practice. */
import type { Calendar } from './calendar.js';
import { Dice } from './dice.js';
import { Line } from './line.js';
import { atLeast, levelOf, percent, type Measures } from './measures.js';
import type { Climate } from './pressure.js';
import { Average, Tally } from './tally.js';
import { atHourOfDay } from './week.js';

export interface ContactShape {
  callsADay: number;
  /** Share of callers who ask for Welsh. */
  welsh: number;
}

/** 111 is busiest when surgeries are shut. */
const CALLS = [0.55, 0.42, 0.35, 0.3, 0.3, 0.38, 0.6, 0.95, 1.2, 1.2, 1.15, 1.1, 1.1, 1.1, 1.1, 1.2, 1.35, 1.5, 1.75, 1.7, 1.55, 1.3, 1.05, 0.8];
const WEEKEND_CALLS = 1.45;
const HANDLING = 9;

export class Contact {
  readonly calls: Line;
  readonly clinicians: Line;
  readonly outOfHours: Line;
  readonly visits: Line;
  readonly hub: Line;
  readonly measures: Measures;
  readonly #dice: Dice;
  readonly #to999 = new Average();
  readonly #toEmergency = new Average();
  readonly #welsh = new Tally();
  readonly #urgent = new Average();
  readonly #routine = new Average();
  readonly #keptHome = new Average();

  constructor(
    seed: number,
    readonly shape: ContactShape,
    readonly climate: Climate,
  ) {
    const dice = (this.#dice = new Dice(seed, 'outcomes of calls'));
    const { pressure, calendar } = climate;
    const usual = (at: Calendar): number => (shape.callsADay / 24) * atHourOfDay(CALLS, at.hour) * climate.weekend(WEEKEND_CALLS, WEEKEND_CALLS);
    const hours = (at: Calendar): boolean => at.weekday < 6 && at.hour >= 8 && at.hour < 18.5;
    const size = shape.callsADay / 5300;
    this.calls = new Line(
      seed,
      '111',
      {
        arrivalsAnHour: (at) => usual(at) * climate.surge,
        // The rota knows the season, not the day.
        helpers: (at) =>
          Math.max(4, usual(at) * pressure.demand ** 0.9 * ((HANDLING * 1.13) / 60) * 1.025 * (0.4 + 0.6 * pressure.staff) + 2 + this.calls.waiting / 5),
        serviceMinutes: HANDLING,
        serviceSpread: 0.5,
        patienceMinutes: 9,
      },
      1,
    );
    this.clinicians = new Line(
      seed,
      'clinical queue',
      {
        arrivalsAnHour: () => 0,
        helpers: (at) => atLeast(3, usual(at) * 0.16 * 0.29 * pressure.staff + this.clinicians.waiting / 20),
        serviceMinutes: 14,
        serviceSpread: 0.5,
      },
      60,
    );
    this.outOfHours = new Line(
      seed,
      'out of hours',
      {
        arrivalsAnHour: () => 0,
        helpers: (at) =>
          Math.round(size * (hours(at) ? 4 : at.hour >= 23 || at.hour < 7 ? 4 : 8 * climate.weekend(1.6, 1.6)) * (0.5 + 0.5 * pressure.staff)) +
          this.outOfHours.waiting / 9,
        serviceMinutes: 15,
        serviceSpread: 0.5,
      },
      60,
    );
    this.visits = new Line(
      seed,
      'home visits',
      {
        arrivalsAnHour: (at) => (hours(at) ? 0.6 : 2.4) * size * climate.surge,
        helpers: (at) => (hours(at) ? 1 : 3) * size + this.visits.waiting / 8,
        serviceMinutes: 48,
        serviceSpread: 0.3,
      },
      120,
    );
    this.hub = new Line(
      seed,
      'navigation hub',
      {
        arrivalsAnHour: (at) => 11 * size * (at.hour > 8 && at.hour < 20 ? 1 : 0.25) * climate.surge,
        helpers: (at) => (at.hour > 8 && at.hour < 20 ? 4 : 2) * Math.max(0.6, size),
        serviceMinutes: 14,
        serviceSpread: 0.4,
      },
      20,
    );
    this.calls.onServed = (minute) => {
      const next = dice.pick([11, 12, 16, hours(calendar) ? 3 : 12, 50]);
      this.#to999.add(next === 0 ? 1 : 0);
      this.#toEmergency.add(next === 1 ? 1 : 0);
      if (next === 2) this.clinicians.join(minute);
      if (next === 3) this.outOfHours.join(minute);
      if (dice.chance(shape.welsh)) this.#welsh.add();
    };
    this.outOfHours.onServed = (_minute, waited) => {
      // The urgent ones are taken first.
      if (dice.chance(0.3)) this.#urgent.add(waited * 0.22 <= 20 ? 1 : 0);
      else this.#routine.add(waited <= 60 ? 1 : 0);
    };
    this.hub.onServed = () => this.#keptHome.add(dice.chance(0.6 - 0.03 * climate.drift('kept home')) ? 1 : 0);
    const step = (): number => calendar.step;
    const working = (): number => Math.min(1, Math.max(0, (calendar.hour - 8) / 10));
    this.measures = {
      '111.calls-offered': () => this.calls.arrived.today,
      '111.calls-answered': () => this.calls.served.today,
      '111.calls-rate': () => this.calls.arrived.lastHour,
      '111.abandoned': () => (100 * this.calls.gaveUp.lastHour) / atLeast(1, this.calls.gaveUp.lastHour + this.calls.served.lastHour),
      '111.answered-60s': () => percent(this.calls.inTime.lastHour),
      '111.answer-mean': () => 60 * (this.calls.waits.lastHour ?? 0),
      '111.answer-95th': () => 60 * (this.calls.waitSpread.yesterday95 ?? 2),
      '111.answer-longest': () => 60 * atLeast(1.5 * (this.calls.waits.lastHour ?? 0), this.calls.longestMinutes(step())),
      '111.handling-mean': () => 60 * (this.calls.services.lastHour ?? HANDLING),
      '111.clinical-queue': () => this.clinicians.waiting,
      '111.clinical-longest': () => this.clinicians.longestMinutes(step()),
      '111.staff-fill': () => 100 * pressure.staff * (1 + 0.03 * climate.drift('111 staff')),
      '111.to-999': () => percent(this.#to999.today),
      '111.to-ed': () => percent(this.#toEmergency.today),
      '111.welsh-calls': () => this.#welsh.today,
      'hub.resolved': () => this.hub.served.today,
      'hub.waiting': () => this.hub.waiting,
      'hub.kept-home': () => percent(this.#keptHome.today),
      'hub.contacts-rate': () => this.hub.arrived.lastHour,
      'ooh.queue': () => this.outOfHours.waiting + this.outOfHours.busy,
      'ooh.longest-wait': () => this.outOfHours.longestMinutes(step()),
      'ooh.urgent-20': () => percent(this.#urgent.today),
      'ooh.routine-60': () => percent(this.#routine.today),
      'ooh.visits-waiting': () => this.visits.waiting,
      'ooh.seen-in-time': () => percent(this.visits.inTime.today),
      'ooh.slots-free': () => atLeast(0, 12 * size + 5 * climate.drift('appointments', 7_200_000) - 9 * (climate.surge - 1)),
      'ooh.shift-fill': () => Math.min(100, 101 * pressure.staff * (1 + 0.04 * climate.drift('out of hours shifts'))),
      'ooh.clinicians-on': () => Math.round(this.outOfHours.shape.helpers(calendar)),
      'ooh.level': () => levelOf(this.outOfHours.waiting, [25, 50, 90]),
      'ooh.to-gp-by-8': () => 99.4 + 0.6 * climate.drift('details to practices'),
      'gp.urgent-slots': () => 100 - 88 * working() ** 0.85 * Math.min(1.12, 0.9 + 0.1 * pressure.demand),
      'gp.same-day': () => 88 + 4 * climate.drift('same day') - 8 * (pressure.demand - 1),
      'gp.requests': () => 20 + 130 * Math.sin(Math.PI * working()) * pressure.demand + 15 * climate.drift('requests', 3_600_000),
      'gp.alert-state': () => 38 + 8 * climate.drift('practices') + 40 * (pressure.demand - 1),
      'gp.return-rate': () => 44 + 6 * climate.drift('answers of practices'),
      'gp.contacts-rate': () => 27 * pressure.demand ** 0.3 + 2 * climate.drift('contacts'),
    };
  }

  tick(): void {
    const { calendar } = this.climate;
    this.#dice.layOut(calendar.step);
    for (const tally of [this.#to999, this.#toEmergency, this.#welsh, this.#urgent, this.#routine, this.#keptHome]) tally.tick(calendar);
    for (const line of [this.calls, this.clinicians, this.outOfHours, this.visits, this.hub]) line.tick(calendar);
  }
}
