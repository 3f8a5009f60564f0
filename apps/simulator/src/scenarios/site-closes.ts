import type { System } from '../system/system.js';
import type { Scenario } from './scenario.js';
import { winterMonday } from './winter-monday.js';

/** The smallest front door of the system. */
function closing(system: System): { name: string } | undefined {
  return [...system.hospitals].sort((a, b) => a.shape.emergency.walkIns - b.shape.emergency.walkIns)[0];
}

export const siteCloses: Scenario = {
  about: 'From the start on the smaller emergency department is closed (Wycombe: a water leak); its patients go to the larger one.',
  pressure: winterMonday.pressure,
  act(system, at, startedAt) {
    if (at <= startedAt) return;
    const name = closing(system)?.name;
    for (const hospital of system.hospitals) hospital.emergency.closed = hospital.name === name;
    system.frontDoor.closed = 1;
  },
  notReported(system, series, at, startedAt) {
    const shut = at > startedAt && series.place === closing(system)?.name && /^(ed|ambulance)\./.test(series.metric);
    return shut ? 'site closed' : undefined;
  },
  status(kind, system, at, startedAt) {
    if (kind !== 'acute' || at < startedAt) return undefined;
    const site = closing(system)
      ?.name.split('-')
      .map((word) => word[0]!.toUpperCase() + word.slice(1))
      .join(' ');
    return {
      en: `${site} emergency department closed (water leak); ambulances and walk-ins go to the other site until further notice.`,
      cy: `Adran achosion brys ${site} ar gau (dŵr yn gollwng); ambiwlansys a chleifion i'r safle arall.`,
      level: 4,
    };
  },
};
