/** Care outside the hospital: two-hour response, district nurses, virtual wards, community and hospice beds, councils. */
import { Census } from './census.js';
import { Line } from './line.js';
import { atLeast, levelOf, percent, type Measures } from './measures.js';
import type { Climate } from './pressure.js';
import type { OnwardCare, Wards } from './wards.js';
import { atHourOfDay } from './week.js';

export interface CommunityShape {
  /** Two-hour response teams at work by day. */
  teams: number;
  virtualPlaces: number;
  beds: number;
  hospiceBeds: number;
  nurses: number;
}

const VISITS = [0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.2, 0.7, 1.7, 2.1, 2.2, 2.1, 1.7, 1.5, 1.7, 1.8, 1.6, 1.2, 1.1, 1.1, 1, 0.7, 0.3, 0.2];
/** What is usual to be waiting, against the beds of the hospitals: home care, long-term places. */
const QUEUE = { 1: 0.075, 3: 0.03 };
/** People a day who need each, against the beds of the hospitals. */
const NEED = { 1: 0.0187, 3: 0.0023 };
/** Share of the community beds that is being made ready. */
const TURNOVER = 0.05;

export class Community implements OnwardCare {
  readonly response: Line;
  readonly virtualWard: Census;
  readonly beds: Census;
  readonly hospice: Census;
  readonly measures: Measures;
  readonly hospitals: Wards[] = [];
  #credit = { 1: 0, 3: 0 };

  constructor(
    seed: number,
    readonly shape: CommunityShape,
    readonly climate: Climate,
  ) {
    const { pressure, calendar } = climate;
    const { teams, virtualPlaces, beds, hospiceBeds, nurses } = shape;
    const day = 1440;
    this.response = new Line(
      seed,
      'two-hour response',
      {
        arrivalsAnHour: (at) => 0.87 * teams * climate.surge * (at.hour >= 8 && at.hour < 20 ? 1 : 0.2),
        helpers: (at) => teams * (0.4 + 0.6 * pressure.staff) * (at.hour >= 8 && at.hour < 22 ? 1 : 0.4) + this.response.waiting / 5,
        serviceMinutes: 74,
        serviceSpread: 0.35,
      },
      62,
    );
    this.virtualWard = new Census(seed, 'virtual ward', {
      places: () => virtualPlaces,
      referralsAnHour: (at) =>
        ((virtualPlaces * 0.7) / 8.2 / 24) * (at.hour > 8 && at.hour < 20 ? 1.7 : 0.3) * pressure.demand ** 0.5 * climate.weekend(0.8, 0.7),
      stayMinutes: () => 7.2 * day,
      staySpread: 0.5,
      full: 0.75,
    });
    this.beds = new Census(seed, 'community beds', {
      places: () => beds,
      referralsAnHour: () => (beds / 17 / 24) * 0.14,
      // Therapists, too, push harder when the hospitals wait for their beds.
      stayMinutes: () => 14 * day * (1.12 - Math.min(0.35, this.#waitingFor(2) / (0.9 * beds))) * (2 - pressure.onward),
      staySpread: 0.65,
      hours: [9, 18],
      full: 0.93,
    });
    this.hospice = new Census(seed, 'hospice', {
      places: () => hospiceBeds,
      referralsAnHour: () => (hospiceBeds * 0.84) / 13 / 24,
      stayMinutes: () => 10.5 * day,
      staySpread: 0.7,
      hours: [9, 17],
      full: 0.75,
    });
    const minute = (): number => calendar.step;
    const used = (): number => (91 + 4 * climate.drift('visits') + 9 * (pressure.demand - 1)) / (0.5 + 0.5 * pressure.staff);
    const packages = (): number => Math.round(0.55 * this.#waitingFor(1) + 3 + 2 * climate.drift('packages'));
    const fastTrack = (): number => atLeast(0, Math.round(3 + 2.4 * climate.drift('fast track')));
    const homesClosed = (): number => atLeast(0, Math.round(1.6 * pressure.infection + 1.4 * climate.drift('homes', 4 * 86_400_000)));
    this.measures = {
      'ucr.referrals-rate': () => this.response.arrived.lastHour,
      // One late visit of two at one in the morning is no performance.
      'ucr.two-hour': () => (this.response.inTime.count.today < 4 ? { why: 'fewer than four since midnight' } : percent(this.response.inTime.today)),
      'ucr.slots-free': () => atLeast(0, Math.round(1.6 * this.response.shape.helpers(calendar) - 0.6 * this.response.busy - 0.8 * this.response.waiting)),
      'ucr.waiting': () => this.response.waiting,
      'nursing.red-unallocated': () => atLeast(0, 1.2 + (used() - 92) / 2.2 + 2 * climate.drift('red visits', 86_400_000)),
      'nursing.deferred': () => atLeast(0, 9 + 1.8 * (used() - 90)),
      'nursing.capacity-used': used,
      'nursing.on-shift': () => nurses * (0.3 + 0.7 * pressure.staff) * climate.weekend(0.9, 0.9) * (1 + 0.02 * climate.drift('nurses')),
      'nursing.visits-rate': () => nurses * atHourOfDay(VISITS, calendar.hour) * (1 + 0.1 * climate.drift('visits an hour', 3_600_000)),
      'community.staff-short': () => atLeast(0, 100 * (1 - pressure.staff) + 6 + 3 * climate.drift('community staff')),
      'community.equipment-failed': () => atLeast(0, 2 + 2.5 * climate.drift('equipment', 86_400_000)),
      'virtual-ward.occupancy': () => this.virtualWard.occupancy,
      'virtual-ward.places': () => this.virtualWard.places,
      'virtual-ward.patients': () => this.virtualWard.occupied,
      'virtual-ward.slots-free': () => this.virtualWard.free,
      'virtual-ward.step-up': () => Math.round(0.37 * this.virtualWard.admitted.yesterday),
      'virtual-ward.step-down': () => this.virtualWard.admitted.yesterday - Math.round(0.37 * this.virtualWard.admitted.yesterday),
      'community.beds-open': () => this.beds.places,
      'community.beds-occupied': () => this.beds.occupied,
      'community.beds-occupancy': () => this.beds.occupancy,
      'community.beds-free': () => this.beds.free,
      'community.optimised': () => atLeast(0, 0.17 * this.beds.occupied + 3 * climate.drift('optimised')),
      'community.stay-21': () => this.beds.longerThan(minute(), 21),
      'hospice.beds-free': () => this.hospice.free,
      'hospice.occupancy': () => this.hospice.occupancy,
      'hospice.fast-track': fastTrack,
      'hospice.fast-track-longest': () => (fastTrack() === 0 ? 0 : 10 + 8 * fastTrack() * (0.8 + 0.2 * climate.drift('fast track wait'))),
      'hospice.advice-wait': () => atLeast(1, 8 + 6 * climate.drift('advice line', 14_400_000)),
      'hospice.night-cover': () => atLeast(1, Math.round(2.6 + 0.9 * climate.drift('night cover', 86_400_000))),
      'discharge.p1-slots': () => atLeast(0, this.#need(1) * 0.35 * (1.6 - this.#queue(1)) + 2 * climate.drift('slots', 86_400_000)),
      'discharge.p1-unused': () => atLeast(0, 1 + 1.6 * climate.drift('unused', 86_400_000)),
      'discharge.p2-beds': () => this.beds.free,
      'care.packages-waiting': packages,
      'care.hours-waiting': () => Math.round(packages() * (4.1 + 0.3 * climate.drift('hours'))),
      'care.reablement-starts': () => atLeast(0, 9 * pressure.onward + 3.5 * climate.drift('reablement', 86_400_000)),
      'care.home-care-free': () => atLeast(0, 21 * pressure.onward ** 1.5 + 6 * climate.drift('home care', 86_400_000)),
      'care.homes-vacant': () => atLeast(0, 31 * pressure.onward + 5 * climate.drift('care homes') - 3 * homesClosed()),
      'care.homes-closed': homesClosed,
      'care.allocation-waiting': () => atLeast(0, 11 + 10 * (this.#queue(1) - 1) + 4 * climate.drift('allocation')),
      'care.council-level': () => levelOf(this.#queue(1), [0.85, 1.3, 1.8]),
    };
  }

  tick(): void {
    const { calendar, pressure } = this.climate;
    for (const part of [this.response, this.virtualWard, this.beds, this.hospice]) part.tick(calendar);
    for (const pathway of [1, 3] as const) {
      if (calendar.hour < 10 || calendar.hour >= 19) continue;
      // Long queues find more places (and the other way round), or no winter would ever end.
      const aDay = this.#need(pathway) * pressure.onward * this.climate.weekend(0.5, 0.4) * 1.2 * (0.45 + 0.55 * this.#queue(pathway));
      this.#credit[pathway] = Math.min(2, this.#credit[pathway] + aDay / (9 * 60));
    }
  }

  take(pathway: 1 | 2 | 3, from: Wards): boolean {
    // The hospital with the longest queue for its size comes first.
    const need = (wards: Wards): number => wards.waitingFor(pathway) / wards.shape.beds;
    if (this.hospitals.some((other) => need(other) > need(from))) return false;
    // A bed that was left is not ready at once.
    if (pathway === 2) return this.beds.free > TURNOVER * this.shape.beds && this.beds.take(this.climate.calendar.step);
    if (this.#credit[pathway] < 1) return false;
    this.#credit[pathway] -= 1;
    return true;
  }

  #waitingFor(pathway: 1 | 2 | 3): number {
    return this.hospitals.reduce((n, wards) => n + wards.waitingFor(pathway), 0);
  }
  #bedsServed(): number {
    return this.hospitals.reduce((n, wards) => n + wards.shape.beds, 0);
  }
  #need(pathway: 1 | 3): number {
    return NEED[pathway] * this.#bedsServed();
  }
  /** The queue against the usual one. */
  #queue(pathway: 1 | 3): number {
    return this.#waitingFor(pathway) / (QUEUE[pathway] * this.#bedsServed());
  }
}
