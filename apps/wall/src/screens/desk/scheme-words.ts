/** Words of signing a scheme off. */
import type { Tongue } from '../../words.js';

const en = {
  title: 'Schemes',
  signedOff: (by: string, on: string) => `Signed off by ${by}, ${on}`,
  notSignedOff: 'Not signed off: every level of it is marked as indicative.',
  unconfirmed: 'These bands were not found in the published table. Compare them before you sign:',
  points: (n: number) => `${n} points`,
  source: 'Published as',
  signOff: 'Sign this scheme off',
  reason: 'What was it compared with?',
  hint: 'Levels worked out by it are then shown without the word “indicative”.',
};
type SchemeWords = typeof en;
const cy: SchemeWords = {
  title: 'Cynlluniau',
  signedOff: (by, on) => `Cymeradwywyd gan ${by}, ${on}`,
  notSignedOff: 'Heb ei gymeradwyo: mae pob lefel ohono wedi’i nodi’n ddangosol.',
  unconfirmed: 'Ni chafwyd hyd i’r bandiau hyn yn y tabl cyhoeddedig. Cymharwch nhw cyn cymeradwyo:',
  points: (n) => `${n} pwynt`,
  source: 'Cyhoeddwyd fel',
  signOff: 'Cymeradwyo’r cynllun hwn',
  reason: 'Gyda beth y’i cymharwyd?',
  hint: 'Yna dangosir y lefelau a gyfrifir ganddo heb y gair “dangosol”.',
};
export const schemeWords: Record<Tongue, SchemeWords> = { en, cy };
