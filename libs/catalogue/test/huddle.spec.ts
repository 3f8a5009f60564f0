import { describe, expect, it } from '@jest/globals';
import { defineBoard } from '@comm-cell/board/decide/define-board';
import type { Reading } from '@comm-cell/board/events';
import { Fold } from '@comm-cell/board/evolve';
import { emptyBoard } from '@comm-cell/board/state';
import { huddleView } from '@comm-cell/board/views/huddle';
import { boardIds, loadBoard } from '../src/load.js';

const NOW = Date.UTC(2026, 0, 16, 9, 0);

describe('before a huddle', () => {
  it.each(boardIds().filter((id) => loadBoard(id).cell))('%s asks about a figure once, however many tiles it heads', (id) => {
    const proposed = loadBoard(id);
    for (const edge of ['min', 'max'] as const) {
      const fold = new Fold(emptyBoard);
      for (const event of defineBoard(emptyBoard, proposed).events) fold.apply(event, NOW - 1_000);
      for (const feed of Object.values(proposed.feeds)) {
        const readings = feed.series.map((series): Reading => ({ series, at: NOW - 60_000, value: proposed.series[series]!.range[edge] }));
        fold.apply({ kind: 'ReadingsRecorded', feed: feed.id, batch: edge, readings }, NOW - 500);
      }
      const asked = huddleView(fold.finish(), NOW)!.unanswered.map(({ figure }) => figure);
      expect(asked.length).toBeGreaterThan(0);
      expect(asked).toEqual([...new Set(asked)]);
    }
  });
});
