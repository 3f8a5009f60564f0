/**
 * Does pressure in one figure precede pressure in another, and by how long? Both share the rhythm of the week, which would show
 * any two of them as related. So changes from hour to hour are looked at, less what is usual at that hour; what is left is compared
 * with what chance makes.
 */
import { dice } from './dice.js';
import { quantileOf } from './mean.js';

export interface LeadLagInput {
  /** Hourly values of the same hours; null = not known. */
  a: readonly (number | null)[];
  b: readonly (number | null)[];
  /** Hour of the week of each, 0 to 167. */
  hours: readonly number[];
  /** Longest lead or lag that is looked for, hours. */
  most: number;
  /** The same seed draws the same samples. */
  seed: number;
}

export interface LeadLag {
  /** Correlation of changes of A with changes of B so many hours later, with the 95 % interval of each. */
  lags: { lag: number; r: number; low: number; high: number }[];
  /** The strongest; `lagLow` to `lagHigh` holds it in 95 % of the samples. */
  best: { lag: number; r: number; lagLow: number; lagHigh: number } | null;
  /** The strongest correlation that unrelated figures show in 99 % of the samples: people try many pairs. */
  noise: number | null;
  /** cannot-tell: no stronger than chance, or too little data; unclear: related, but not which comes first. */
  verdict: 'a-first' | 'b-first' | 'together' | 'unclear' | 'cannot-tell';
  /** Hours in which both changes are known. */
  n: number;
}

const BLOCK_HOURS = 24;
const SAMPLES = 300;
const NOISE_SHARE = 0.99;
/** A week of hours at least. */
const LEAST = 168;
/** Hours of the week are known from six weeks on, before that only hours of the day. */
const WEEKS = 6;

/** Change from the hour before, less the usual change at that hour of the week. NaN = not known. */
function changesOf(values: readonly (number | null)[], hours: readonly number[]): Float64Array {
  const span = values.length >= WEEKS * 168 ? 168 : 24;
  const changes = values.map((value, i) => {
    const before = values[i - 1] ?? null;
    return value === null || before === null ? null : value - before;
  });
  const byHour = Array.from({ length: span }, (): number[] => []);
  for (const [i, change] of changes.entries()) if (change !== null) byHour[hours[i]! % span]!.push(change);
  const usual = byHour.map((own) => quantileOf(own, 0.5));
  return Float64Array.from(changes, (change, i) => (change === null ? NaN : change - usual[hours[i]! % span]!));
}

/** Sums that a correlation is made of. */
type Moments = [n: number, a: number, b: number, aa: number, bb: number, ab: number];

/** 0 where fewer than `least` pairs are known: a handful is always related. */
function correlation([n, a, b, aa, bb, ab]: Readonly<Moments>, least: number): number {
  if (n < least) return 0;
  const spread = Math.sqrt((aa - (a * a) / n) * (bb - (b * b) / n));
  return spread > 1e-12 ? (ab - (a * b) / n) / spread : 0;
}

function momentsOf(a: Float64Array, b: Float64Array, from: number, to: number, lag: number, turn = 0): Moments {
  const sums: Moments = [0, 0, 0, 0, 0, 0];
  for (let i = from; i < to; i++) {
    const j = i + lag;
    if (j < 0 || j >= b.length) continue;
    const x = a[i]!;
    const y = b[(j + turn) % b.length]!;
    if (Number.isNaN(x) || Number.isNaN(y)) continue;
    sums[0]++;
    sums[1] += x;
    sums[2] += y;
    sums[3] += x * x;
    sums[4] += y * y;
    sums[5] += x * y;
  }
  return sums;
}

const strongest = (rs: readonly number[]): number => rs.reduce((best, r, i) => (Math.abs(r) > Math.abs(rs[best]!) ? i : best), 0);

/**
 * Cross-correlation of deseasonalised, differenced hours. Intervals by a bootstrap of whole days, which keeps what neighbouring
 * hours share (Künsch, Annals of Statistics 17, 1989); the noise line by turning one series against the other by a random stretch
 * (Theiler et al., Physica D 58, 1992). Differencing after Box & Jenkins, "Time Series Analysis", ch. 11. That one comes first does
 * not mean that it is the cause.
 */
export function leadLag({ a, b, hours, most, seed }: LeadLagInput): LeadLag {
  const [da, db] = [changesOf(a, hours), changesOf(b, hours)];
  const lagOf = (i: number): number => i - most;
  const many = 2 * most + 1;
  const n = momentsOf(da, db, 0, da.length, 0)[0];
  const least = Math.max(3, n / 2);
  const rs = Array.from({ length: many }, (_, i) => correlation(momentsOf(da, db, 0, da.length, lagOf(i)), least));
  if (n < Math.max(LEAST, 4 * most)) {
    return { lags: [], best: null, noise: null, verdict: 'cannot-tell', n };
  }
  const next = dice(seed);
  const blocks = Array.from({ length: Math.ceil(da.length / BLOCK_HOURS) }, (_, block) =>
    Array.from({ length: many }, (_, i) => momentsOf(da, db, block * BLOCK_HOURS, Math.min((block + 1) * BLOCK_HOURS, da.length), lagOf(i))),
  );
  const drawn: number[][] = [];
  for (let sample = 0; sample < SAMPLES; sample++) {
    const sums = Array.from({ length: many }, (): Moments => [0, 0, 0, 0, 0, 0]);
    for (let k = 0; k < blocks.length; k++) {
      const block = blocks[Math.floor(next() * blocks.length)]!;
      for (let i = 0; i < many; i++) for (let m = 0; m < 6; m++) sums[i]![m]! += block[i]![m]!;
    }
    drawn.push(sums.map((moments) => correlation(moments, least)));
  }
  const byChance = Array.from({ length: SAMPLES }, () => {
    // Far enough apart that no looked-for lag meets its own hour.
    const turn = 2 * most + 1 + Math.floor(next() * Math.max(1, db.length - 4 * most - 2));
    return Math.max(...Array.from({ length: many }, (_, i) => Math.abs(correlation(momentsOf(da, db, 0, da.length, lagOf(i), turn), least))));
  });
  const noise = quantileOf(byChance, NOISE_SHARE)!;
  const at = strongest(rs);
  const places = drawn.map((sample) => lagOf(strongest(sample)));
  const best = { lag: lagOf(at), r: rs[at]!, lagLow: Math.floor(quantileOf(places, 0.025)!), lagHigh: Math.ceil(quantileOf(places, 0.975)!) };
  const lags = rs.map((r, i) => {
    const samples = drawn.map((sample) => sample[i]!);
    return { lag: lagOf(i), r, low: quantileOf(samples, 0.025)!, high: quantileOf(samples, 0.975)! };
  });
  return { lags, best, noise, verdict: verdictOf(best, noise), n };
}

function verdictOf({ r, lagLow, lagHigh }: NonNullable<LeadLag['best']>, noise: number): LeadLag['verdict'] {
  if (Math.abs(r) <= noise) return 'cannot-tell';
  if (lagLow > 0) return 'a-first';
  if (lagHigh < 0) return 'b-first';
  return lagLow === 0 && lagHigh === 0 ? 'together' : 'unclear';
}
