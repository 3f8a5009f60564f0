/**
 * One change to a thousand displays: how late the last of them is, what a delivery costs, what a display keeps in memory, and
 * how much is too much. All go the whole way, from the post to the display, so that like is compared with like.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Floor, Product, stamped } from '../contenders.mjs';
import { alternate, summarise, watchOthers } from '../machine.mjs';
import { Connection, postOnTime } from '../posts.mjs';
import { settledMemory } from '../rig.mjs';

const DISPLAYS = 1_000;
/** About a kilobyte of change. */
const READINGS = 11;
const PER_SECOND = 10;
const STEPS = [40, 80, 120, 160, 200, 250, 300, 400, 500, 600, 800, 1_000];
const STEP_SECONDS = 3;
const TOO_LATE_MS = 250;
const BOARD = { feeds: 3, each: 50 };
const [SERVER_CPU, DISPLAYS_CPU] = [0, 1];

export async function measure({ rig, runs, quick, tell }) {
  const contenders = [new Floor('ws', BOARD), new Floor('socket.io', BOARD), new Product(BOARD)];
  const results = await alternate(contenders, runs, (contender) => steady(rig, contender, quick ? 4 : 8));
  for (const { kind } of contenders) tell({ load: `${PER_SECOND} changes/s to ${DISPLAYS} displays`, kind, ...summarise(results[kind]) });
  const tops = await alternate(contenders, quick ? 1 : 3, (contender) => ceiling(rig, contender));
  for (const { kind } of contenders) tell({ load: `ceiling, ${DISPLAYS} displays`, kind, ...summarise(tops[kind]) });
}

async function set(rig, contender) {
  const started = await contender.start(rig, { cpu: SERVER_CPU });
  const before = await settledMemory(started.server);
  const displays = await rig.displays({ ...contender.displays, port: started.server.port, count: DISPLAYS }, { cpu: DISPLAYS_CPU });
  const after = await settledMemory(started.server);
  return { ...started, displays, kilobytes: (after.rss - before.rss) / 1024 / DISPLAYS, heapKilobytes: (after.heap - before.heap) / 1024 / DISPLAYS };
}

async function end(rig, { url, server, displays }) {
  await displays.kill();
  await server.kill();
  await rig.drop(url);
}

async function load({ server, key, displays }, contender, perSecond, seconds, first) {
  const make = stamped(contender, READINGS);
  const connect = () => new Connection(server.port, key);
  await displays.ask('reset');
  const [cpu, others] = [server.cpu, watchOthers()];
  const { posts, bad } = await postOnTime({ connect, perSecond, seconds, make: (i, due) => make(first + i, due) });
  const foreign = others();
  await sleep(500);
  const { got, frames, late, standing } = await displays.ask('report');
  return { foreign, bad, standing, late, frames, used: server.cpu - cpu, share: got / (posts * READINGS * DISPLAYS) };
}

async function steady(rig, contender, seconds) {
  const rigged = await set(rig, contender);
  await load(rigged, contender, PER_SECOND, 2, 0);
  const { foreign, late, frames, used, share } = await load(rigged, contender, PER_SECOND, seconds, 2 * PER_SECOND);
  await end(rig, rigged);
  if (share !== 1) throw new Error(`${contender.kind}: ${share * 100} % were delivered.\n${rigged.server.printed}`);
  return {
    foreign,
    p50: late.p50,
    p99: late.p99,
    max: late.max,
    cpuMicrosecondsPerDelivery: (used * 1e6) / frames,
    kilobytesPerDisplay: rigged.kilobytes,
    heapKilobytesPerDisplay: rigged.heapKilobytes,
    connectMs: rigged.displays.connectMs,
  };
}

/** The most changes a second that still reach every display in time. */
async function ceiling(rig, contender) {
  const rigged = await set(rig, contender);
  let best;
  let first = 0;
  let worst = 0;
  for (const perSecond of STEPS) {
    const { foreign, bad, standing, late, frames, share } = await load(rigged, contender, perSecond, STEP_SECONDS, first);
    first += perSecond * STEP_SECONDS;
    worst = Math.max(worst, foreign);
    if (bad > 0 || share < 0.99 || standing < DISPLAYS || late.p99 > TOO_LATE_MS) break;
    best = { changesPerSecond: perSecond, deliveriesPerSecond: perSecond * DISPLAYS, framesPerSecond: frames / STEP_SECONDS, p99: late.p99 };
    await sleep(500);
  }
  await end(rig, rigged);
  return { foreign: worst, ...best };
}
