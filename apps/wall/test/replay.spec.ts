import type { Entry } from '@comm-cell/board/events';
import { evolveAll } from '@comm-cell/board/evolve';
import { emptyBoard, stateText, type BoardState } from '@comm-cell/board/state';
import { DAY_MS, HOUR_MS, MINUTE_MS, type Zone } from '@comm-cell/board/time';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { dayOf, playDay, weatherOf } from '../../../tests/support/days.js';
import { clockOn, daysAway, localFields, momentsOfLocal, windowOf } from '../src/screens/boardroom/local-moments.js';
import { Past } from '../src/source/past.js';

/** A journal of a day, with some seqs left out as deeds are. */
const day = dayOf(7);
const entries: Entry[] = playDay(day, weatherOf(day, 1)).journal.map(({ at, event }, i) => ({ seq: (i + 1) * 2, at, event }));
const start = entries[0]!.at - 1;
const end = entries.at(-1)!.at;

const upTo = (moment: number): Entry[] => entries.filter(({ at }) => at <= moment);
const folded = new Map<number, string>();
function shownAt(moment: number): string {
  const own = upTo(moment);
  let text = folded.get(own.length);
  if (text === undefined) folded.set(own.length, (text = stateText(evolveAll(emptyBoard, own))));
  return text;
}
const stateAt = (moment: number): BoardState => evolveAll(emptyBoard, upTo(moment));

/** Begins where asked and reads pages of any size until the end, as a replay does. */
function remember(past: Past, from: number, page: number, epoch = 'one', until = end): void {
  const own = upTo(from);
  past.begin(epoch, from, own.at(-1)?.seq ?? 0, stateAt(from));
  for (;;) {
    const known = past.end(from)!;
    if (known.until >= until) return;
    const rest = entries.filter(({ seq, at }) => seq > known.seq && at <= until);
    const entriesOfPage = rest.slice(0, page);
    const more = rest.length > page;
    const to = more ? entriesOfPage.at(-1)!.seq : Math.max(known.seq, rest.at(-1)?.seq ?? 0);
    const whole = more ? Math.max(known.until, entriesOfPage.at(-1)!.at - 1) : until;
    expect(past.extend(known.until, { epoch, after: known.seq, to, entries: entriesOfPage, until: whole })).toBe(true);
  }
}

const moments = fc.array(fc.integer({ min: start, max: end }), { minLength: 1, maxLength: 30 });

describe('what a replay remembers', () => {
  it('is the state of the journal at every moment, whatever was asked before and however the pages fell', () => {
    fc.assert(
      fc.property(moments, fc.array(fc.integer({ min: start, max: end }), { maxLength: 3 }), fc.integer({ min: 3, max: 400 }), (asked, begins, page) => {
        const past = new Past();
        for (const from of [start, ...begins]) remember(past, from, page);
        for (const moment of asked) expect(stateText(past.still(moment)!.state)).toBe(shownAt(moment));
      }),
      { numRuns: 40 },
    );
  });

  it('knows the moments before and after, over the seams of its stretches', () => {
    fc.assert(
      fc.property(fc.integer({ min: start, max: end }), fc.integer({ min: start, max: end }), (moment, seam) => {
        const past = new Past();
        remember(past, start, 50, 'one', seam);
        if (seam < end) remember(past, seam, 50);
        const { before, after } = past.neighbours(moment);
        expect(after).toBe(entries.find(({ at }) => at > moment)?.at);
        // What lies before the seam is known to the stretch before it alone.
        if (moment < seam) expect(before).toBe(entries.findLast(({ at }) => at < moment)?.at);
      }),
      { numRuns: 60 },
    );
  });

  it('says nothing of a moment it has not read up to, and takes no page that does not follow', () => {
    const past = new Past();
    const half = entries[Math.floor(entries.length / 2)]!;
    remember(past, start, 100, 'one', half.at);
    expect(past.still(half.at + 1)).toBeUndefined();
    const known = past.end(start)!;
    const rest = entries.filter(({ seq }) => seq > known.seq + 20);
    expect(past.extend(known.until, { epoch: 'one', after: known.seq + 20, to: rest.at(-1)!.seq, entries: rest, until: end })).toBe(false);
    expect(past.extend(known.until, { epoch: 'two', after: known.seq, to: known.seq, entries: [], until: end })).toBe(false);
    expect(past.still(half.at + 1)).toBeUndefined();
  });

  it('forgets one history when another begins, and old stretches before new ones', () => {
    const past = new Past();
    remember(past, start, 500);
    past.begin('two', end, 7, emptyBoard);
    expect(past.still(start)).toBeUndefined();
    expect(past.still(end)).toEqual({ seq: 7, state: emptyBoard });
  });

  it('stays within its bounds on a journal many times their length', () => {
    const past = new Past();
    past.begin('one', 0, 0, stateAt(start));
    const reading = entries.find(({ event }) => event.kind === 'ReadingsRecorded')!.event;
    let seq = 0;
    for (let page = 0; page < 80; page++) {
      const added = Array.from({ length: 1_000 }, (): Entry => ({ seq: ++seq, at: seq, event: reading }));
      expect(past.extend(past.end(Math.max(0, seq - 1_000))!.until, { epoch: 'one', after: seq - 1_000, to: seq, entries: added, until: seq })).toBe(true);
    }
    expect(past.still(seq)?.seq).toBe(seq);
    expect(past.still(10)).toBeUndefined();
  });

  it('positive control: an entry that was lost shows', () => {
    const past = new Past();
    past.begin('one', start, 0, emptyBoard);
    const lost = entries.findIndex(({ event }) => event.kind === 'ReadingsRecorded');
    past.extend(start, { epoch: 'one', after: 0, to: entries.at(-1)!.seq, entries: entries.filter((_, i) => i !== lost), until: end });
    expect(stateText(past.still(entries[lost]!.at)!.state)).not.toBe(shownAt(entries[lost]!.at));
  });
});

describe('moments by the clock on the wall', () => {
  const autumn = Date.UTC(2025, 9, 26, 1);
  const spring = Date.UTC(2026, 2, 29, 1);
  const zone: Zone = {
    name: 'Europe/London',
    offsets: [
      [0, 0],
      [Date.UTC(2025, 2, 30, 1), 60],
      [autumn, 0],
      [spring, 60],
    ],
  };

  it('an hour that came twice is two moments, one that was skipped is none', () => {
    expect(momentsOfLocal(zone, '2025-10-26', '01:30')).toEqual([autumn - HOUR_MS / 2, autumn + HOUR_MS / 2]);
    expect(momentsOfLocal(zone, '2026-03-29', '01:30')).toEqual([]);
    expect(momentsOfLocal(zone, '2025-11-18', '14:05')).toEqual([Date.UTC(2025, 10, 18, 14, 5)]);
  });

  it('every moment is among those of its own clock', () => {
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(2025, 8, 1), max: Date.UTC(2026, 4, 1) }), (any) => {
        const moment = any - (any % MINUTE_MS);
        const { date, clock } = localFields(zone, moment);
        expect(momentsOfLocal(zone, date, clock)).toContain(moment);
      }),
    );
  });

  it('days of 23 and 25 hours, weeks from Monday and months are whole', () => {
    expect(windowOf(zone, autumn, 'day')).toEqual({ from: autumn - 2 * HOUR_MS, to: autumn + 23 * HOUR_MS });
    expect(windowOf(zone, spring, 'day')).toEqual({ from: spring - HOUR_MS, to: spring + 22 * HOUR_MS });
    const week = windowOf(zone, autumn, 'week');
    expect(week.to - week.from).toBe(7 * DAY_MS + HOUR_MS);
    expect(windowOf(zone, autumn, 'month')).toEqual({ from: Date.UTC(2025, 8, 30, 23), to: Date.UTC(2025, 10, 1) });
  });

  it('a day away is the same time of the clock', () => {
    expect(daysAway(zone, autumn - 12 * HOUR_MS, 1)).toBe(autumn + 13 * HOUR_MS);
    expect(clockOn(zone, autumn + 6 * HOUR_MS, -1, '18:00')).toBe(Date.UTC(2025, 9, 25, 17));
  });
});
