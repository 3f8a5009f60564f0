/** What the wall says of the huddle that is on; its own page says the same. */
import type { Tongue } from '../../words.js';

const en = {
  number: (no: number) => `Huddle ${no}`,
  led: (lead: string) => `Led by ${lead}`,
  over: (minutes: number) => (minutes < 1 ? 'Time is up: come to an end' : `${minutes} min over: come to an end`),
  quorum: (here: number, needed: number) => `${here} here; the quorum is ${needed}`,
};
const cy: typeof en = {
  number: (no) => `Cyfarfod byr ${no}`,
  led: (lead) => `Yn arwain: ${lead}`,
  over: (minutes) => (minutes < 1 ? 'Mae’r amser ar ben: dewch i ben' : `${minutes} mun drosodd: dewch i ben`),
  quorum: (here, needed) => `${here} yma; ${needed} yw’r cworwm`,
};
export const stripWords: Record<Tongue, typeof en> = { en, cy };
