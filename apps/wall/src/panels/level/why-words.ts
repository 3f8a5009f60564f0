/** Words of the explanation of a level alone: they come with it. */
import type { Tongue } from '../../words.js';

const en = {
  declaredBy: (who: string, time: string) => `${who}, ${time}`,
  whyAny: 'Levels explained',
  whyTable: { parameter: 'Parameter', value: 'Value', band: 'Band', points: 'Points', age: 'Age', state: 'Counts as' },
  counts: { counted: 'counted', carried: 'carried forward', missing: 'missing' },
  unconfirmed: 'bands not confirmed',
  bandOf: (n: number, of: number) => `${n} of ${of}`,
  scoreOf: (score: string) => `score ${score}`,
  figuresKnown: (n: number, of: number) => `${n} of ${of} figures known`,
  oneChange: (level: string) => `What one change would make it ${level}`,
  bringTo: (what: string, to: string) => `${what} to ${to}`,
  savesPoints: (n: string) => `${n} points fewer`,
  noOneChange: 'No single change would do it.',
  weight: 'Weight',
  score: 'Score',
  part: 'Part',
};
export type WhyWords = typeof en;

const cy: WhyWords = {
  declaredBy: (who, time) => `${who}, ${time}`,
  whyAny: 'Esbonio’r lefelau',
  whyTable: { parameter: 'Paramedr', value: 'Gwerth', band: 'Band', points: 'Pwyntiau', age: 'Oed', state: 'Sut mae’n cyfrif' },
  counts: { counted: 'wedi’i gyfrif', carried: 'wedi’i gario ymlaen', missing: 'ar goll' },
  unconfirmed: 'bandiau heb eu cadarnhau',
  bandOf: (n, of) => `${n} o ${of}`,
  scoreOf: (score) => `sgôr ${score}`,
  figuresKnown: (n, of) => `${n} o ${of} ffigur yn hysbys`,
  oneChange: (level) => `Pa un newid fyddai’n ei gwneud yn ${level}`,
  bringTo: (what, to) => `${what} i ${to}`,
  savesPoints: (n) => `${n} yn llai o bwyntiau`,
  noOneChange: 'Ni wnâi un newid y tro.',
  weight: 'Pwysau',
  score: 'Sgôr',
  part: 'Rhan',
};

export const whyWords: Readonly<Record<Tongue, WhyWords>> = { en, cy };
