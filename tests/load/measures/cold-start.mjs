/** Ten million readings in the journal: how long until a server that died is ready again? */
import { alternate, summarise, watchOthers } from '../machine.mjs';
import { smallBoard } from '../rig.mjs';

export const SERIES = 1_000;
const FEEDS = 20;
const STEP_MS = 240_000;
const BATCHES_AT_ONCE = 40;

/** Written by the product's own keeper, so that journal, projection and chain are what it would have written. */
export async function historyDatabase(rig, readings) {
  const definition = smallBoard({ id: 'bench', feeds: FEEDS, series: SERIES / FEEDS });
  return rig.boardDatabase(`history of ${readings}`, definition, async (keeper) => {
    const feeds = Object.values(keeper.snapshot.state.definition.feeds);
    const rounds = Math.ceil(readings / SERIES);
    const begin = Date.now() - rounds * STEP_MS;
    for (let round = 0; round < rounds; round += BATCHES_AT_ONCE) {
      const submissions = [];
      for (let step = round; step < Math.min(round + BATCHES_AT_ONCE, rounds); step++) {
        for (const feed of feeds) {
          const event = {
            kind: 'ReadingsRecorded',
            feed: feed.id,
            batch: `b-${step}`,
            readings: feed.series.map((series, i) => ({ series, at: begin + step * STEP_MS, value: (step * 7 + i) % 90 })),
          };
          submissions.push(keeper.submit({ source: feed.id, rows: event.readings.length, decide: () => ({ events: [event], outcome: null }) }));
        }
      }
      await Promise.all(submissions);
    }
  });
}

export async function measure({ rig, runs, quick, tell }) {
  const readings = quick ? 1_000_000 : 10_000_000;
  const { url } = await historyDatabase(rig, readings);
  const cases = [
    { kind: 'from the last checkpoint' },
    { kind: 'checkpoint 10,000 events old' },
    ...(quick ? [] : [{ kind: 'no checkpoint: the whole journal' }]),
  ];
  const [{ seq }] = await rig.sql(url, 'select seq from board_head');
  for (const one of cases) {
    if (one.kind.includes('old')) await rig.sql(url, 'delete from checkpoints where seq > $1', [seq - 10_000]);
    if (one.kind.startsWith('no')) await rig.sql(url, 'delete from checkpoints');
    const results = await alternate([one], one.kind.startsWith('no') ? 1 : runs, () => start(rig, url));
    tell({ load: `${readings.toLocaleString('en')} readings in the journal`, kind: one.kind, ...summarise(results[one.kind]) });
  }
  await rig.drop(url);
}

async function start(rig, url) {
  const others = watchOthers();
  const began = performance.now();
  const server = await rig.product(url);
  const response = await fetch(`http://127.0.0.1:${server.port}/health/ready`);
  const readyMs = performance.now() - began;
  await response.text();
  const foreign = others();
  const megabytes = server.resident / 2 ** 20;
  // As hard as it gets, so that no parting checkpoint helps the next start.
  await server.kill('SIGKILL');
  if (response.status !== 200) throw new Error(`The server was not ready: ${response.status}.`);
  return { foreign, readyMs, megabytes };
}
