/** One wall in a real browser: how soon it shows a reading, what its script weighs, what it costs the device. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { openWall } from '../browser.mjs';
import { Product } from '../contenders.mjs';
import { cpuOf, familyOf, latencies, round, watchOthers } from '../machine.mjs';
import { Connection } from '../posts.mjs';

const DIST = fileURLToPath(new URL('../../../apps/wall/dist/', import.meta.url));
const SHOWN = 'm.1@here';

export async function measure({ rig, quick, tell }) {
  // What a wall loads; the other screens come when somebody asks for them.
  const scripts = [...readFileSync(`${DIST}index.html`, 'utf8').matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map(([, name]) => name);
  const weight = scripts.reduce((sum, name) => sum + gzipSync(readFileSync(DIST + name)).length, 0);
  tell({ load: 'all script of a wall, gzip', kind: 'product', kilobytes: round(weight / 1000, 1) });

  const contender = new Product({ feeds: 12, each: 5 });
  const { url, key, server } = await contender.start(rig);
  const { browser, page } = await openWall(server.port, contender.displays.board);
  const connection = new Connection(server.port, key);
  try {
    tell({ load: 'a reading now and then, to the picture of one browser', kind: 'product', ...(await reach(page, contender, connection, quick ? 30 : 150)) });
    tell({ load: '3 readings/s on one wall', kind: 'product', ...(await dwell(page, contender, connection, quick ? 15 : 60)) });
  } finally {
    connection.close();
    await browser.close();
    await server.kill();
    await rig.drop(url);
  }
}

/** From the post to the changed attribute. Both ends read the clock of this one machine. */
async function reach(page, contender, connection, count) {
  await page.evaluate((series) => {
    globalThis.seen = new Map();
    const look = () => {
      const value = document.querySelector(`[data-series="${series}"]`)?.dataset.value;
      if (value && !globalThis.seen.has(value)) globalThis.seen.set(value, performance.timeOrigin + performance.now());
    };
    new MutationObserver(look).observe(document.body, { subtree: true, attributes: true, childList: true, characterData: true });
  }, SHOWN);
  const others = watchOthers();
  const sent = new Map();
  for (let i = 1; i <= count; i++) {
    sent.set(String(i), performance.timeOrigin + performance.now());
    await connection.post({
      route: contender.feeds[0].route,
      body: JSON.stringify({ readings: [{ series: SHOWN, observedAt: new Date().toISOString(), value: i }] }),
    });
    await sleep(200 + Math.random() * 50);
  }
  const seen = new Map(await page.evaluate(() => [...globalThis.seen]));
  const took = [...sent].filter(([value]) => seen.has(value)).map(([value, at]) => (seen.get(value) - at) * 1000);
  if (took.length < count) throw new Error(`The wall showed ${took.length} of ${count} readings.`);
  return { foreign: others(), ...latencies(took) };
}

async function dwell(page, contender, connection, seconds) {
  const session = await page.context().newCDPSession(page);
  const heap = async () => {
    await session.send('HeapProfiler.collectGarbage');
    return (await session.send('Runtime.getHeapUsage')).usedSize;
  };
  const pids = familyOf(process.pid).filter((pid) => /chrom/.test(commandOf(pid)));
  const used = () => pids.reduce((sum, pid) => sum + cpuOf(pid), 0);
  const before = { heap: await heap(), cpu: used(), at: performance.now() };
  const others = watchOthers();
  for (let i = 0; i < seconds * 3; i++) {
    await connection.post(contender.post(i, 1, (i * 37) % 300));
    await sleep(before.at + ((i + 1) * 1000) / 3 - performance.now());
  }
  const cpuPct = ((used() - before.cpu) / (performance.now() - before.at)) * 1e5;
  const foreign = others();
  return {
    foreign,
    seconds,
    cpuPct: round(cpuPct, 1),
    heapMegabytes: round((await heap()) / 2 ** 20),
    heapGrowthKilobytes: round(((await heap()) - before.heap) / 1024, 0),
  };
}

function commandOf(pid) {
  return readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ');
}
