import { loadMetrics } from '@comm-cell/catalogue/load';
import { schemaFiles, SCHEMA_FOLDER } from '@comm-cell/catalogue/schema';
import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';

const { metrics, units } = loadMetrics();

describe('shipped metrics', () => {
  it('cover the pathway', () => {
    expect(Object.keys(metrics).length).toBeGreaterThanOrEqual(100);
    const families = new Set(Object.values(metrics).map(({ source }) => /^Catalogue ([A-K])\d+/.exec(source)?.[1]));
    expect([...families].sort()).toEqual([...'ABCDEFGHIJK']);
  });

  it('are worded in both languages, short enough for a narrow tile', () => {
    for (const { label, short } of Object.values(metrics)) {
      for (const words of [label, short]) expect(Object.values(words).every((text) => text.trim() === text && text !== '')).toBe(true);
      expect(Math.max(short.en.length, short.cy.length)).toBeLessThanOrEqual(13);
    }
  });

  it('use every unit there is', () => {
    expect(new Set(Object.values(metrics).map(({ unit }) => unit))).toEqual(new Set(Object.keys(units)));
  });

  it('say that their lines are defaults, wherever there are lines', () => {
    const silent = Object.entries(metrics).filter(([, { thresholds, source }]) => thresholds && !source.includes('sign off locally'));
    expect(silent.map(([id]) => id)).toEqual([]);
  });
});

describe('schemas for editors', () => {
  it.each(Object.entries(schemaFiles()))('%s is current', (name, text) => {
    expect(JSON.parse(readFileSync(new URL(name, SCHEMA_FOLDER), 'utf8'))).toEqual(JSON.parse(text));
  });
});
