/** Words of the help alone: they come with it. */
import type { Tongue } from '../words.js';

const en = {
  keys: {
    d: 'Overview or detail',
    l: 'English, Cymraeg, both in turn',
    t: 'Dark or light',
    f: 'Full screen',
    v: 'Table or wall',
    w: 'Why this level',
    s: 'Sound for critical alerts',
    a: 'Alert desk',
    h: 'Huddle: before it starts, the meeting, its minutes',
    help: 'This help',
  },
  signs: 'Signs',
  signOk: 'within its line',
  signNone: 'no sign: nothing to judge it by',
};
const cy: typeof en = {
  keys: {
    d: 'Trosolwg neu fanylion',
    l: 'English, Cymraeg, y ddwy yn eu tro',
    t: 'Tywyll neu olau',
    f: 'Sgrin lawn',
    v: 'Tabl neu wal',
    w: 'Pam y lefel hon',
    s: 'Sain i rybuddion critigol',
    a: 'Y ddesg rybuddion',
    h: 'Cyfarfod byr: cyn iddo ddechrau, y cyfarfod, ei gofnodion',
    help: 'Y cymorth hwn',
  },
  signs: 'Arwyddion',
  signOk: 'o fewn ei drothwy',
  signNone: 'dim arwydd: dim i’w farnu wrtho',
};
export const helpWords: Readonly<Record<Tongue, typeof en>> = { en, cy };
