/** Words of the form for a display token. */
import type { Tongue } from '../words.js';

const en = {
  tokenHint: 'A display token is made by whoever runs this Comm Cell. It is kept in a cookie that no script can read.',
  token: 'Display token',
  tokenSend: 'Show the board',
  tokenWrong: 'That token was not accepted.',
};
const cy: typeof en = {
  tokenHint: 'Gwneir tocyn arddangos gan bwy bynnag sy’n rhedeg y Comm Cell hwn. Fe’i cedwir mewn cwci na all unrhyw sgript ei ddarllen.',
  token: 'Tocyn arddangos',
  tokenSend: 'Dangos y bwrdd',
  tokenWrong: 'Ni dderbyniwyd y tocyn hwnnw.',
};
export const tokenWords: Readonly<Record<Tongue, typeof en>> = { en, cy };
