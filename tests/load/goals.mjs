/**
 * What the product is held to, always against what the same machine gave the floor in the same sitting. `gate` is the least,
 * `aim` is what we want. `least` and `most` say which side is good.
 */
const E2E_200 = ['e2e', '100 readings/s to 200 displays'];
const E2E_500 = ['e2e', '500 readings/s to 200 displays'];
const INGEST = ['ingest', 'batches of 50, 32 connections'];
const FAN_OUT = ['fan-out', '10 changes/s to 1000 displays'];
const CEILING = ['fan-out', 'ceiling, 1000 displays'];
const ALERTS = ['alerts', '100 readings/s to 200 displays'];
const RULES = ['alerts', 'batches of 50 over 1,000 series'];
const SEEK = ['seek', '1,000 series of 10,000,000 readings'];
const YEAR = ['trends', 'a year of hours'];
const REPLAY = ['replay', '300 series of 4 days, every quarter of an hour'];
const START = ['start', 'embedded PostgreSQL', 'npm start, empty system'];
const DEMO = ['start', 'embedded PostgreSQL', 'npm start, demo'];

/** `of` over `by` (when there is one) in `field`. */
export const GOALS = [
  { name: 'Reading to display, 100/s to 200 displays, p50', of: [...E2E_200, 'product'], by: [...E2E_200, 'ws'], field: 'p50', most: { gate: 1.5, aim: 1.25 } },
  { name: 'Reading to display, 100/s to 200 displays, p99', of: [...E2E_200, 'product'], by: [...E2E_200, 'ws'], field: 'p99', most: { gate: 1.5, aim: 1.3 } },
  { name: 'Reading to display, 500/s to 200 displays, p99', of: [...E2E_500, 'product'], by: [...E2E_500, 'ws'], field: 'p99', most: { gate: 2.5, aim: 1.7 } },
  { name: 'The same against the typical build', of: [...E2E_500, 'product'], by: [...E2E_500, 'typical'], field: 'p99', most: { gate: 1, aim: 0.35 } },
  { name: 'Durable readings/s over HTTP', of: [...INGEST, 'product'], by: [...INGEST, 'ws'], field: 'readingsPerSecond', least: { gate: 0.6, aim: 0.85 } },
  {
    name: 'The same against raw SQL (1,000 rows × 4)',
    of: [...INGEST, 'product'],
    by: [...INGEST, 'SQL 1000 × 4'],
    field: 'readingsPerSecond',
    least: { gate: 0.4, aim: 0.55 },
  },
  { name: 'Change to 1,000 displays, p99', of: [...FAN_OUT, 'product'], by: [...FAN_OUT, 'ws'], field: 'p99', most: { gate: 1.5, aim: 1.2 } },
  {
    name: 'CPU a delivery, against bare socket.io',
    of: [...FAN_OUT, 'product'],
    by: [...FAN_OUT, 'socket.io'],
    field: 'cpuMicrosecondsPerDelivery',
    most: { gate: 1.2, aim: 1.05 },
  },
  { name: 'Memory a display, kB', of: [...FAN_OUT, 'product'], field: 'kilobytesPerDisplay', most: { gate: 50, aim: 32 } },
  {
    name: 'Most changes/s to 1,000 displays, against bare socket.io',
    of: [...CEILING, 'product'],
    by: [...CEILING, 'socket.io'],
    field: 'changesPerSecond',
    least: { gate: 0.6, aim: 0.9 },
  },
  {
    name: 'Reading to alert on a display, 100/s to 200 displays, p99',
    of: [...ALERTS, 'product'],
    by: [...ALERTS, 'ws'],
    field: 'p99',
    most: { gate: 2, aim: 1.5 },
  },
  {
    name: 'Durable readings/s with 2,000 rules, against none',
    of: [...RULES, 'product with 2,000 rules'],
    by: [...RULES, 'product'],
    field: 'readingsPerSecond',
    least: { gate: 0.7, aim: 0.9 },
  },
  { name: 'The board at any instant of a year, p50', of: [...SEEK, 'product'], by: [...SEEK, 'SQL'], field: 'p50', most: { gate: 1.5, aim: 1 } },
  { name: 'The board at any instant of a year, p99', of: [...SEEK, 'product'], by: [...SEEK, 'SQL'], field: 'p99', most: { gate: 2, aim: 1.3 } },
  { name: 'A year of hours as a trend, p99, ms', of: [...YEAR, 'one figure by the hour'], field: 'p99', most: { gate: 200, aim: 100 } },
  { name: 'Dragging the timeline, pictures/s', of: [...REPLAY, 'dragging, one browser'], field: 'picturesPerSecond', least: { gate: 30, aim: 50 } },
  {
    name: 'Work of one dragged picture, ms of the page’s thread',
    of: [...REPLAY, 'dragging, one browser'],
    field: 'threadMsPerPicture',
    most: { gate: 33, aim: 16 },
  },
  { name: 'Frames dropped by 20 viewers at 3,600×', of: [...REPLAY, '20 viewers at 3,600×'], field: 'dropped', most: { gate: 0, aim: 0 } },
  { name: 'First start to ready, ms', of: START, field: 'firstReadyMs', most: { gate: 3_000, aim: 2_000 } },
  { name: 'Warm start to ready, ms', of: START, field: 'warmReadyMs', most: { gate: 1_500, aim: 800 } },
  { name: 'Demo, first live wall (what is built is built), ms', of: DEMO, field: 'firstLiveMs', most: { gate: 20_000, aim: 8_000 } },
  { name: 'Demo, warm live wall, ms', of: DEMO, field: 'warmLiveMs', most: { gate: 5_000, aim: 3_000 } },
  { name: 'Script of a wall, kB gzip', of: ['page', 'all script of a wall, gzip', 'product'], field: 'kilobytes', most: { gate: 80, aim: 50 } },
];
