/** Two days of a real board, written into a journal under the moments they are meant to have happened at. */
import type { BoardEvent, Entry } from '@comm-cell/board/events';
import { Fold } from '@comm-cell/board/evolve';
import { emptyBoard, type BoardState } from '@comm-cell/board/state';
import { HOUR_MS, MINUTE_MS } from '@comm-cell/board/time';
import { loadBoard } from '@comm-cell/catalogue/load';
import { prepareDatabase } from '@comm-cell/api/database/schema';
import { Appending, Journal } from '@comm-cell/api/journal/journal';
import { definitionOf, happen, noise, valueFor } from '../../apps/wall/test/scenarios.js';

const BY = { id: 'lead', name: 'System lead' };
const FILE = { id: 'board-file', name: 'Board file' };
const CADENCE_MS = 30 * MINUTE_MS;

export interface Recorded {
  board: string;
  from: number;
  to: number;
  entries: Entry[];
  state: BoardState;
  /** A figure that was shown as one thing and corrected hours later. */
  corrected: { series: string; at: number; correctedAt: number; shown: number; known: number };
  /** When a feed fell silent. */
  silentAt: number;
}

/** The board `source` under its own name, from 48 hours before `end` until `end`. */
export async function recordTwoDays(url: string, source: string, end: number): Promise<Recorded> {
  const definition = definitionOf(source, source);
  const rules = Object.values(loadBoard(source).rules ?? {});
  const from = end - 48 * HOUR_MS;
  const given: { at: number; event: BoardEvent }[] = [
    { at: from, event: { kind: 'BoardDefined', definition } },
    { at: from, event: { kind: 'RulesAgreed', rules, retired: [], origin: 'file', by: FILE } },
  ];
  const feeds = Object.values(definition.feeds);
  const quiet = feeds.find(({ expected }) => 'everyMs' in expected && expected.everyMs <= CADENCE_MS)!;
  const silentAt = end - 9 * HOUR_MS;
  feeds.forEach((feed, f) => {
    const every = Math.max(CADENCE_MS, 'everyMs' in feed.expected ? feed.expected.everyMs : 12 * HOUR_MS);
    const random = noise(feed.id);
    for (let at = from + MINUTE_MS * (1 + f); at < end - MINUTE_MS; at += every) {
      if (feed === quiet && at > silentAt && at < silentAt + 5 * HOUR_MS) continue;
      // Pressure rises over the afternoon and falls at night.
      const pressed = Math.sin(((at / HOUR_MS - 9) / 24) * 2 * Math.PI) * 0.5 + 0.5;
      const readings = feed.series.flatMap((id) => {
        const series = definition.series[id]!;
        const metric = definition.metrics[series.metric]!;
        if (metric.kind === 'text') return [];
        const dice = random();
        const value = valueFor(series, dice < pressed * 0.25 ? 'act' : dice < pressed * 0.55 ? 'watch' : 'ok', random);
        return [{ series: id, at: at - 20_000, value: Number(value.toFixed(metric.decimals)) }];
      });
      if (readings.length > 0) given.push({ at, event: { kind: 'ReadingsRecorded', feed: feed.id, batch: `${feed.id} ${at}`, readings } });
    }
  });
  const shownFigure = definition.tiles[definition.overview[0]!.tiles[0]!]!.headline;
  const first = given.find(
    ({ at, event }) =>
      at > end - 8 * HOUR_MS &&
      event.kind === 'ReadingsRecorded' &&
      event.readings.some(({ series }) => series === shownFigure || definition.rollups[shownFigure]?.of.includes(series)),
  )!;
  const reading = (first.event as Extract<BoardEvent, { kind: 'ReadingsRecorded' }>).readings.find(
    ({ series }) => series === shownFigure || definition.rollups[shownFigure]?.of.includes(series),
  )!;
  const shown = reading.value as number;
  const known = Number((shown === 0 ? 3 : shown * 2).toFixed(1));
  const correctedAt = first.at + 3 * HOUR_MS;
  const system = Object.values(definition.response?.levels ?? {}).find(({ provider }) => provider === undefined);
  const provider = Object.values(definition.providers)[0]!;
  given.push(
    {
      at: correctedAt,
      event: {
        kind: 'ReadingsRecorded',
        feed: definition.series[reading.series]!.feed,
        batch: 'correction',
        readings: [{ series: reading.series, at: reading.at, value: known, rev: 1 }],
        by: BY,
        reason: 'Counted again',
      },
    },
    {
      at: end - 30 * HOUR_MS,
      event: { kind: 'ActionRaised', no: 1, what: 'Open the discharge lounge', owner: 'Site manager', due: end - 28 * HOUR_MS, by: BY },
    },
    { at: end - 27 * HOUR_MS, event: { kind: 'ActionClosed', no: 1, result: 'Twelve people home by noon', by: BY } },
    {
      at: end - 7 * HOUR_MS,
      event: { kind: 'ActionRaised', no: 2, what: 'Second crew at the front door', owner: 'Ambulance', due: end - 2 * HOUR_MS, by: BY },
    },
    {
      at: end - 6 * HOUR_MS,
      event: {
        kind: 'StatusPosted',
        provider: provider.id,
        feed: feeds.find((one) => one.provider === provider.id)!.id,
        text: 'Ward 8 closed with flu, 6 beds lost until Friday',
        level: 3,
        until: end + 4 * HOUR_MS,
      },
    },
    { at: silentAt + HOUR_MS, event: { kind: 'FeedFellSilent', feed: quiet.id, since: silentAt + CADENCE_MS } },
    { at: silentAt + 5 * HOUR_MS, event: { kind: 'FeedHeardAgain', feed: quiet.id } },
    { at: end - 20 * HOUR_MS, event: { kind: 'MomentNoted', about: end - 21 * HOUR_MS, text: 'First crew held outside', by: BY } },
  );
  if (system)
    given.push({
      at: end - 5 * HOUR_MS,
      event: { kind: 'LevelDeclared', level: system.id, n: 3, reason: 'Queue outside the front door', reviewBy: end + 3 * HOUR_MS, by: BY },
    });
  given.sort((a, b) => a.at - b.at);

  await prepareDatabase(url, new Date());
  const journal = new Journal(url);
  try {
    await journal.createBoard(source);
    let head = (await journal.head(source))!;
    const fold = new Fold(emptyBoard);
    const entries: Entry[] = [];
    for (let i = 0; i < given.length;) {
      const { at } = given[i]!;
      const group: BoardEvent[] = [];
      for (; i < given.length && given[i]!.at === at; i++) group.push(...happen(fold, given[i]!.event, at));
      const prepared = new Appending(source, head, at).add(group, 'test', fold.peek.numbers).finish();
      if ((await journal.append(prepared)) !== 'done') throw new Error('Somebody else writes into the journal of the test.');
      entries.push(...prepared.entries);
      head = { ...head, ...prepared.next };
    }
    return {
      board: source,
      from,
      to: entries.at(-1)!.at,
      entries,
      state: fold.finish(),
      corrected: { series: reading.series, at: reading.at, correctedAt, shown, known },
      silentAt,
    };
  } finally {
    await journal.close();
  }
}
