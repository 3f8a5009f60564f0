/**
 * The board room at work: the timeline dragged to and fro in a real browser, and twenty people who play a day at 3,600×. A dragged
 * frame counts when the page painted it with another moment than the one before; a played frame counts as dropped when what it
 * shows had not arrived by then.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { prepareDatabase } from '@comm-cell/api/database/schema';
import { Appending, Journal } from '@comm-cell/api/journal/journal';
import { Waypoints } from '@comm-cell/api/replay/waypoints';
import { defineBoard } from '@comm-cell/board/decide/define-board';
import { emptyBoard } from '@comm-cell/board/state';
import { latencies, round, spread, watchOthers } from '../machine.mjs';
import { smallBoard } from '../rig.mjs';
import { signIn, somebody, visitor } from '../visitor.mjs';

const BOARD = 'bench';
const FEEDS = 20;
const SERIES = 300;
const EVERY_MS = 15 * 60_000;
const DAYS = 4;
const DAY_MS = 86_400_000;
const LOAD = `${SERIES} series of ${DAYS} days, every quarter of an hour`;

const VIEWERS = 20;
const SPEED = 3_600;
const FRAME_MS = 1_000 / 30;
/** As the board room fetches: so much is to be known ahead, in pages of so many events. */
const AHEAD_MS = SPEED * 10_000;
const PAGE = 1_000;

export async function measure({ rig, quick, runs, tell }) {
  const url = await rig.database();
  const last = await record(url);
  const token = await somebody(url, BOARD);
  const server = await rig.product(url);
  try {
    tell({ load: LOAD, kind: 'dragging, one browser', ...(await dragging(server, token, last, quick ? 2 : runs)) });
    tell({ load: LOAD, kind: `${VIEWERS} viewers at ${SPEED.toLocaleString('en')}×`, ...(await playing(server, token, last, quick ? 10 : 20)) });
  } finally {
    await server.kill();
    await rig.drop(url);
  }
}

/** Feeds tell at moments of their own, as they do. */
async function record(url) {
  await prepareDatabase(url, new Date());
  const journal = new Journal(url);
  try {
    const [define] = defineBoard(emptyBoard, smallBoard({ id: BOARD, feeds: FEEDS, series: SERIES / FEEDS })).events;
    const feeds = Object.values(define.definition.feeds);
    const numbers = Object.fromEntries(Object.values(define.definition.series).map(({ id, no }) => [id, no]));
    await journal.createBoard(BOARD);
    let head = await journal.head(BOARD);
    const write = async (at, source, event) => {
      const prepared = new Appending(BOARD, head, at).add([event], source, numbers).finish();
      if ((await journal.append(prepared)) !== 'done') throw new Error('The past could not be written.');
      head = { ...head, ...prepared.next };
    };
    const last = Math.floor(Date.now() / EVERY_MS) * EVERY_MS;
    const begin = last - DAYS * DAY_MS;
    await write(begin, 'bench', define);
    for (let step = 0; step < (DAYS * DAY_MS) / EVERY_MS; step++) {
      for (const [f, { id, series }] of feeds.entries()) {
        const at = begin + step * EVERY_MS + Math.floor((f / FEEDS) * EVERY_MS) + 1_000;
        const readings = series.map((one, i) => ({ series: one, at, value: (step * 7 + i * 13 + f * 31) % 240 }));
        await write(at, id, { kind: 'ReadingsRecorded', feed: id, batch: `b-${step}`, readings });
      }
    }
    await new Waypoints(journal, console.error).lay(BOARD, Infinity, true);
    return last - EVERY_MS;
  } finally {
    await journal.close();
  }
}

async function dragging(server, token, last, runs) {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
  try {
    const context = await browser.newContext({ viewport: { width: 1920, height: 1080 } });
    const [name, value] = (await signIn(server.port, token)).split('=');
    await context.addCookies([{ name, value, domain: '127.0.0.1', path: '/' }]);
    const page = await context.newPage();
    await page.goto(`http://127.0.0.1:${server.port}/boardroom/${BOARD}?at=${new Date(last - DAY_MS).toISOString()}`);
    await page.waitForFunction(() => Number(document.querySelector('[data-boardroom]')?.dataset.at) > 0 && document.querySelector('[role=slider]'));
    // The day that is looked at is fetched while the picture rests.
    await sleep(3_000);
    const track = await page.locator('[role=slider]').boundingBox();
    const y = track.y + track.height / 2;
    const x = (share) => track.x + share * track.width;
    const others = watchOthers();
    const [frames, pictures, longest, busy] = [[], [], [], []];
    const session = await context.newCDPSession(page);
    // Processor time: what others take of the machine is not the page's.
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    for (let run = 0; run < runs; run++) {
      await page.mouse.move(x(0.1), y);
      await page.mouse.down();
      const before = await busyMs(session);
      const painted = await page.evaluate(dragToAndFro, { from: x(0.1), to: x(0.9), y, lastsMs: 5_000 });
      busy.push((await busyMs(session)) - before);
      await page.mouse.up();
      const seconds = (painted.at(-1).stamp - painted[0].stamp) / 1_000;
      const fresh = painted.filter(({ at }, i) => i > 0 && at !== painted[i - 1].at);
      frames.push(painted.length / seconds);
      pictures.push(fresh.length / seconds);
      busy.push(busy.pop() / fresh.length);
      longest.push(Math.max(...fresh.slice(1).map(({ stamp }, i) => stamp - fresh[i].stamp)));
      await sleep(500);
    }
    return {
      foreign: others(),
      framesPerSecond: spread(frames),
      picturesPerSecond: spread(pictures),
      longestStillMs: spread(longest),
      threadMsPerPicture: spread(busy),
    };
  } finally {
    await browser.close();
  }
}

/** Runs in the page: another moment is asked for in every frame, while the button is held down; what each frame had painted. */
function dragToAndFro({ from, to, y, lastsMs }) {
  const room = document.querySelector('[data-boardroom]');
  const track = document.querySelector('[role=slider]');
  const painted = [];
  return new Promise((resolve) => {
    const frame = (stamp) => {
      painted.push({ stamp, at: room.dataset.at });
      const t = stamp - painted[0].stamp;
      if (t > lastsMs) return resolve(painted);
      const clientX = from + (to - from) * (0.5 - 0.5 * Math.cos((t / 1_700) * Math.PI));
      track.dispatchEvent(new PointerEvent('pointermove', { bubbles: true, pointerId: 1, clientX, clientY: y }));
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
}

/** Time that the page's main thread has been at work. */
async function busyMs(session) {
  const { metrics } = await session.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'TaskDuration').value * 1_000;
}

/** Each begins somewhere else within the first days, and plays on from there. */
async function playing(server, token, last, seconds) {
  const took = [];
  let frames = 0;
  let dropped = 0;
  const others = watchOthers();
  const cpu = server.cpu;
  const ask = await visitor(server.port, token, BOARD);
  const timed = async (route, query) => {
    const { text, tookUs } = await ask(route, query);
    took.push(tookUs);
    return JSON.parse(text);
  };
  const watch = async (viewer) => {
    const begin = last - (DAYS - 1) * DAY_MS + (viewer / VIEWERS) * DAY_MS;
    let { seq } = await timed('replay/seek', { at: new Date(begin).toISOString() });
    let known = begin;
    let fetching;
    const fetchOn = async (at) => {
      const until = at + 2 * AHEAD_MS;
      const { to, entries, more } = await timed('replay/entries', { after: seq, until: new Date(until).toISOString(), most: PAGE });
      seq = to;
      known = Math.max(known, more ? entries.at(-1).at - 1 : until);
    };
    await fetchOn(begin);
    const started = performance.now();
    for (let frame = 0; frame < seconds * 30; frame++) {
      await sleep(Math.max(0, started + frame * FRAME_MS - performance.now()));
      // A viewer process that was late itself has still dropped the frame only if its picture was not there.
      const at = begin + frame * FRAME_MS * SPEED;
      frames++;
      if (known < at) dropped++;
      if (known - at < AHEAD_MS) fetching ??= fetchOn(at).finally(() => (fetching = undefined));
    }
    await fetching;
  };
  await Promise.all(Array.from({ length: VIEWERS }, (_, viewer) => watch(viewer)));
  return { foreign: others(), seconds, frames, dropped, cpuPct: round(((server.cpu - cpu) / seconds) * 100, 1), ...latencies(took) };
}
