/** A past moment under other rules, against the live steps: they must agree wherever a back-test knows all that live knew. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { dayOf, type Day, type Input, playDay, weatherOf } from '../../../tests/support/days.js';
import type { Line } from '../src/decide/backtest.js';
import { seriesFor, underToday } from '../src/decide/under-today.js';
import { recordReadings } from '../src/decide/record-readings.js';
import type { Entry } from '../src/events.js';
import type { Alert, BoardState } from '../src/state.js';
import { MINUTE_MS } from '../src/time.js';

/** A minute for each feed: what two of them bring at one moment is one step here and two steps live. */
const APART_MS: Readonly<Record<string, number>> = { north: 0, south: MINUTE_MS, council: 2 * MINUTE_MS };

/** A day on which every batch comes at its moment and nobody does anything. */
function quietly(day: Day, end: number): Day {
  const newest = new Map<string, number>();
  const inputs = day.inputs.flatMap((input, i): Input[] => {
    if (i === 0) return [input];
    const [first] = input.rows ?? [];
    if (!first || first.rev !== 0 || first.at <= (newest.get(input.source) ?? 0)) return [];
    newest.set(input.source, first.at);
    const at = first.at + APART_MS[input.source]!;
    const rows = input.rows!.map((row) => ({ ...row, at }));
    const asked = { feed: input.source, batch: `${input.source} ${at}`, rows, unreadable: [] };
    return [{ at, source: input.source, rows, decide: (state, known, now) => recordReadings(state, asked, known, now).events }];
  });
  return { ...day, end, inputs: inputs.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at) };
}

function linesOf(journal: readonly Entry[], series: readonly string[]): Map<string, Line> {
  const readings = journal.flatMap(({ event }) => (event.kind === 'ReadingsRecorded' ? event.readings : []));
  return new Map(
    series.map((id) => {
      const own = readings.filter((one) => one.series === id).sort((a, b) => a.at - b.at);
      return [id, { at: Float64Array.from(own, ({ at }) => at), value: Float64Array.from(own, ({ value }) => (value === null ? NaN : Number(value))) }];
    }),
  );
}

function under(known: BoardState, today: BoardState, at: number, lines: ReadonlyMap<string, Line>): BoardState {
  for (const work = underToday(known, today, at, lines); ;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}

const brief = ({ phase, severity, since, firedAt, behind, lostSince, easingSince, value }: Alert): object => ({
  phase,
  severity,
  since,
  firedAt,
  behind,
  lostSince,
  easingSince,
  value,
});
const briefly = (alerts: BoardState['alerts']): object => Object.fromEntries(Object.entries(alerts).map(([id, alert]) => [id, brief(alert)]));

test('a rule with hours of its own comes to an end where there are no readings at all', () => {
  const day = dayOf(1);
  const { state } = playDay({ ...day, inputs: day.inputs.slice(0, 1) }, weatherOf(day, 1));
  const rules = Object.fromEntries(
    Object.entries(state.rules).map(([id, one]) => [
      id,
      one.rule ? { ...one, rule: { ...one.rule, active: { days: [1, 2], from: '08:00', to: '18:00' } } } : one,
    ]),
  );
  expect(under(state, { ...state, rules }, day.end, new Map()).alerts).toEqual({});
});

describe('a past moment under the rules of another day', () => {
  test('that are the same rules, on a day that nobody touched: the alerts that stood', () => {
    let open = 0;
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5_000 }), fc.double({ min: 0.2, max: 1, noNaN: true }), (seed, share) => {
        const whole = dayOf(seed);
        const at = Math.floor(whole.start + (whole.end - whole.start) * share);
        const day = quietly(whole, at);
        const { journal, state } = playDay(day, { ...weatherOf(day, 1), dies: () => false });
        // What was held back is among the things a back-test does not know.
        fc.pre(!journal.some(({ event }) => event.kind === 'ReadingsQuarantined'));
        const told = under(state, state, at, linesOf(journal, seriesFor(state)));
        expect(briefly(told.alerts)).toEqual(briefly(state.alerts));
        open += Object.keys(told.alerts).length;
      }),
      { numRuns: 150, interruptAfterTimeLimit: 20_000, markInterruptAsFailure: true, endOnFailure: true },
    );
    expect(open).toBeGreaterThan(50);
  });
});
