/** The figures of a sitting as a table of goals, and the page that keeps the last ones. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { GOALS } from './goals.mjs';
import { describeMachine } from './machine.mjs';

const PAGE = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url));
/** One line a result, so that a sitting for one measure leaves the others as they were. */
const LINES = fileURLToPath(new URL('../../docs/benchmarks.jsonl', import.meta.url));
const [BEGIN, END] = ['<!-- figures: written by npm run bench -->', '<!-- end of figures -->'];

const median = (figure) => (typeof figure === 'object' ? figure?.median : figure);
const number = (x) => (x === undefined || x === null ? '–' : x >= 1_000 ? Math.round(x).toLocaleString('en') : String(Math.round(x * 100) / 100));

function judged(results) {
  const find = ([measure, load, kind]) => results.find((one) => one.measure === measure && one.load === load && one.kind === kind);
  return GOALS.flatMap(({ name, of, by, field, most, least }) => {
    const product = find(of);
    const floor = by && find(by);
    const value = median(product?.[field]);
    const floorValue = median(floor?.[field]);
    if (value === undefined || (by && floorValue === undefined)) return [];
    const score = by ? value / floorValue : value;
    const meets = (limit) => (most ? score <= limit : score >= limit);
    const { gate, aim } = most ?? least;
    const reached = meets(aim) ? 'aim' : meets(gate) ? 'gate' : 'no';
    const sign = most ? '≤' : '≥';
    const limits = [gate, aim].map((limit) => `${sign} ${number(limit)}${by ? '×' : ''}`);
    const noisy = product.noisy || floor?.noisy ? ' (noisy)' : '';
    return [[name, by ? number(floorValue) : '–', number(value), by ? `${number(score)}×` : '–', ...limits, reached + noisy]];
  });
}

const table = (head, rows) => [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

/** The goals that these results speak of. */
export function judge(results) {
  return table(['goal', 'floor', 'product', 'ratio', 'gate', 'aim', 'reached'], judged(results));
}

const NOT_FIGURES = new Set(['measure', 'load', 'kind', 'noisy', 'machine', 'at']);

function figures(results) {
  const text = (figure) =>
    typeof figure === 'object'
      ? figure.runs > 1
        ? `${number(figure.median)} [${number(figure.min)}–${number(figure.max)}]`
        : number(figure.median)
      : number(figure);
  return table(
    ['measure', 'load', 'who', 'median [least–most]'],
    results.map((result) => [
      result.measure,
      result.load,
      result.kind,
      Object.entries(result)
        .filter(([key]) => !NOT_FIGURES.has(key))
        .map(([key, figure]) => `${key} ${text(figure)}`)
        .join(' · '),
    ]),
  );
}

/** Replaces the results of the chosen measures and writes the page anew. */
export function renewPage(chosen, results) {
  const kept = existsSync(LINES)
    ? readFileSync(LINES, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line))
    : [];
  const stamp = { at: new Date().toISOString().slice(0, 10), machine: describeMachine() };
  const all = [...kept.filter(({ measure }) => !chosen.includes(measure)), ...results.map((result) => ({ ...result, ...stamp }))];
  writeFileSync(LINES, all.map((result) => `${JSON.stringify(result)}\n`).join(''));
  const machines = [...new Set(all.map(({ at, machine }) => `${machine}, ${at}`))].join('; ');
  const [before, rest] = readFileSync(PAGE, 'utf8').split(BEGIN);
  const after = rest.split(END)[1];
  writeFileSync(PAGE, `${before}${BEGIN}\n\nMeasured on ${machines}.\n\n${judge(all)}\n\n${figures(all)}\n\n${END}${after}`);
}
