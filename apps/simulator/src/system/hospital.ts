/** One hospital: its front door, same-day emergency care and wards, and what it can report about them. */
import type { Ambulance } from './ambulance.js';
import { Census } from './census.js';
import { Emergency, type EmergencyShape } from './emergency.js';
import { atLeast, percent, type Measures } from './measures.js';
import { levelOfScore, scoreOf } from './opel.js';
import type { Climate } from './pressure.js';
import { Wards, type OnwardCare, type WardsShape } from './wards.js';

export interface HospitalShape {
  emergency: EmergencyShape;
  wards: WardsShape;
  /** Same-day emergency care: chairs, and the hours it is open. */
  chairs: number;
  sameDayHours: readonly [from: number, to: number];
}

export class Hospital {
  readonly emergency: Emergency;
  readonly wards: Wards;
  readonly sameDay: Census;
  readonly #attendances: number;

  constructor(
    seed: number,
    readonly name: string,
    readonly shape: HospitalShape,
    readonly climate: Climate,
    onward: OnwardCare,
    /** Ambulance patients on a mean day, for the yardstick of attendances. */
    byAmbulance: number,
  ) {
    this.wards = new Wards(seed, name, shape.wards, climate, onward);
    this.emergency = new Emergency(seed, name, shape.emergency, climate, this.wards);
    const [from, to] = shape.sameDayHours;
    this.sameDay = new Census(seed, `${name} same day`, {
      places: ({ hour }) => (hour >= from && hour < to ? shape.chairs : 0),
      // Surgeries send their own, most of them before the afternoon.
      referralsAnHour: ({ hour }) => (hour >= from && hour < to - 3 ? 0.09 * shape.chairs * climate.weekend(0.55, 0.5) * climate.pressure.demand : 0),
      stayMinutes: () => 215,
      staySpread: 0.4,
      hours: [from, to],
      shutsAt: to,
      full: 0,
    });
    this.emergency.onSameDay = (minute) => this.sameDay.refer(minute);
    this.#attendances = shape.emergency.walkIns + byAmbulance;
  }

  get attendances(): number {
    return this.#attendances;
  }

  tick(): void {
    this.sameDay.tick(this.climate.calendar);
    this.wards.tick();
    this.emergency.tick();
  }

  /** Against what is usual for this hour of the week, per cent. */
  get variation(): number {
    const usual = Math.max(1, (this.attendances / 24) * this.climate.usual);
    return 100 * (this.emergency.arrived.lastHour / usual - 1);
  }

  get score(): number {
    const { emergency, wards } = this;
    return scoreOf({
      handover: emergency.handovers.today ?? 0,
      fourHour: 100 * (emergency.inFour.today ?? 1),
      variation: this.variation,
      majors: 100 * emergency.crowding,
      toTreatment: emergency.toClinician.at(0.5) ?? 0,
      overTwelve: (100 * emergency.hereFor(12, Infinity)) / Math.max(1, emergency.inDepartment),
      occupancy: wards.occupancy,
      escalation: (100 * wards.escalationOpen) / wards.open,
      noCriteria: (100 * wards.fit) / Math.max(1, wards.occupied),
    });
  }

  measures(ambulance: Ambulance): Measures {
    const { emergency, wards, sameDay, climate } = this;
    const { calendar, pressure } = climate;
    const [from, to] = this.shape.sameDayHours;
    const critical = this.shape.wards.criticalCare;
    const inCritical = (): number => Math.round(critical * (0.8 + 0.1 * climate.drift(`${this.name} critical`) + 0.05 * pressure.infection));
    const gap = (): number => Math.round(wards.discharged.today - wards.expectedToday + wards.expectedToday * (1 - Math.min(1, calendar.hour / 21)));
    const drift = (name: string, periodMs?: number): number => climate.drift(`${this.name} ${name}`, periodMs);
    const size = wards.shape.beds / 450;
    return {
      'ed.arrivals-rate': () => emergency.arrived.lastHour,
      'ed.attendances': () => emergency.arrived.today,
      'ed.attendance-variation': () => this.variation,
      'ed.in-department': () => emergency.inDepartment,
      'ed.under-4h': () => emergency.hereFor(0, 4),
      'ed.4-to-12h': () => emergency.hereFor(4, 12),
      'ed.over-12h': () => emergency.hereFor(12, Infinity),
      'ed.majors-occupancy': () => 100 * emergency.crowding,
      'ed.resus-free': () => emergency.resusFree,
      'ed.triage': () => emergency.toTriage.today,
      'ed.to-clinician': () => emergency.toClinician.at(0.5),
      'ed.to-treatment': () => (emergency.toClinician.at(0.5) ?? 0) + 6,
      'ed.four-hour': () => percent(emergency.inFour.today),
      'ed.departures': () => emergency.inFour.count.today,
      'ed.departures-in-4h': () => emergency.inFour.sum.today,
      'ed.breaches': () => emergency.inFour.count.today - emergency.inFour.sum.today,
      'ed.twelve-hour-rate': () => percent(emergency.inTwelve.today),
      'ed.twelve-hour-dta': () => emergency.trolleyWaits.today,
      'ed.bed-waits': () => emergency.bedWaits,
      'ed.bed-waits-8h': () => emergency.bedWaitsOver(8),
      'ed.referred': () => emergency.referredShare,
      'ed.left-unseen': () => percent(emergency.leftUnseen.today),
      'ed.corridor': () => emergency.corridor,
      'ed.mh-over-12h': () => emergency.mentalHealthOver12,
      'ed.children': () => emergency.children,
      'ed.children-wait': () => emergency.childrenWait,
      'ed.gp-expected': () => emergency.gpExpected.today,
      'ed.divert': () => (emergency.closed ? 2 : emergency.crowding > 1.6 ? 1 : 0),
      'ambulance.inbound': () => ambulance.inbound(emergency),
      'ambulance.arrivals-rate': () => ambulance.arrivals.get(emergency)?.lastHour ?? 0,
      'ambulance.queue': () => emergency.crews.length,
      'ambulance.handover-longest': () => emergency.longestHandover(),
      'ambulance.handover-mean': () => emergency.handovers.today,
      'ambulance.handover-in-15': () => percent(emergency.handoverIn15.today),
      'ambulance.handovers': () => emergency.handovers.count.today,
      'ambulance.handover-over-30': () => emergency.handoverOver[30].today,
      'ambulance.handover-over-45': () => emergency.handoverOver[45].today,
      'ambulance.handover-over-60': () => emergency.handoverOver[60].today,
      'ambulance.hours-lost': () => emergency.hoursLost.today,
      'ambulance.clear-mean': () => ambulance.clearing.today,
      'beds.open': () => wards.open,
      'beds.occupied': () => wards.occupied,
      'beds.occupancy': () => wards.occupancy,
      'beds.free': () => wards.free,
      'beds.escalation-open': () => wards.escalationOpen,
      'beds.escalation-share': () => (100 * wards.escalationOpen) / wards.open,
      'beds.closed-infection': () => wards.closedForInfection,
      'beds.flu': () => wards.flu,
      'beds.outliers': () => atLeast(0, size * (14 + 18 * (wards.occupancy / 100 - 0.93) * 10 + 5 * drift('outliers'))),
      'beds.net-position': () => wards.free - emergency.bedWaits + Math.round(0.12 * wards.fit * (1 - Math.min(1, calendar.hour / 18)) - size * 3),
      'beds.discharge-deficit': () => -gap(),
      'beds.nctr': () => wards.fit,
      'beds.nctr-share': () => (100 * wards.fit) / Math.max(1, wards.occupied),
      'beds.stay-7': () => wards.staysOver(7),
      'beds.stay-14': () => wards.staysOver(14),
      'beds.stay-21': () => wards.staysOver(21),
      'beds.admissions': () => wards.admitted.today,
      'beds.admissions-rate': () => wards.admitted.lastHour,
      'beds.electives-cancelled': () => wards.cancelled.today,
      'beds.boarding': () => Math.min(6, Math.max(0, Math.floor((emergency.bedWaits - 12 * size) / 4))),
      'critical.beds-open': () => critical,
      'critical.beds-occupied': () => Math.min(critical, inCritical()),
      'critical.occupancy': () => (100 * Math.min(critical, inCritical())) / critical,
      'critical.beds-free': () => Math.max(0, critical - inCritical()),
      'neonatal.occupancy': () => 76 + 12 * drift('neonatal'),
      'discharge.today': () => wards.discharged.today,
      'discharge.rate': () => wards.discharged.lastHour,
      'discharge.of-expected': () => wards.ofExpected,
      'discharge.before-noon': () => percent(wards.early.yesterday),
      'discharge.by-17': () => percent(wards.by17.yesterday),
      'discharge.gap': gap,
      'discharge.wait-p0': () => wards.waitingFor(0),
      'discharge.wait-p1': () => wards.waitingFor(1),
      'discharge.wait-p2': () => wards.waitingFor(2),
      'discharge.wait-p3': () => wards.waitingFor(3),
      'discharge.delay-days': () => wards.meanDelayDays,
      'discharge.care-delays': () => wards.fitLongerThan(2),
      'discharge.fit-over-7': () => wards.fitLongerThan(7),
      'discharge.forms-overdue': () => atLeast(0, Math.round(0.05 * wards.fit + 2 * drift('forms', 86_400_000))),
      'discharge.lounge-use': () => percent(wards.lounge.today),
      'sdec.spaces-free': () => (calendar.hour >= from && calendar.hour < to ? sameDay.free : { why: 'closed for the night' }),
      'sdec.hours-left': () => Math.min(to - from, Math.max(0, to - calendar.hour)),
      'sdec.seen': () => sameDay.admitted.today,
      'sdec.in-unit': () => sameDay.occupied,
      'sdec.referrals-rate': () => sameDay.referred.lastHour,
      'sdec.home-same-day': () => 85 + 3 * drift('same day', 86_400_000),
      'sdec.admitted': () => 15 - 3 * drift('same day', 86_400_000),
      'sdec.bedded': () => Math.max(0, Math.floor((emergency.bedWaits - 16 * size) / 5)),
      'assessment.beds-empty': () => atLeast(0, 0.12 * wards.free + 2 * drift('assessment', 86_400_000)),
      'staff.sickness': () => 4.6 + 1.1 * pressure.infection + 0.4 * drift('sickness'),
      'staff.nurse-unfilled': () => atLeast(0, 4 + 60 * (1 - pressure.staff) + 2 * drift('shifts', 86_400_000)),
      'staff.red-flags': () => atLeast(0, 1 + 0.14 * emergency.bedWaits + drift('red flags', 43_200_000)),
      'staff.medical-gaps': () => atLeast(0, 18 * (1 - pressure.staff) + 1.2 * drift('gaps', 43_200_000)),
      'level.opel': () => levelOfScore(this.score),
      'level.opel-score': () => this.score,
      'level.wales': () => levelOfScore(this.score),
    };
  }
}
