/** Journals of every release fold to the hashes they were recorded with, under the code of today (I17). */
import { describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { BoardEvent, Entry } from '@comm-cell/board/events';
import { Fold, KINDS, REDUCER_VERSION } from '@comm-cell/board/evolve';
import { type BoardState, emptyBoard, stateText } from '@comm-cell/board/state';
import { everyKind, journals } from './journals.js';

const FOLDER = new URL('.', import.meta.url);
/** Hashes are kept at so many places of a journal, evenly apart, and at its end. */
const PLACES = 12;

interface Recorded {
  journal: string;
  reducer: number;
  hashes: Record<string, string>;
  entries: Entry[];
}

function hashesOf(entries: readonly Entry[], places: ReadonlySet<number>): Record<string, string> {
  const hashes: Record<string, string> = {};
  let state: BoardState = emptyBoard;
  const fold = new Fold(state);
  for (const { seq, at, event } of entries) {
    fold.apply(event, at);
    if (!places.has(seq)) continue;
    state = fold.finish();
    hashes[seq] = createHash('sha256').update(stateText(state)).digest('hex');
  }
  return hashes;
}

function placesOf(entries: readonly Entry[]): Set<number> {
  return new Set(Array.from({ length: PLACES }, (_, i) => Math.max(1, Math.round(((i + 1) * entries.length) / PLACES))));
}

function readRelease(file: string): Recorded[] {
  const recorded: Recorded[] = [];
  for (const line of gunzipSync(readFileSync(new URL(file, FOLDER)))
    .toString('utf8')
    .trimEnd()
    .split('\n')) {
    const one = JSON.parse(line) as Omit<Recorded, 'entries'> | Entry;
    if ('journal' in one) recorded.push({ ...one, entries: [] });
    else recorded.at(-1)!.entries.push(one);
  }
  return recorded;
}

if (process.env.RECORD) {
  const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { version: string };
  const lines = Object.entries(journals()).flatMap(([journal, entries]) => [
    { journal, reducer: REDUCER_VERSION, hashes: hashesOf(entries, placesOf(entries)) },
    ...entries,
  ]);
  writeFileSync(new URL(`${version}.ndjson.gz`, FOLDER), gzipSync(lines.map((line) => `${JSON.stringify(line)}\n`).join(''), { level: 9 }));
}

const files = readdirSync(FOLDER).filter((name) => name.endsWith('.ndjson.gz'));

test('there is at least one release', () => {
  expect(files.length).toBeGreaterThan(0);
});

describe.each(files)('%s', (file) => {
  const release = readRelease(file);

  test.each(release.map(({ journal, ...one }) => [journal, one] as const))('%s', (_journal, { entries, hashes }) => {
    const places = new Set(Object.keys(hashes).map(Number));
    expect(places.size).toBeGreaterThan(0);
    expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, i) => i + 1));
    expect(hashesOf(entries, places)).toEqual(hashes);
  });

  test('has every kind of event that it says it knows, and each of them changes what it should', () => {
    const kinds = new Set(release.flatMap(({ entries }) => entries.map(({ event }) => event.kind)));
    // Those that change no picture stand in no state; all others must be seen in a hash.
    const silent: BoardEvent['kind'][] = ['SnapshotFrozen', 'MomentNoted', 'DeedDone'];
    const { entries, hashes } = release.find(({ journal }) => journal === 'every kind of event')!;
    expect([...kinds].filter((kind) => !entries.some(({ event }) => event.kind === kind))).toEqual([]);
    const last = Math.max(...Object.keys(hashes).map(Number));
    for (const kind of silent) {
      const without = entries.filter(({ event }) => event.kind !== kind);
      expect(hashesOf(without, new Set([last]))[last]).toBe(hashes[last]);
    }
  });

  test('control: an event that is changed, dropped, or moved in time gives another hash', () => {
    const { entries, hashes } = release.find(({ journal }) => journal.startsWith('six hours'))!;
    const last = Math.max(...Object.keys(hashes).map(Number));
    const hit = entries.findLastIndex(({ event }) => event.kind === 'ReadingsRecorded');
    const changed = structuredClone(entries);
    const { event } = changed[hit]!;
    if (event.kind === 'ReadingsRecorded') event.readings[0]!.value = -1;
    for (const other of [changed, entries.filter((_, i) => i !== hit), entries.map((one, i) => (i === hit ? { ...one, at: one.at + 1 } : one))])
      expect(hashesOf(other, new Set([last]))[last]).not.toBe(hashes[last]);
  });
});

test('what a release of today would record has every kind of event there is', () => {
  const kinds = new Set(everyKind().map(({ event }) => event.kind));
  expect(Object.keys(KINDS).filter((kind) => !kinds.has(kind as BoardEvent['kind']))).toEqual([]);
});
