/**
 * A year of hours, asked for as a board room asks: one figure, twelve of them, a control chart, a comparison. The roll-ups are put
 * in place as the job leaves them (apps/api/test/trends.int.spec.ts proves that job); readings are not needed to answer.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { latencies, round, watchOthers } from '../machine.mjs';
import { smallBoard } from '../rig.mjs';
import { somebody, visitor } from '../visitor.mjs';

const BOARD = 'bench';
const FEEDS = 12;
const SERIES = 60;
const HOUR_MS = 3_600_000;
const YEAR = 366 * 24;
/** Beside the year that is asked for there is the one before, as on a board that has been there for a while. */
const HOURS = 2 * YEAR;
const WARMING = 3;

const FILL = `
insert into reading_hours (board_id, series_no, hour, n, missing, sum, min, max, first, last)
select $1, s, h, 4, 0, 4 * v, v - 3, v + 3, v, v + 1
from generate_series(1, $2) s, generate_series($3::int, $4::int - 1) h, lateral (select 100 + 40 * sin(h * 0.26) + (h * 29 + s * 13) % 31 as v) x`;

export async function measure({ rig, quick, tell }) {
  const { url } = await rig.boardDatabase('a year of hours', smallBoard({ id: BOARD, feeds: FEEDS, series: SERIES / FEEDS }));
  const last = Math.floor(Date.now() / HOUR_MS);
  await rig.sql(url, FILL, [BOARD, SERIES, last - HOURS, last]);
  await rig.sql(url, 'vacuum analyze');
  const token = await somebody(url, BOARD);
  const server = await rig.product(url);
  try {
    const ask = await visitor(server.port, token, BOARD);
    const year = { from: new Date((last - 365 * 24) * HOUR_MS).toISOString(), to: new Date(last * HOUR_MS).toISOString() };
    const figure = 'm.1@here';
    const twelve = Array.from({ length: FEEDS }, (_, i) => (i === 0 ? figure : `m.1@here-${i + 1}`)).join(',');
    const questions = [
      ['one figure by the hour', 'trends', { figures: figure, by: 'hour', ...year }],
      ['twelve figures by the hour', 'trends', { figures: twelve, by: 'hour', ...year }],
      ['one figure by the day', 'trends', { figures: figure, by: 'day', ...year }],
      ['control chart by the day', 'trends/spc', { figure, by: 'day', ...year }],
      ['last week beside others', 'trends/compare', { figure }],
    ];
    for (const [kind, route, query] of questions) {
      const others = watchOthers();
      const took = [];
      let cpu = 0;
      let kilobytes = 0;
      for (let i = 0; i < (quick ? 20 : 60) + WARMING; i++) {
        const before = server.cpu;
        const { text, tookUs } = await ask(route, query);
        if (i < WARMING) continue;
        took.push(tookUs);
        cpu += server.cpu - before;
        kilobytes = round(text.length / 1000, 0);
        await sleep(20);
      }
      tell({ load: 'a year of hours', kind, foreign: others(), ...latencies(took), cpuMs: round((cpu / took.length) * 1000, 1), kilobytes });
    }
  } finally {
    await server.kill();
    await rig.drop(url);
  }
}
