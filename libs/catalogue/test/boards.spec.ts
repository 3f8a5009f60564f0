import { defineBoard } from '@comm-cell/board/decide/define-board';
import { failedTest } from '@comm-cell/board/decide/rule-tests';
import { emptyBoard } from '@comm-cell/board/state';
import { boardIds, loadBoard } from '@comm-cell/catalogue/load';
import { describe, expect, it } from '@jest/globals';

/** Measured at 38 px beside the status shape on a tile of 318 px; the detail wall has room for the 13 of the codec. */
const MOST_OVERVIEW_TITLE = 11;

const boards = boardIds().map((id) => loadBoard(id));

describe('shipped boards', () => {
  it('are those of the product', () => {
    expect(boardIds()).toEqual(['buckinghamshire', 'cwm-derwen', 'sandbox', 'stoke-mandeville', 'winter-replay']);
  });

  it.each(boards)('$id is complete in itself', (board) => {
    for (const { id, metric, place, feed, range } of Object.values(board.series)) {
      expect(id).toBe(`${metric}@${place}`);
      expect(board.feeds[feed]?.series).toContain(id);
      expect(board.units[board.metrics[metric]!.unit]).toBeDefined();
      expect(range.min).toBeLessThan(range.max);
    }
    const used = new Set([...Object.values(board.series), ...Object.values(board.rollups)].map(({ metric }) => metric));
    expect(Object.keys(board.metrics)).toEqual([...used].sort());
    expect(JSON.parse(JSON.stringify(board))).toStrictEqual(board);
  });

  it.each(boards)('$id has titles that fit the overview in both languages', ({ overview, tiles }) => {
    const titles = overview.flatMap((column) => column.tiles.flatMap((tile) => [tiles[tile]!.title.en, tiles[tile]!.title.cy]));
    expect(titles.filter((title) => title.length > MOST_OVERVIEW_TITLE)).toEqual([]);
  });

  it.each(boards)('$id gives every tile something to be judged by', (board) => {
    const figure = (id: string) => board.series[id] ?? board.rollups[id]!;
    const blind = Object.values(board.tiles).filter(
      ({ headline, lines }) => ![headline, ...lines.map((line) => line.figure)].some((id) => figure(id).thresholds),
    );
    expect(blind.map(({ id }) => id)).toEqual(board.id === 'winter-replay' ? ['stay-21', 'stay-7', 'flu', 'england-handover', 'england-flu'] : []);
  });

  it('never mixes simulated with recorded figures', () => {
    expect(boards.filter((board) => !board.simulated).map(({ id, notice }) => [id, notice?.en])).toEqual([
      ['winter-replay', 'Contains public sector information licensed under the Open Government Licence v3.0'],
    ]);
  });

  it('shows a whole system: many cadences, both densities, both emergency departments', () => {
    const bucks = loadBoard('buckinghamshire');
    expect(bucks.overview.map(({ tiles }) => tiles.length)).toEqual([3, 3, 3, 3]);
    expect(bucks.detail.map(({ tiles }) => tiles.length)).toEqual([3, 3, 3, 3, 3, 3]);
    for (const { tiles } of bucks.detail) for (const tile of tiles) expect(bucks.tiles[tile]!.lines.length).toBeGreaterThanOrEqual(2);
    expect(bucks.tiles['emergency']!.parts).toHaveLength(3);
    expect(new Set(Object.values(bucks.feeds).map(({ expected }) => JSON.stringify(expected))).size).toBeGreaterThanOrEqual(10);
    const ofEd = (place: string) =>
      Object.keys(bucks.series)
        .filter((id) => id.startsWith('ed.') && id.endsWith(place))
        .map((id) => id.slice(0, id.indexOf('@')));
    expect(ofEd('@wycombe')).toEqual(ofEd('@stoke-mandeville'));
  });

  it.each(boards)('$id answers: every rule has somebody and something to do', ({ rules = {}, response, feeds }) => {
    for (const { id, owner, card, when, supersedes = [] } of Object.values(rules)) {
      expect([id, response!.groups[owner]?.kind === 'data']).toEqual([id, when.kind === 'late']);
      expect(response!.cards[card]?.steps.length).toBeGreaterThan(0);
      expect(supersedes.filter((other) => !rules[other])).toEqual([]);
    }
    if (Object.keys(rules).some((id) => id.startsWith('data'))) {
      const late = Object.values(rules).flatMap(({ when }) => (when.kind === 'late' ? [when.feed] : []));
      expect(late.sort()).toEqual(Object.keys(feeds).sort());
    }
  });

  it.each(boards)('$id tells stories that its rules keep to', (board) => {
    const [event] = defineBoard(emptyBoard, board).events;
    const definition = event?.kind === 'BoardDefined' ? event.definition : undefined;
    expect(Object.values(board.rules ?? {}).flatMap((rule) => failedTest(definition!, rule) ?? [])).toEqual([]);
  });

  it('shows every kind of rule on a whole system, and what is said twice in two languages', () => {
    for (const id of ['buckinghamshire', 'cwm-derwen']) {
      const { rules = {}, response } = loadBoard(id);
      expect(new Set(Object.values(rules).map(({ when }) => when.kind))).toEqual(
        new Set(['line', 'share', 'rate', 'reach', 'usual', 'difference', 'composite', 'late']),
      );
      const labels = [
        ...Object.values(rules).map(({ label }) => label),
        ...Object.values(response!.cards).flatMap(({ title, steps }) => [title, ...steps.map(({ text }) => text)]),
      ];
      expect(labels.filter(({ en, cy }) => en === cy)).toEqual([]);
    }
  });

  it('calls nobody on a holiday as on another day: the calendar of England and Wales', () => {
    const { holidays } = loadBoard('buckinghamshire').response!;
    expect(holidays).toHaveLength(32);
    // Eight a year; none falls on a weekend, as a substitute day stands for it.
    for (const year of ['2025', '2026', '2027', '2028']) expect(holidays.filter((day) => day.startsWith(year))).toHaveLength(8);
    expect(holidays.filter((day) => [0, 6].includes(new Date(day).getUTCDay()))).toEqual([]);
  });
});
