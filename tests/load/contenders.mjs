/** Who is measured: the product, and what it is compared with. Each takes the same readings in its own words. */
import { smallBoard } from './rig.mjs';
import { stampOf } from './machine.mjs';

const BOARD = 'bench';

/** The figure of the n-th series at a step. They differ as in life: deliveries that are another's, or an earlier one again, are held. */
export const figureAt = (step) => (n) => 1 + ((step * 37 + n * 101) % (900 + n));
const valueOf = (value, n) => (typeof value === 'function' ? value(n) : value);

/** Feeds of 50 series each; a reading may carry any instant as its value. `value` is one for all, or made for each of them. */
export class Product {
  kind = 'product';
  displays = { kind: 'live', board: BOARD };

  constructor({ feeds, each = 50 }) {
    this.feeds = Array.from({ length: feeds }, (_, f) => ({
      route: `/v1/feeds/${f === 0 ? 'ed' : `ed-${f + 1}`}/batches`,
      place: f === 0 ? 'here' : `here-${f + 1}`,
    }));
    this.each = each;
  }

  async start(rig, options) {
    const { feeds, each } = this;
    const { url, key } = await rig.boardDatabase(
      `${feeds.length}x${each}`,
      smallBoard({ id: BOARD, feeds: feeds.length, series: each, range: { min: 0, max: 1e9 } }),
    );
    return { url, key, server: await rig.product(url, options) };
  }

  /** The i-th post goes to the next feed and moves the next `count` of its series on to `at`, as providers do. */
  post(i, count, value, at = Date.now()) {
    const { route, place } = this.feeds[i % this.feeds.length];
    const first = Math.floor(i / this.feeds.length) * count;
    const observedAt = new Date(at).toISOString();
    const readings = Array.from({ length: count }, (_, k) => ({
      series: `m.${((first + k) % this.each) + 1}@${place}`,
      observedAt,
      value: valueOf(value, (i % this.feeds.length) * this.each + k),
    }));
    return { route, body: JSON.stringify({ readings }) };
  }
}

/** `ws` and `socket.io` are hand-written down to the socket, `typical` is what a tutorial gives. */
export class Floor {
  constructor(kind, { feeds, each = 50 }) {
    this.kind = kind;
    this.displays = { kind: kind === 'ws' ? 'ws' : 'socket.io' };
    this.series = feeds * each;
    this.feeds = feeds;
    this.each = each;
  }

  async start(rig, options) {
    const url = await rig.floorDatabase();
    return { url, server: await rig.floor(this.kind, url, options) };
  }

  post(i, count, value, at = Date.now()) {
    const first = (i % this.feeds) * this.each;
    const step = Math.floor(i / this.feeds) * count;
    const observedAt = new Date(at).toISOString();
    const readings = Array.from({ length: count }, (_, k) => ({ series: first + ((step + k) % this.each), observedAt, value: valueOf(value, first + k) }));
    return { route: '/readings', body: JSON.stringify({ readings }) };
  }
}

/** A post whose readings carry the instant at which it was due. */
export const stamped = (contender, count) => (i, due) => contender.post(i, count, stampOf(due));
