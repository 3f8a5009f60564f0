/** What the wall itself says of cells below and of what waits between cells; the rest is said on the cell's page (tiers-words.ts). */
import { counted, type Tongue } from '../../words.js';

const en = {
  cellsBelow: 'Cells below',
  between: 'Between cells',
  calculated: 'calculated',
  declared: 'declared',
  unknown: 'nothing is worked out',
  indicative: 'indicative',
  partial: (known: number, of: number) => `${known} of ${of} known`,
  reviewOverdue: 'declared, review overdue',
  noLevel: 'no level',
  heard: (age: string) => `heard ${age} ago`,
  heardNow: 'heard now',
  unheard: (age: string) => `not heard for ${age}`,
  open: (n: number) => counted('en', n, { one: '# waits for an answer', other: '# wait for an answer' }),
  oldest: (age: string) => `oldest ${age}`,
  missed: (n: number) => counted('en', n, { other: '# late' }),
  more: (n: number) => `+${n} more`,
};
export type BelowWords = typeof en;

const cy: BelowWords = {
  cellsBelow: 'Celloedd islaw',
  between: 'Rhwng celloedd',
  calculated: 'cyfrifwyd',
  declared: 'datganwyd',
  unknown: 'dim wedi’i gyfrifo',
  indicative: 'dangosol',
  partial: (known, of) => `${known} o ${of} yn hysbys`,
  reviewOverdue: 'datganwyd, adolygiad yn hwyr',
  noLevel: 'dim lefel',
  heard: (age) => `clywyd ${age} yn ôl`,
  heardNow: 'clywyd nawr',
  unheard: (age) => `heb ei chlywed ers ${age}`,
  open: (n) => counted('cy', n, { one: '# yn aros am ateb', other: '# yn aros am ateb' }),
  oldest: (age) => `hynaf ${age}`,
  missed: (n) => `${n} yn hwyr`,
  more: (n) => `+${n} arall`,
};

export const belowWords: Readonly<Record<Tongue, BelowWords>> = { en, cy };
