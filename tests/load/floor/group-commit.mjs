/** The least that makes readings durable in groups: one prepared UNNEST statement, two of them under way at most. */
const LANES = 2;
const MOST_ROWS = 5_000;
const INSERT = `insert into readings select s, t, v, now() from unnest($1::int[], $2::timestamptz[], $3::float8[]) as x(s, t, v) on conflict do nothing`;

export const READINGS_TABLE = `create table readings (series_id int not null, observed_at timestamptz not null, value float8, received_at timestamptz not null, primary key (series_id, observed_at))`;

export const rowsOf = (readings) => [readings.map((one) => one.series), readings.map((one) => one.observedAt), readings.map((one) => one.value)];

export const insertRows = (client, rows) => client.query({ name: 'insert', text: INSERT, values: rows });

export class GroupCommit {
  #queue = [];
  #busy = 0;

  constructor(pool, onCommit = () => {}) {
    this.pool = pool;
    this.onCommit = onCommit;
  }

  push(readings) {
    return new Promise((resolve, reject) => {
      this.#queue.push({ readings, resolve, reject });
      if (this.#queue.length === 1) setImmediate(() => this.#drain());
    });
  }

  async #drain() {
    if (this.#busy >= LANES || this.#queue.length === 0) return;
    this.#busy++;
    const group = [];
    for (let rows = 0; this.#queue.length > 0 && rows < MOST_ROWS; rows += group.at(-1).readings.length) group.push(this.#queue.shift());
    try {
      const readings = group.flatMap((one) => one.readings);
      await insertRows(this.pool, rowsOf(readings));
      this.onCommit(readings);
      for (const { resolve } of group) resolve();
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
    this.#busy--;
    this.#drain();
  }
}
