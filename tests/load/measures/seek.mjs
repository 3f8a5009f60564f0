/**
 * The whole board at any instant of a year: the product's answer over HTTP beside the plain query for the newest reading of
 * every series as of the same moment, in turn, on the same database. The product's answer holds the day lines, rules, alerts and
 * layout of the moment as well, and is proved by the hash chain.
 *
 * The year is written once and kept in the temp folder: an interrupted run goes on where it stopped. BENCH_READINGS says how many.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { startEmbedded } from '@comm-cell/api/database/embedded/supervisor';
import { prepareDatabase } from '@comm-cell/api/database/schema';
import { Appending, Journal } from '@comm-cell/api/journal/journal';
import { Waypoints } from '@comm-cell/api/replay/waypoints';
import { defineBoard } from '@comm-cell/board/decide/define-board';
import { evolveAll } from '@comm-cell/board/evolve';
import { emptyBoard } from '@comm-cell/board/state';
import { latencies, microseconds, round, spread, watchOthers } from '../machine.mjs';
import { smallBoard } from '../rig.mjs';
import { somebody, visitor } from '../visitor.mjs';
import { SERIES } from './cold-start.mjs';

const BOARD = 'bench';
const FEEDS = 20;
const STEP_MS = 240_000;
const QUESTIONS = 100;
/** The first few fill the caches and settle the plans. */
const WARMING = 10;
const COLD_STARTS = 5;

const AS_OF = `
select coalesce(json_agg(json_build_array(s.series_no, r.at, r.value)), '[]')::text as answer
from series s, lateral (
  select (extract(epoch from observed_at) * 1000)::float8 as at, value from readings
  where board_id = s.board_id and series_no = s.series_no and observed_at <= to_timestamp($2::float8 / 1000)
  order by observed_at desc, revision desc limit 1) r
where s.board_id = $1`;

export async function measure({ rig, quick, tell }) {
  const readings = Number(process.env.BENCH_READINGS ?? (quick ? 1_000_000 : 10_000_000));
  const dataDir = path.join(os.tmpdir(), `comm-cell-year-of-${readings}-${schemaOf()}`);
  mkdirSync(dataDir, { recursive: true });
  let postgres = await startEmbedded({ dataDir });
  const { url } = postgres;
  const load = `${SERIES.toLocaleString('en')} series of ${readings.toLocaleString('en')} readings`;
  try {
    const { first, last, epoch, layMs } = await year(url, readings);
    const token = await somebody(url, BOARD);
    await rig.sql(url, 'vacuum analyze');
    const cold = [];
    for (let i = 0; i < COLD_STARTS; i++) {
      await postgres.stop();
      // Not beside other people's work: it would be cold for them too.
      if (!quick) forgetPages();
      postgres = await startEmbedded({ dataDir });
      const server = await rig.product(postgres.url);
      const ask = await asker(server.port, token);
      cold.push((await ask(moment(first, last, i + 1_000))).tookUs / 1000);
      await server.kill('SIGTERM');
    }
    const server = await rig.product(postgres.url);
    const client = new pg.Client({ connectionString: postgres.url });
    // What goes wrong is told by whoever asked; the database is stopped under an open connection then.
    client.on('error', () => {});
    await client.connect();
    const ask = await asker(server.port, token);
    const others = watchOthers();
    const took = { SQL: [], product: [], folded: [], reader: [] };
    let bytes = 0;
    for (let i = 0; i < QUESTIONS + WARMING; i++) {
      const at = moment(first, last, i);
      const sql = await asOf(client, at);
      const seek = await ask(at);
      const folded = i % 5 === 0 ? await ask(at, 'state') : undefined;
      const reader = microseconds();
      const { start, entries, epoch: told } = JSON.parse(seek.text);
      const state = evolveAll(start.state, entries);
      const readerUs = microseconds() - reader;
      if (told !== epoch || Object.keys(state.series).length !== SERIES) throw new Error('A series is missing from the answer.');
      if (i < WARMING) continue;
      took.SQL.push(sql);
      took.product.push(seek.tookUs);
      took.reader.push(readerUs);
      if (folded) took.folded.push(folded.tookUs);
      bytes += seek.text.length / QUESTIONS;
    }
    const foreign = others();
    const megabytes = await sizes(client);
    await client.end();
    await server.kill('SIGTERM');
    tell({ load, kind: 'SQL', foreign, ...latencies(took.SQL), ...megabytes });
    tell({ load, kind: 'product', foreign, ...latencies(took.product), coldMs: spread(cold), kilobytes: round(bytes / 1000, 0), layMs: round(layMs, 0) });
    tell({ load, kind: 'product, folded by the server', foreign, ...latencies(took.folded) });
    tell({ load, kind: 'folding in the reader', foreign, ...latencies(took.reader) });
  } finally {
    await postgres.stop();
  }
}

/** A year that was written under another schema is another one. */
function schemaOf() {
  const folder = new URL('../../../apps/api/src/database/migrations/', import.meta.url);
  const hash = createHash('sha256');
  for (const name of readdirSync(folder).sort()) hash.update(readFileSync(new URL(name, folder)));
  return hash.digest('hex').slice(0, 8);
}

/** Anywhere in the year, never the same twice. */
function moment(first, last, i) {
  return Math.floor(first + (last - first) * ((i * 0.618034 + 0.3) % 1));
}

async function asOf(client, at) {
  const began = microseconds();
  const { rows } = await client.query({ name: 'as-of', text: AS_OF, values: [BOARD, at] });
  const took = microseconds() - began;
  if (JSON.parse(rows[0].answer).length !== SERIES) throw new Error('A series is missing from the answer.');
  return took;
}

async function asker(port, token) {
  const ask = await visitor(port, token, BOARD);
  return (at, route = 'seek') => ask(`replay/${route}`, { at: new Date(at).toISOString() });
}

/** Writes what is missing of the year, each round at the moment it was observed, and lays its waypoints. */
async function year(url, readings) {
  await prepareDatabase(url, new Date());
  const journal = new Journal(url);
  try {
    const rounds = Math.ceil(readings / SERIES);
    const [define] = defineBoard(emptyBoard, smallBoard({ id: BOARD, feeds: FEEDS, series: SERIES / FEEDS })).events;
    const { definition } = define;
    await journal.createBoard(BOARD);
    let head = await journal.head(BOARD);
    const write = async (at, events) => {
      const appending = new Appending(BOARD, head, at);
      for (const { event, source } of events) appending.add([event], source, numbers);
      const prepared = appending.finish();
      if ((await journal.append(prepared)) !== 'done') throw new Error('The year could not be written.');
      head = { ...head, ...prepared.next };
    };
    const numbers = Object.fromEntries(Object.values(definition.series).map(({ id, no }) => [id, no]));
    const { rows } = await journal.pool.query(
      `select count(*)::int - 1 as done, (extract(epoch from min(recorded_at)) * 1000)::float8 as first from journal where board_id = $1`,
      [BOARD],
    );
    const [{ done, first }] = rows;
    const begin = first ?? Date.now() - (rounds + 1) * STEP_MS;
    if (done < 0) await write(begin, [{ source: 'bench', event: define }]);
    for (let step = Math.max(0, done) / FEEDS; step < rounds; step++) {
      const at = begin + (step + 1) * STEP_MS;
      const event = (feed) => ({
        kind: 'ReadingsRecorded',
        feed: feed.id,
        batch: `b-${step}`,
        readings: feed.series.map((series, i) => ({ series, at, value: (step * 7 + i) % 90 })),
      });
      await write(
        at,
        Object.values(definition.feeds).map((feed) => ({ source: feed.id, event: event(feed) })),
      );
      if (step % 1_000 === 0) console.error(`writing the year: ${step} of ${rounds} rounds`);
    }
    const began = performance.now();
    await new Waypoints(journal, console.error).lay(BOARD, Infinity, true);
    return { first: begin + STEP_MS, last: begin + rounds * STEP_MS, epoch: head.epoch, layMs: performance.now() - began };
  } finally {
    await journal.close();
  }
}

async function sizes(client) {
  const { rows } = await client.query(`
    select (select sum(pg_total_relation_size(inhrelid)) from pg_inherits where inhparent = 'readings'::regclass)::float8 / 2^20 as readings,
      pg_total_relation_size('journal')::float8 / 2^20 as journal, pg_total_relation_size('waypoints')::float8 / 2^20 as waypoints,
      (select count(*) from waypoints)::int as count`);
  const [{ readings, journal, waypoints, count }] = rows;
  return { readingsMegabytes: Math.round(readings), journalMegabytes: Math.round(journal), waypointsMegabytes: Math.round(waypoints), waypoints: count };
}

/** As after a restart of the machine, where one may ask for it. */
function forgetPages() {
  try {
    writeFileSync('/proc/sys/vm/drop_caches', '3');
  } catch {
    // Only the administrator of the machine may; then the database and the server alone are cold.
  }
}
