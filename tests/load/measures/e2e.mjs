/** A reading is posted, made durable, and shown: how long until every display has it? */
import { setTimeout as sleep } from 'node:timers/promises';
import { Floor, Product, stamped } from '../contenders.mjs';
import { alternate, summarise, watchOthers } from '../machine.mjs';
import { Connection, postOnTime } from '../posts.mjs';

const LOADS = [
  { name: '100 readings/s to 1 display', displays: 1, perSecond: 100, readings: 1 },
  { name: '100 readings/s to 200 displays', displays: 200, perSecond: 100, readings: 1, typical: true },
  { name: '100 readings/s to 1,000 displays', displays: 1_000, perSecond: 100, readings: 1 },
  { name: '500 readings/s to 200 displays', displays: 200, perSecond: 500, readings: 1, typical: true },
  { name: '20 batches/s of 50 readings to 200 displays', displays: 200, perSecond: 20, readings: 50, typical: true },
];

export async function measure({ rig, runs, quick, tell }) {
  const board = { feeds: 20, each: 50 };
  for (const load of LOADS) {
    const contenders = [new Floor('ws', board), new Product(board), ...(load.typical ? [new Floor('typical', board)] : [])];
    const results = await alternate(contenders, runs, (contender) => once(rig, contender, load, quick ? 4 : 8));
    for (const { kind } of contenders) tell({ load: load.name, kind, ...summarise(results[kind]) });
  }
}

async function once(rig, contender, load, seconds) {
  const { url, key, server } = await contender.start(rig);
  const displays = await rig.displays({ ...contender.displays, port: server.port, count: load.displays });
  const make = stamped(contender, load.readings);
  const post = (from, forSeconds) =>
    postOnTime({ connect: () => new Connection(server.port, key), perSecond: load.perSecond, seconds: forSeconds, make: (i, due) => make(from + i, due) });
  await post(0, 2);
  await sleep(300);
  await displays.ask('reset');

  const others = watchOthers();
  const [cpu, began] = [server.cpu, performance.now()];
  const { posts, bad, ack } = await post(2 * load.perSecond, seconds);
  const cpuPct = ((server.cpu - cpu) / (performance.now() - began)) * 1e5;
  const foreign = others();
  await sleep(500);
  const { got, frames, late } = await displays.ask('report');
  await displays.kill();
  await server.kill();
  await rig.drop(url);
  const deliveredPct = (100 * got) / (posts * load.readings * load.displays);
  if (contender.kind === 'product' && (bad > 0 || deliveredPct !== 100))
    throw new Error(`${load.name}: ${bad} posts failed, ${deliveredPct} % were delivered.\n${server.printed}`);
  return {
    foreign,
    p50: late.p50,
    p99: late.p99,
    max: late.max,
    ackP50: ack.p50,
    ackP99: ack.p99,
    deliveredPct,
    cpuPct,
    framesPerSecond: frames / load.displays / seconds,
  };
}
