/** The machine under the measurements: one clock for all processes, what each process used, and whose work coloured a run. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import os from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

/** Monotonic microseconds, the same for every process of this machine. */
export const microseconds = () => Number(process.hrtime.bigint() / 1000n);

/** Readings carry the instant at which they were due as their value; no measurement lasts a thousand seconds. */
export const WRAP = 1e9;
export const stampOf = (due) => due % WRAP;

export const round = (x, digits = 2) => (Number.isFinite(x) ? Math.round(x * 10 ** digits) / 10 ** digits : null);

/** Quantiles of latencies in microseconds, in milliseconds. */
export function latencies(values) {
  const sorted = Float64Array.from(values).sort();
  const at = (q) => round(sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] / 1000);
  return { n: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) };
}

export function spread(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return { median: round((sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2), min: round(sorted[0]), max: round(sorted.at(-1)), runs: sorted.length };
}

/** CPU seconds a process has used, user and system. */
export function cpuOf(pid) {
  const [user, system] = fieldsOf(pid).slice(11, 13).map(Number);
  return (user + system) / 100;
}

export const residentOf = (pid) => Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;

function fieldsOf(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** Every process that descends from `root`, itself included. */
export function familyOf(root) {
  const children = new Map();
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const parent = Number(fieldsOf(pid)[1]);
      children.set(parent, [...(children.get(parent) ?? []), Number(pid)]);
    } catch {
      // It has ended meanwhile.
    }
  }
  const family = [root];
  for (const pid of family) family.push(...(children.get(pid) ?? []));
  return family;
}

/** Jiffies of this process's family, with those of children that have ended. */
function ownWork() {
  let sum = 0;
  for (const pid of familyOf(process.pid)) {
    try {
      sum += fieldsOf(pid)
        .slice(11, 15)
        .reduce((total, jiffies) => total + Number(jiffies), 0);
    } catch {
      // It has ended meanwhile; its parent keeps the account.
    }
  }
  return sum;
}

function jiffies() {
  const [user, nice, system, idle, wait, irq, soft, steal] = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0].trim().split(/\s+/).slice(1).map(Number);
  return { work: user + nice + system, idle: idle + wait, total: user + nice + system + idle + wait + irq + soft + steal };
}

/** Starts watching; the answer gives the share of the machine, in per cent, that other people's processes took meanwhile. */
export function watchOthers() {
  const before = { ...jiffies(), own: ownWork() };
  return () => {
    const after = { ...jiffies(), own: ownWork() };
    return round((Math.max(0, after.work - before.work - (after.own - before.own)) / (after.total - before.total)) * 100, 1);
  };
}

/** More than this share taken by others, and a run is done again. */
const FOREIGN_LIMIT = Number(process.env.BENCH_FOREIGN_PCT ?? 6);
const QUIET_MS = Number(process.env.BENCH_QUIET_MS ?? 20_000);
const EXTRA_ROUNDS = 4;

async function untilQuiet() {
  for (const until = performance.now() + QUIET_MS; performance.now() < until;) {
    const before = jiffies();
    await sleep(500);
    const after = jiffies();
    if (1 - (after.idle - before.idle) / (after.total - before.total) < 0.15) return;
  }
}

/**
 * Lets every contender run in turn, so that floor and product meet the same weather, until each has `runs` quiet results.
 * What the machine never let be quiet is kept with its `foreign` share, and said to be so.
 */
export async function alternate(contenders, runs, once) {
  const results = Object.fromEntries(contenders.map(({ kind }) => [kind, []]));
  const wants = ({ kind }) => results[kind].filter(({ foreign }) => foreign <= FOREIGN_LIMIT).length < runs;
  for (let turn = 0; turn < runs + EXTRA_ROUNDS && contenders.some(wants); turn++) {
    for (const contender of contenders.filter(wants)) {
      await untilQuiet();
      results[contender.kind].push(await once(contender));
    }
  }
  for (const kind of Object.keys(results)) results[kind] = results[kind].sort((a, b) => a.foreign - b.foreign).slice(0, runs);
  return results;
}

/** Median, least and most of every number of the runs. */
export function summarise(runs) {
  const keys = Object.keys(runs[0]).filter((key) => typeof runs[0][key] === 'number');
  const summary = Object.fromEntries(keys.map((key) => [key, spread(runs.map((run) => run[key]))]));
  return { ...summary, noisy: summary.foreign !== undefined && summary.foreign.max > FOREIGN_LIMIT };
}

export function describeMachine() {
  const { model } = os.cpus()[0];
  const release = existsSync('/etc/os-release') ? /^PRETTY_NAME="?([^"\n]+)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] : undefined;
  return `${os.cpus().length} × ${model.trim()}, ${Math.round(os.totalmem() / 2 ** 30)} GiB, ${release ?? os.type()}, Node ${process.versions.node}`;
}
