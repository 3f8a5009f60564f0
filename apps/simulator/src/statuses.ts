/** What providers say in their own words, from what goes on in their part of the system. */
import type { ProviderDefinition } from '@comm-cell/board/definition';
import type { System } from './system/system.js';

export interface Words {
  en: string;
  cy: string;
  /** Of the provider's own scheme; none where it has none. */
  level?: number;
}

const words = (level: number, en: string, cy: string): Words => ({ level, en, cy });

const by: Record<ProviderDefinition['kind'], (system: System) => Words> = {
  acute(system) {
    const level = Number(system.measure('level.opel', ''));
    const waits = system.hospitals.reduce((n, { emergency }) => n + emergency.bedWaits, 0);
    const closed = system.hospitals.reduce((n, { wards }) => n + wards.closedForInfection, 0);
    const extra = system.hospitals.reduce((n, { wards }) => n + wards.escalationOpen, 0);
    if (level >= 3)
      return words(
        level,
        `${waits} people wait for a bed; ${extra} escalation beds open, ${closed} beds lost to infection.`,
        `${waits} yn aros am wely; ${extra} gwely uwchgyfeirio ar agor, ${closed} gwely ar gau oherwydd haint.`,
      );
    return words(
      level,
      `Flow steady; ${closed} beds closed for infection, reopening planned after cleaning.`,
      `Llif cyson; ${closed} gwely ar gau oherwydd haint, i ailagor ar ôl glanhau.`,
    );
  },
  ambulance(system) {
    const queue = system.hospitals.reduce((n, { emergency }) => n + emergency.crews.length, 0);
    const level = Number(system.measure('999.reap', ''));
    if (queue >= 4)
      return words(level, `${queue} crews at hospital doors; liaison officer on site.`, `${queue} criw wrth ddrysau ysbytai; swyddog cyswllt ar y safle.`);
    return words(
      level,
      `Cover as planned, ${system.ambulance.crewsOn} crews on the road.`,
      `Cyflenwi yn ôl y cynllun, ${system.ambulance.crewsOn} criw ar y ffordd.`,
    );
  },
  'out-of-hours'(system) {
    const waiting = system.contact.outOfHours.waiting;
    const level = Number(system.measure('ooh.level', ''));
    if (waiting > 25)
      return words(
        level,
        `Busy: ${waiting} callers wait for a clinician; please send only what cannot wait.`,
        `Prysur: ${waiting} yn aros am glinigydd; anfonwch achosion brys yn unig.`,
      );
    return words(level, 'Rota full tonight; appointments at both centres.', 'Rota llawn heno; apwyntiadau yn y ddwy ganolfan.');
  },
  community(system) {
    const free = Number(system.measure('ucr.slots-free', ''));
    const beds = system.community.beds.free;
    const level = free === 0 ? 3 : free < 4 ? 2 : 1;
    return words(
      level,
      `Two-hour response can take ${free} more; ${beds} community beds free or being made ready.`,
      `Gall yr ymateb dwy awr gymryd ${free} arall; ${beds} gwely cymunedol yn wag neu'n cael eu paratoi.`,
    );
  },
  hospice(system) {
    const free = system.community.hospice.free;
    return {
      en: free > 0 ? `${free} of ${system.community.hospice.places} places free; advice line open all night.` : 'Full; advice line open all night.',
      cy:
        free > 0 ? `${free} o ${system.community.hospice.places} lle yn wag; llinell gyngor ar agor drwy'r nos.` : "Llawn; llinell gyngor ar agor drwy'r nos.",
    };
  },
  'mental-health'(system) {
    const free = system.mentalHealth.suites.free;
    const level = free === 0 ? 3 : free === 1 ? 2 : 1;
    return words(
      level,
      free === 0 ? 'No place of safety free; next expected this evening.' : `${free} places of safety free; liaison team on site.`,
      free === 0 ? 'Dim lle diogel ar gael; disgwylir un heno.' : `${free} lle diogel ar gael; tîm cyswllt ar y safle.`,
    );
  },
  'primary-care'(system) {
    const level = system.climate.pressure.demand > 1.05 ? 2 : 1;
    return words(
      level,
      'Urgent treatment open; practices ask for patience with routine requests.',
      'Triniaeth frys ar agor; mae practisau yn gofyn am amynedd gyda cheisiadau arferol.',
    );
  },
  council(system) {
    const waiting = Number(system.measure('care.packages-waiting', ''));
    const closed = Math.round(Number(system.measure('care.homes-closed', '')));
    const level = Number(system.measure('care.council-level', ''));
    return words(
      level,
      `${waiting} people wait for home care; ${closed} care homes closed to admission.`,
      `${waiting} yn aros am ofal cartref; ${closed} cartref gofal ar gau i dderbyniadau.`,
    );
  },
  coordination(system) {
    const level = Number(system.measure('level.opel', ''));
    return words(
      level,
      level >= 3 ? 'System call every two hours until pressure falls.' : 'Next comm cell at 15:00.',
      level >= 3 ? "Galwad system bob dwy awr nes i'r pwysau ostwng." : 'Y cyfarfod nesaf am 15:00.',
    );
  },
};

export function wordsOf(provider: ProviderDefinition, system: System): Words {
  const { level, ...said } = by[provider.kind](system);
  return provider.scheme === undefined || level === undefined ? said : { ...said, level };
}
