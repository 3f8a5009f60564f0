/**
 * I29: the turns in the journal are those of the reference, over simulated days with everything that happens to an alert, and
 * they are the same whenever the clock ticks and wherever the server starts again. I31 on the way: see the controls.
 */
import { describe, expect, test } from '@jest/globals';
import { canonical } from '@comm-cell/board/canonical';
import type { FeedDefinition } from '@comm-cell/board/definition';
import type { BoardEvent, Entry } from '@comm-cell/board/events';
import { evolveAll } from '@comm-cell/board/evolve';
import type { Rule } from '@comm-cell/board/rule';
import { type BoardState, emptyBoard } from '@comm-cell/board/state';
import { dayOf, playDay, weatherOf, type Day } from '../support/days.js';
import { differences, turnsIn } from '../support/reference.js';

const DAYS = 2_000;

describe.each(Array.from({ length: 20 }, (_, i) => i))('simulated days, part %i', (part) => {
  test(`${DAYS / 20} days: the journal holds the turns of the reference`, () => {
    for (let seed = part * (DAYS / 20) + 1; seed <= (part + 1) * (DAYS / 20); seed++) {
      const day = dayOf(seed);
      const { journal } = playDay(day, weatherOf(day, 1));
      expect([seed, ...differences(journal, day.end)]).toEqual([seed]);
    }
  });
});

describe('control: a product with a fault would be caught', () => {
  const caught = (play: (day: Day) => Entry[]): number =>
    Array.from({ length: 40 }, (_, i) => dayOf(i + 1)).filter((day) => differences(play(day), day.end).length > 0).length;
  const plain = (day: Day): Entry[] => playDay(day, weatherOf(day, 1)).journal;

  test('none is found where there is none', () => {
    expect(caught(plain)).toBe(0);
  });

  /** The product is given something else than what the journal says it was given. */
  const misled =
    (harm: (event: BoardEvent) => BoardEvent) =>
    (day: Day): Entry[] => {
      const truth = new Map<BoardEvent, BoardEvent>();
      const inputs = day.inputs.map((input) => ({
        ...input,
        decide: (...given: Parameters<typeof input.decide>): BoardEvent[] =>
          input.decide(...given).map((event) => {
            const harmed = harm(event);
            truth.set(harmed, event);
            return harmed;
          }),
      }));
      return plain({ ...day, inputs }).map((entry) => ({ ...entry, event: truth.get(entry.event) ?? entry.event }));
    };

  test('silence that resolves: an old value is as good as a new one', () => {
    const patient = (feed: FeedDefinition): FeedDefinition => ({ ...feed, graceMs: 1e9, limitMs: 1e9 });
    const harm = (event: BoardEvent): BoardEvent => {
      if (event.kind !== 'BoardDefined') return event;
      const feeds = Object.fromEntries(Object.values(event.definition.feeds).map((feed) => [feed.id, patient(feed)]));
      return { ...event, definition: { ...event.definition, feeds } };
    };
    expect(caught(misled(harm))).toBeGreaterThan(4);
  });

  test('a dwell that begins again when the server does', () => {
    const late = (state: BoardState, at: number): BoardState => ({
      ...state,
      alerts: Object.fromEntries(Object.entries(state.alerts).map(([id, alert]) => [id, alert.phase === 'pending' ? { ...alert, since: at } : alert])),
    });
    expect(caught((day) => playDay(day, { ...weatherOf(day, 1), restart: late }).journal)).toBeGreaterThan(4);
  });

  test('an easier line that is not looked at', () => {
    const bare = ({ clear: { band: _easier, ...clear }, ...rule }: Rule): Rule => ({ ...rule, clear });
    expect(caught(misled((event) => (event.kind === 'RulesAgreed' ? { ...event, rules: event.rules.map(bare) } : event)))).toBeGreaterThan(4);
  });
});

/** The clock may find silence on one feed later than a reading on another: what counts is when it became true. */
const inOrder = (journal: readonly Entry[]): string[] =>
  turnsIn(journal)
    .map(({ rule, turn, due }) => `${rule} ${due} ${turn}`)
    .sort();

test('ticks and restarts change nothing: neither the turns nor, once folded anew, the state', () => {
  for (let seed = 1; seed <= 60; seed++) {
    const day = dayOf(seed);
    const [one, other] = [playDay(day, weatherOf(day, 1)), playDay(day, weatherOf(day, 2))];
    expect(inOrder(other.journal)).toEqual(inOrder(one.journal));
    expect(canonical(evolveAll(emptyBoard, one.journal))).toBe(canonical(one.state));
  }
});
