/**
 * What may be passed between cells, how soon an answer is expected, and which answers there are. Source: tiered escalation in
 * lean daily management: problems go up by type with a reason, answers come down the same day.
 */
import type { Answer, ComeIn, PassedOn, Way } from '../cell.js';
import type { Label } from '../names.js';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../time.js';

export const WAYS: readonly Way[] = ['up', 'down', 'sideways'];

/** Types by way, as people choose and read them. */
export const TYPES: Readonly<Record<Way, Readonly<Record<string, Label>>>> = {
  up: {
    safety: { en: 'Safety', cy: 'Diogelwch' },
    capacity: { en: 'Capacity', cy: 'Capasiti' },
    staffing: { en: 'Staffing', cy: 'Staffio' },
    equipment: { en: 'Equipment or building', cy: 'Offer neu adeilad' },
    decision: { en: 'A decision is needed', cy: 'Mae angen penderfyniad' },
  },
  down: {
    information: { en: 'For your information', cy: 'Er gwybodaeth' },
    request: { en: 'Please do', cy: 'Gwnewch hyn' },
  },
  sideways: {
    beds: { en: 'Beds', cy: 'Gwelyau' },
    staff: { en: 'Staff', cy: 'Staff' },
    vehicles: { en: 'Vehicles and crews', cy: 'Cerbydau a chriwiau' },
    diversion: { en: 'Diversion', cy: 'Dargyfeirio' },
  },
};

/** Asked for help, a cell says yes or no; word for all is only noted, or it cannot be done. */
export const ANSWERS: Readonly<Record<Way, readonly Answer[]>> = { up: ['yes', 'no', 'noted'], down: ['noted', 'no'], sideways: ['yes', 'no'] };

/** An answer is expected so soon, unless whoever asks says otherwise. */
export const USUALLY_MS: Readonly<Record<Way, number>> = { up: 4 * HOUR_MS, down: DAY_MS, sideways: 30 * MINUTE_MS };
/** And never later than this: what has no end is forgotten. */
export const LONGEST_MS = 7 * DAY_MS;

/** When its silence is a fact that people are told of; undefined: it is answered, or they know. */
export function missedAt({ answer, missed, answerBy }: Pick<PassedOn | ComeIn, 'answer' | 'missed' | 'answerBy'>): number | undefined {
  return answer || missed ? undefined : answerBy;
}
