/**
 * One whole system of unplanned care, moved on minute by minute. Nothing is random but its dice, and nothing knows
 * about feeds or HTTP: it can only be asked what a metric reads at a place at this moment.
 */
import type { Zone } from '@comm-cell/board/time';
import { Ambulance } from './ambulance.js';
import { Calendar, STEP_MS } from './calendar.js';
import { Community, type CommunityShape } from './community.js';
import { Contact, type ContactShape } from './contact.js';
import { FrontDoor, type FrontDoorShape } from './front-door.js';
import { Hospital, type HospitalShape } from './hospital.js';
import type { Measured, Measures } from './measures.js';
import { MentalHealth, type MentalHealthShape } from './mental-health.js';
import { Climate, type Pressure } from './pressure.js';

export interface SystemShape {
  /** Boards of one system tell one story: its dice go by this. */
  name: string;
  /** By place of the board; `byAmbulance`: patients a mean day. */
  hospitals: Readonly<Record<string, HospitalShape & { byAmbulance: number }>>;
  incidents: number;
  crews: number;
  contact: ContactShape;
  community: CommunityShape;
  mentalHealth: MentalHealthShape;
  frontDoor: FrontDoorShape;
  /** Words of the coordination centre, one after the other. */
  notes: readonly string[];
}

export class System {
  readonly calendar: Calendar;
  readonly climate: Climate;
  readonly hospitals: readonly Hospital[];
  readonly ambulance: Ambulance;
  readonly contact: Contact;
  readonly community: Community;
  readonly mentalHealth: MentalHealth;
  readonly frontDoor: FrontDoor;
  readonly #measures: Measures;
  readonly #atPlace: Readonly<Record<string, Measures>>;

  constructor(
    readonly shape: SystemShape,
    zone: Zone,
    pressure: Pressure,
    seed: number,
    startAt: number,
  ) {
    this.calendar = new Calendar(zone);
    this.calendar.moveTo(Math.floor(startAt / STEP_MS) * STEP_MS);
    this.climate = new Climate(seed, this.calendar, pressure);
    this.community = new Community(seed, shape.community, this.climate);
    this.hospitals = Object.entries(shape.hospitals).map(([place, one]) => new Hospital(seed, place, one, this.climate, this.community, one.byAmbulance));
    this.community.hospitals.push(...this.hospitals.map(({ wards }) => wards));
    const conveyed = 0.475 * shape.incidents;
    this.ambulance = new Ambulance(
      seed,
      {
        incidents: shape.incidents,
        crews: shape.crews,
        destinations: this.hospitals.map(({ name, emergency }) => ({ to: emergency, share: shape.hospitals[name]!.byAmbulance / conveyed })),
      },
      this.climate,
    );
    const emergencies = this.hospitals.map(({ emergency }) => emergency);
    this.mentalHealth = new MentalHealth(seed, shape.mentalHealth, this.climate, emergencies);
    this.frontDoor = new FrontDoor(
      seed,
      shape.frontDoor,
      this.climate,
      () => 0.55 * this.hospitals.reduce((n, { wards }) => n + wards.discharged.lastHour, 0) + 0.2,
    );
    this.contact = new Contact(seed, shape.contact, this.climate);
    this.#atPlace = Object.fromEntries(this.hospitals.map((hospital) => [hospital.name, hospital.measures(this.ambulance)]));
    const worst = (metric: string): Measured => Math.max(...this.hospitals.map(({ name }) => Number(this.#atPlace[name]![metric]?.() ?? 0)));
    this.#measures = {
      ...this.contact.measures,
      ...this.frontDoor.measures,
      ...this.ambulance.measures,
      ...this.community.measures,
      ...this.mentalHealth.measures,
      'level.opel': () => worst('level.opel'),
      'level.opel-score': () => worst('level.opel-score'),
      'level.wales': () => worst('level.wales'),
      'context.weather': () => Math.max(0, Math.round(0.9 * pressure.infection - 0.9 + 1.1 * this.climate.drift('weather', 4 * 86_400_000))),
      'context.note': () => shape.notes[this.calendar.day % shape.notes.length],
    };
  }

  /** Plays every minute up to and including the one of `moment`. */
  advance(moment: number): void {
    for (let next = this.calendar.now + STEP_MS; next <= moment; next += STEP_MS) {
      this.calendar.moveTo(next);
      this.contact.tick();
      this.community.tick();
      this.ambulance.tick();
      for (const hospital of this.hospitals) hospital.tick();
      this.mentalHealth.tick();
      this.frontDoor.tick();
      this.#sendOn();
    }
  }

  knows(metric: string, place: string): boolean {
    return this.#find(metric, place) !== undefined;
  }

  measure(metric: string, place: string): Measured {
    return this.#find(metric, place)?.();
  }

  #find(metric: string, place: string): (() => Measured) | undefined {
    return this.#atPlace[place]?.[metric] ?? this.#measures[metric];
  }

  /** Who stands before a closed door goes to the next. */
  #sendOn(): void {
    const open = this.hospitals.filter(({ emergency }) => !emergency.closed);
    for (const { emergency } of this.hospitals) {
      if (!emergency.closed) continue;
      const next = open[0];
      if (!next) return;
      next.emergency.crews.push(...emergency.crews.splice(0));
      if (this.calendar.step % Math.max(1, Math.round(1440 / (0.6 * emergency.shape.walkIns * this.climate.demand))) === 0) next.emergency.walkIn();
    }
  }
}
