import { describe, expect, test } from '@jest/globals';
import { canonical } from '@comm-cell/board/canonical';
import fc from 'fast-check';
import type { ProposedDefinition } from '@comm-cell/board/decide/define-board';
import type { Metric } from '@comm-cell/board/definition';
import { boardFileOf } from '../src/export.js';
import { boardIds, loadBoard, loadCatalogue, readBoard } from '../src/load.js';
import { writeYaml } from '../src/yaml.js';

/** The same with its records open to change. */
type Changing = ProposedDefinition & { metrics: Record<string, Metric>; response: { holidays: readonly string[] } };

const there = ({ rules = {}, ...board }: ProposedDefinition): string => writeYaml(boardFileOf(board, Object.values(rules), loadCatalogue()));

describe('a board as a file', () => {
  test.each(boardIds())('%s: what is exported defines the same board', (id) => {
    const { rules = {}, ...board } = loadBoard(id);
    const { board: again, issues } = readBoard(there({ ...board, rules }), 'export.yaml');
    expect(issues).toEqual([]);
    const { rules: rulesAgain, ...boardAgain } = again!;
    expect(JSON.parse(canonical(rulesAgain))).toEqual(JSON.parse(canonical(rules)));
    expect(canonical(boardAgain)).toBe(canonical(board));
  });

  test('and so does one that people have changed on screen: names, lines, rules at one place, a signed-off scheme, days off', () => {
    const shipped = loadBoard('buckinghamshire');
    const some = <T>(record: Readonly<Record<string, T>>, where: (one: T) => boolean = () => true) =>
      fc.subarray(
        Object.entries(record)
          .filter(([, one]) => where(one))
          .map(([id]) => id),
        { maxLength: 12 },
      );
    // What blocks a link must have an act line.
    const blocks = new Set(shipped.links.flatMap(({ blockedBy = [] }) => blockedBy));
    const word = fc.constantFrom('Name', 'Enw', "Sian's", 'yes', '12', '{feed}: late', 'ŵ ŷ', '# not a comment', 'a: b');
    fc.assert(
      fc.property(
        fc.record({
          metrics: some(shipped.metrics),
          bare: some(shipped.series, ({ id, thresholds }) => thresholds !== undefined && !blocks.has(id)),
          rules: some(shipped.rules!, ({ when }) => when.kind === 'line'),
          retired: some(shipped.rules!, ({ when }) => when.kind === 'late'),
          label: fc.record({ en: word, cy: word }),
          signedOff: fc.boolean(),
          daysOff: fc.subarray(['2027-01-04', '2027-05-03'], { minLength: 1 }),
        }),
        ({ metrics, bare, rules, retired, label, signedOff, daysOff }) => {
          const board = structuredClone(shipped) as Changing;
          for (const id of metrics) board.metrics[id] = { ...board.metrics[id]!, label, aliases: [label.en] };
          for (const id of bare) delete board.series[id]!.thresholds;
          for (const id of rules) board.rules![id] = { ...board.rules![id]!, label, forMs: 1_230_000 };
          for (const id of retired) delete board.rules![id];
          for (const rule of Object.values(board.rules!)) {
            const left = rule.supersedes?.filter((other) => board.rules![other]);
            if (left) rule.supersedes = left;
          }
          board.response!.holidays = daysOff;
          if (signedOff) for (const scheme of Object.values(board.response!.schemes)) scheme.signedOff = { by: 'Administrator', on: '2026-03-01' };
          const { board: again, issues } = readBoard(there(board), 'export.yaml');
          expect(issues).toEqual([]);
          // A card that no rule names any more is not kept for its own sake.
          expect(canonical(withoutCards(again!))).toBe(canonical(withoutCards(board)));
        },
      ),
      { numRuns: 8 },
    );
  });
});

function withoutCards({ response, ...board }: ProposedDefinition): unknown {
  const { cards: _cards, ...rest } = response!;
  return { ...board, response: rest };
}
