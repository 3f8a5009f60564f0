/**
 * What alerts cost: readings a second with 2,000 rules over 1,000 series against the same board without any, and how long it
 * takes from a reading sent to its alert on every display, against the floor that only passes the reading on.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { figureAt, Floor, Product, stamped } from '../contenders.mjs';
import { alternate, summarise, stampOf, watchOthers } from '../machine.mjs';
import { Connection, postFlatOut, postOnTime } from '../posts.mjs';
import { smallBoard } from '../rig.mjs';

const FEEDS = 20;
const EACH = 50;
const DISPLAYS = 200;
const PER_SECOND = 100;
/** Every so many posts one takes a series over its line: a flood by any measure of a control room. */
const CROSS_EVERY = 20;
/** An alert is over so many alerts later, so that its series can raise another. */
const OVER_AFTER = 25;
const BEGIN_MS = Date.now() - 50 * 24 * 3_600_000;

const both = (text) => ({ en: text, cy: text });
const RESPONSE = {
  groups: { duty: { id: 'duty', name: both('Duty'), kind: 'duty', climb: [{ afterMs: 600_000, group: 'duty' }] } },
  holidays: [],
  cards: { look: { id: 'look', title: both('Look'), steps: [] } },
  schemes: {},
  levels: {},
};

/** Two rules a series: one is crossed by every value that is not negative or by none that is sent, one waits for a dwell. */
class Ruled extends Product {
  constructor(kind, { crossed }) {
    super({ feeds: FEEDS, each: EACH });
    this.kind = kind;
    this.crossed = crossed;
  }

  async start(rig, options) {
    const board = smallBoard({ id: this.displays.board, feeds: FEEDS, series: EACH, range: { min: -1, max: 2e9 } });
    const { url, key } = await rig.boardDatabase(this.kind, { ...board, response: RESPONSE, rules: this.#rules(Object.values(board.series)) });
    return { url, key, server: await rig.product(url, options) };
  }

  #rules(series) {
    const rule = ({ id: figure, place }, name, more) => ({
      id: `${name}.${figure}`,
      label: both(name),
      place,
      severity: 'act',
      forReadings: 1,
      clear: { forMs: 0, readings: 1 },
      owner: 'duty',
      card: 'look',
      tests: [],
      ...more,
      when: { kind: 'line', figure, band: more.band },
    });
    const rules = series.flatMap((one) => [
      rule(one, 'line', { band: this.crossed ? { atLeast: 0 } : { over: 1e9 }, forMs: 0 }),
      rule(one, 'dwell', { band: { over: 1.5e9 }, forMs: 600_000 }),
    ]);
    return Object.fromEntries(rules.map(({ band: _line, ...one }) => [one.id, one]));
  }

  /** Half of a feed's series are taken over their lines in turn, and brought back; the others stay where they are. */
  crossing(i, due) {
    const turn = i % CROSS_EVERY;
    const [rises, falls] = [turn === 0, turn === CROSS_EVERY / 2];
    const n = rises || falls ? Math.floor(i / CROSS_EVERY) + (falls ? FEEDS * EACH - OVER_AFTER : 0) : i;
    const { route, place } = this.feeds[n % FEEDS];
    const series = `m.${(Math.floor(n / FEEDS) % (EACH / 2)) + 1 + (rises || falls ? 0 : EACH / 2)}@${place}`;
    return { route, body: JSON.stringify({ readings: [{ series, observedAt: new Date().toISOString(), value: rises ? stampOf(due) : -1 }] }) };
  }
}

export async function measure({ rig, runs, quick, tell }) {
  const costs = [new Product({ feeds: FEEDS, each: EACH }), new Ruled('product with 2,000 rules', { crossed: false })];
  const rates = await alternate(costs, runs, (contender) => flatOut(rig, contender, quick ? 3 : 6));
  for (const { kind } of costs) tell({ load: `batches of ${EACH} over 1,000 series`, kind, ...summarise(rates[kind]) });

  const seen = [new Floor('ws', { feeds: FEEDS, each: EACH }), new Ruled('product', { crossed: true })];
  const times = await alternate(seen, runs, (contender) => toDisplays(rig, contender, quick ? 4 : 8));
  for (const { kind } of seen) tell({ load: `${PER_SECOND} readings/s to ${DISPLAYS} displays`, kind, ...summarise(times[kind]) });
}

async function flatOut(rig, contender, seconds) {
  const { url, key, server } = await contender.start(rig);
  const connections = Array.from({ length: FEEDS }, () => new Connection(server.port, key));
  const sent = connections.map(() => 0);
  const make = (lane) => contender.post(lane, EACH, figureAt(sent[lane]), BEGIN_MS + sent[lane]++ * 60_000);
  await postFlatOut({ connections, seconds: 2, make });
  const others = watchOthers();
  const cpu = server.cpu;
  const { posts, perSecond, bad, ack } = await postFlatOut({ connections, seconds, make });
  const cpuMicrosecondsPerReading = ((server.cpu - cpu) * 1e6) / posts / EACH;
  const foreign = others();
  for (const connection of connections) connection.close();
  await server.kill();
  await rig.drop(url);
  if (bad > 0) throw new Error(`${contender.kind}: ${bad} posts failed.\n${server.printed}`);
  return { foreign, readingsPerSecond: perSecond * EACH, p50: ack.p50, p99: ack.p99, cpuMicrosecondsPerReading };
}

async function toDisplays(rig, contender, seconds) {
  const { url, key, server } = await contender.start(rig);
  const isFloor = contender instanceof Floor;
  // The floor shows every reading; of the product only an alert that was raised counts, which carries the value that raised it.
  const displays = await rig.displays({ ...contender.displays, port: server.port, count: DISPLAYS, ...(!isFloor && { find: '"turn":"raised"' }) });
  const make = isFloor ? stamped(contender, 1) : (i, due) => contender.crossing(i, due);
  const post = (from, forSeconds) =>
    postOnTime({ connect: () => new Connection(server.port, key), perSecond: PER_SECOND, seconds: forSeconds, make: (i, due) => make(from + i, due) });
  await post(0, 2);
  await sleep(300);
  await displays.ask('reset');

  const others = watchOthers();
  const { posts, bad, ack } = await post(2 * PER_SECOND, seconds);
  const foreign = others();
  await sleep(500);
  const { got, frames, late } = await displays.ask('report');
  await displays.kill();
  await server.kill();
  await rig.drop(url);
  const wanted = (isFloor ? posts : posts / CROSS_EVERY) * DISPLAYS;
  if (!isFloor && (bad > 0 || got !== wanted)) throw new Error(`${bad} posts failed, ${got} of ${wanted} alerts were seen.\n${server.printed}`);
  return { foreign, p50: late.p50, p99: late.p99, max: late.max, ackP50: ack.p50, ackP99: ack.p99, framesPerSecond: frames / DISPLAYS / seconds };
}
