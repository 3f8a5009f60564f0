/** Levels of the shipped schemes, worked out by hand beside the tables of libs/catalogue/schemes. */
import { defineBoard } from '@comm-cell/board/decide/define-board';
import type { BoardEvent } from '@comm-cell/board/events';
import { Fold } from '@comm-cell/board/evolve';
import { levelNow } from '@comm-cell/board/rules/level';
import { emptyBoard, type BoardState } from '@comm-cell/board/state';
import { DAY_MS, HOUR_MS } from '@comm-cell/board/time';
import { levelViews, type LevelView } from '@comm-cell/board/views/levels';
import { loadBoard } from '@comm-cell/catalogue/load';
import { describe, expect, it } from '@jest/globals';

const NOON = Date.UTC(2026, 0, 19, 12);
const [bucks, derwen] = [loadBoard('buckinghamshire'), loadBoard('cwm-derwen')];

type Board = typeof bucks;

/** The board at `at` with these values, all of them fresh. */
function boardAt(board: Board, values: Readonly<Record<string, number>>, at = NOON, others: readonly BoardEvent[] = []): BoardState {
  const fold = new Fold(emptyBoard);
  for (const event of defineBoard(emptyBoard, board).events) fold.apply(event, at - HOUR_MS);
  for (const [series, value] of Object.entries(values)) {
    fold.apply({ kind: 'ReadingsRecorded', feed: board.series[series]!.feed, batch: series, readings: [{ series, at, value }] }, at);
  }
  for (const event of others) fold.apply(event, at);
  return fold.finish();
}

/** Values by parameter → values by series of that level. */
function measured(board: Board, level: string, values: Readonly<Record<string, number>>): Record<string, number> {
  const { parameters } = board.response!.levels[level]!;
  return Object.fromEntries(
    Object.entries(values).flatMap(([parameter, value]): [string, number][] => {
      const figure = parameters![parameter]!;
      const rollup = board.rollups[figure];
      // A share of one place is sent as its two halves.
      return rollup
        ? [
            [rollup.of[0]!, value * 10],
            [rollup.over![0]!, 1000],
          ]
        : [[figure, value]];
    }),
  );
}

function view(state: BoardState, level: string, at = NOON): LevelView {
  return levelViews(state, at).find(({ id }) => id === level)!;
}

const OPEL = ['handover', 'four-hour', 'attendance-variation', 'majors-occupancy', 'to-treatment', 'over-12h', 'occupancy', 'escalation-beds', 'no-criteria'];
const opel = (...values: number[]): Record<string, number> => Object.fromEntries(values.map((value, i) => [OPEL[i]!, value]));

describe('OPEL 2023/24', () => {
  it.each([
    //  handover 4h  var maj  treat 12h occ   esc  nctr     points by hand                         sum   level
    ['a quiet Tuesday', [11, 82, -4, 62, 40, 1, 91, 0, 11], /* 0+1+0+0+0+0+0+0+2 */ 3, 1],
    ['a busy day', [16, 74, 4, 84, 65, 2.5, 93, 0, 11], /* 2+2+1+2+1+2+2+0+2 */ 14, 2],
    ['a winter Monday', [34, 58, 12, 118, 150, 11, 97.2, 3.5, 14.3], /* 4+3+2+4+3+6+4+2+3 */ 31, 3],
    ['a very bad night', [75, 40, 25, 130, 200, 12, 99, 7, 16], /* 6+3+3+6+4+6+6+5+5 */ 44, 4],
    ['exactly at every line', [15, 95, 2, 80, 60, 2, 92, 2, 10], /* 2+0+0+0+0+0+0+0+0 */ 2, 1],
    ['handover at 60 is not over 60', [60, 76, 20, 120, 180, 10, 98, 6, 15], /* 4+1+2+4+3+4+4+3+3 */ 28, 3],
  ] as const)('%s', (_, values, score, level) => {
    const now = levelNow(boardAt(bucks, measured(bucks, 'acute', opel(...values))), 'acute', NOON)!;
    expect([now.score, now.low, now.high, now.known, now.of]).toEqual([[score, score], level, level, 9, 9]);
  });

  it.each([
    [11, 1],
    [12, 2],
    [22, 2],
    [23, 3],
    [33, 3],
    [34, 4],
    // A weighted mean of sites need not be whole: over 11 is OPEL 2.
    [11.4, 2],
  ])('a score of %d is OPEL %d', (score, level) => {
    expect(bucks.response!.schemes['opel-2023-24']!.cuts.find(({ upTo }) => score <= upTo)?.level).toBe(level);
  });

  it('is a range without handover and occupancy: 31 − 4 − 4 = 23 at best, 23 + 6 + 6 = 35 at worst', () => {
    const { handover: _h, occupancy: _o, ...rest } = opel(34, 58, 12, 118, 150, 11, 97.2, 3.5, 14.3);
    const now = levelNow(boardAt(bucks, measured(bucks, 'acute', rest)), 'acute', NOON)!;
    expect([now.score, now.low, now.high, now.known, now.of]).toEqual([[23, 35], 3, 4, 7, 9]);
  });

  it('carries a late value for its time, then counts it as missing', () => {
    const state = boardAt(bucks, measured(bucks, 'acute', opel(34, 58, 12, 118, 150, 11, 97.2, 3.5, 14.3)));
    const handover = (at: number) => levelNow(state, 'acute', at)!.parameters[0]!.state;
    // Expected after 15 minutes, 15 minutes of grace, carried for 2 hours.
    expect([handover(NOON + 30 * 60_000), handover(NOON + 30 * 60_000 + 1)]).toEqual(['counted', 'carried']);
    expect([handover(NOON + 150 * 60_000), handover(NOON + 150 * 60_000 + 1)]).toEqual(['carried', 'missing']);
  });

  it('says what one change would make it lower, the smallest first', () => {
    // 4+2+0+4+1+4+4+2+2 = 23: one point too many for OPEL 2, so that any single better band is enough.
    const state = boardAt(bucks, measured(bucks, 'acute', opel(34, 70, 1, 118, 61, 6, 95.5, 2.5, 11)));
    const { wouldLower } = view(state, 'acute');
    expect(wouldLower.map(({ parameter, to, saves }) => [parameter, to, saves])).toEqual([
      ['occupancy', 95, 2],
      ['to-treatment', 60, 1],
      ['four-hour', 76, 1],
      ['no-criteria', 10, 2],
      ['handover', 29, 2],
      ['majors-occupancy', 100, 2],
      ['over-12h', 5, 2],
      ['escalation-beds', 2, 2],
    ]);
  });

  it('says honestly that no single change is enough', () => {
    // 31: to reach 22 a single figure would have to give up nine points, and none has more than six.
    expect(view(boardAt(bucks, measured(bucks, 'acute', opel(34, 58, 12, 118, 150, 11, 97.2, 3.5, 14.3))), 'acute').wouldLower).toEqual([]);
  });

  it('is shown as indicative until its table is confirmed and signed off', () => {
    const state = boardAt(bucks, {});
    expect(view(state, 'acute').indicative).toBe(true);
    const scheme = bucks.response!.schemes['opel-2023-24']!;
    const signed = { ...scheme, signedOff: { by: 'Director', on: '2026-01-01' }, parameters: scheme.parameters.map((one) => ({ ...one, confirmed: true })) };
    const board = { ...bucks, response: { ...bucks.response!, schemes: { ...bucks.response!.schemes, [scheme.id]: signed } } };
    expect(view(boardAt(board, {}), 'acute').indicative).toBe(false);
    expect(view(boardAt(board, {}), 'system').indicative).toBe(true);
  });
});

describe('the pillars of OPEL 2024 to 2026', () => {
  const calls = measured(bucks, 'nhs-111', { abandoned: 11, answer: 200, 'clinical-queue': 70, 'clinical-longest': 100 });
  const quiet = measured(bucks, 'acute', opel(11, 82, -4, 62, 40, 1, 91, 0, 11));
  const says = (provider: string, feed: string, level: number): BoardEvent => ({
    kind: 'StatusPosted',
    provider,
    feed,
    text: 'as it is',
    level,
    until: NOON + 12 * HOUR_MS,
  });

  it('add up the parameters of one pillar alone: 15 + 15 + 8 + 0 = 38, over 25, at most 50', () => {
    const now = levelNow(boardAt(bucks, calls), 'nhs-111', NOON)!;
    expect([now.score, now.low, now.high, now.of]).toEqual([[38, 38], 2, 2, 4]);
  });

  it('make the system as bad as its worst, and a range while one of them is silent', () => {
    const both = { ...calls, ...quiet };
    const without = levelNow(boardAt(bucks, both, NOON, [says('bucks-community', 'urgent-response', 3)]), 'system', NOON)!;
    expect([without.low, without.high, without.known, without.of]).toEqual([3, 4, 14, 15]);
    const all = [says('bucks-community', 'urgent-response', 3), says('bucks-mental-health', 'mental-health-live', 1)];
    const known = levelNow(boardAt(bucks, both, NOON, all), 'system', NOON)!;
    expect([known.low, known.high, known.known]).toEqual([3, 3, 15]);
  });
});

const WALES = ['handover', 'crews-waiting', 'four-hour', 'over-12h', 'occupancy', 'escalation-beds', 'care-delays'];
const wales = (...values: number[]): Record<string, number> => Object.fromEntries(values.map((value, i) => [WALES[i]!, value]));

describe('the operational levels of NHS Wales', () => {
  it.each([
    //               handover crews 4h  12h occ esc delays   points by hand     sum level
    ['steady', [12, 0, 96, 0, 90, 0, 20], /* 0+0+0+0+0+0+0 */ 0, 1],
    ['moderate', [20, 1, 80, 3, 94, 4, 25], /* 1+0+1+1+1+1+0 */ 5, 1],
    ['just level 2', [20, 3, 80, 3, 94, 4, 25], /* 1+1+1+1+1+1+0 */ 6, 2],
    ['severe', [50, 6, 70, 9, 96, 9, 35], /* 2+2+2+2+2+2+1 */ 13, 3],
    ['extreme', [90, 10, 50, 25, 99, 18, 80], /* 3+3+3+3+3+3+3 */ 21, 4],
  ] as const)('%s', (_, values, score, level) => {
    const now = levelNow(boardAt(derwen, measured(derwen, 'derwen', wales(...values))), 'derwen', NOON)!;
    expect([now.score, now.low, now.high, now.known, now.of]).toEqual([[score, score], level, level, 7, 7]);
  });

  it('weigh the sites with the share of the day', () => {
    const at = (moment: number) => {
      const sites = {
        // 2+2+2+2+2+2+0 = 12
        ...measured(derwen, 'derwen', wales(50, 6, 70, 9, 96, 9, 20)),
        // 1+1+1+1+1+0+0 = 5
        ...measured(derwen, 'glan-nant', wales(20, 3, 80, 3, 94, 0, 20)),
      };
      const now = levelNow(boardAt(derwen, sites, moment), 'bwrdd', moment)!;
      return [now.score[0], now.low, now.high];
    };
    // 0.72 × 12 + 0.28 × 5 = 8.64 + 1.4 = 10.04, over 10: level 3. From April 0.7 × 12 + 0.3 × 5 = 8.4 + 1.5 = 9.9: level 2.
    expect(at(NOON)).toEqual([10.04, 3, 3]);
    expect(at(Date.UTC(2026, 3, 20, 11))).toEqual([9.9, 2, 2]);
  });

  it('change their weights at local midnight, not at that of UTC', () => {
    const state = boardAt(derwen, measured(derwen, 'derwen', wales(50, 6, 70, 9, 96, 9, 20)), Date.UTC(2026, 2, 31, 22));
    const weight = (at: number) => levelNow(state, 'bwrdd', at)!.parts[0]!.weight;
    const midnight = Date.UTC(2026, 2, 31, 23);
    expect([weight(midnight - 1), weight(midnight)]).toEqual([0.72, 0.7]);
  });

  it('know a business continuity incident only as declared', () => {
    const scheme = derwen.response!.schemes['wales-operational']!;
    expect(scheme.levels.map(({ n }) => n)).toEqual([1, 2, 3, 4, 5]);
    expect(Math.max(...scheme.cuts.map(({ level }) => level))).toBe(4);
    const incident: BoardEvent = { kind: 'StatusPosted', provider: 'canolfan', feed: 'canolfan', text: 'Flood', level: 5, until: NOON + DAY_MS };
    expect(view(boardAt(derwen, {}, NOON, [incident]), 'bwrdd').declared).toMatchObject({ n: 5, by: 'Canolfan gydlynu', overdue: false });
  });
});
