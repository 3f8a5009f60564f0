/** A thousand walls come at once: after a power cut of the building, and after the server died under them. */
import { setTimeout as sleep } from 'node:timers/promises';
import { loadBoard } from '@comm-cell/catalogue/load';
import { alternate, summarise, watchOthers } from '../machine.mjs';

const DISPLAYS = 1_000;
const POINTS = 48;
const LIMIT_MS = 60_000;

export async function measure({ rig, runs, tell }) {
  const definition = loadBoard('buckinghamshire');
  const results = await alternate([{ kind: 'product' }], Math.min(runs, 3), () => once(rig, definition));
  tell({ load: `${DISPLAYS} displays of ${Object.keys(definition.series).length} series with 24 h lines`, kind: 'product', ...summarise(results.product) });
}

/** A day of readings of every series, half an hour apart. */
async function fillDay(keeper) {
  const { definition } = keeper.snapshot.state;
  const newest = Math.floor(Date.now() / 1_800_000) * 1_800_000;
  for (let point = POINTS - 1; point >= 0; point--) {
    for (const feed of Object.values(definition.feeds)) {
      const readings = feed.series
        .filter((id) => definition.metrics[definition.series[id].metric].kind !== 'text')
        .map((id) => ({ series: id, at: newest - point * 1_800_000, value: Math.round(definition.series[id].range.min + (point % 7)) }));
      const event = { kind: 'ReadingsRecorded', feed: feed.id, batch: `day-${point}`, readings };
      await keeper.submit({ source: feed.id, decide: () => ({ events: [event], outcome: null }) });
    }
  }
}

async function once(rig, definition) {
  const { url } = await rig.boardDatabase('day', definition, fillDay);
  let server = await rig.product(url);
  const { port } = server;
  const others = watchOthers();
  const displays = await rig.displays({ kind: 'live', board: definition.id, port, count: DISPLAYS, again: true });
  const { bytes } = await displays.ask('report');
  const peak = server.resident;
  await sleep(1_000);

  await displays.ask('reset');
  await server.kill('SIGKILL');
  const killed = performance.now();
  server = await rig.product(url, { port });
  const readyMs = performance.now() - killed;
  let backMs;
  for (let standing = 0; standing < DISPLAYS; backMs = performance.now() - killed) {
    if (performance.now() - killed > LIMIT_MS)
      throw new Error(`Only ${standing} of ${DISPLAYS} displays came back within ${LIMIT_MS / 1000} s.\n${server.printed}`);
    await sleep(50);
    ({ standing } = await displays.ask('report'));
  }
  const foreign = others();
  await displays.kill();
  await server.kill();
  await rig.drop(url);
  return { foreign, coldMs: displays.connectMs, readyMs, backMs, kilobytesPerJoin: bytes / 1024 / DISPLAYS, peakMegabytes: peak / 2 ** 20 };
}
