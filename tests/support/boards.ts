/** Small boards for tests: made in code, so that a test shows all it depends on. */
import type { AgendaItem, AgendaKind } from '@comm-cell/board/cell';
import type { ProposedDefinition } from '@comm-cell/board/decide/define-board';
import type { BoardDefinition, FeedDefinition, Metric } from '@comm-cell/board/definition';
import type { Condition, Rule, RuleId } from '@comm-cell/board/rule';

const both = (text: string): { en: string; cy: string } => ({ en: text, cy: `${text} (cy)` });

const metric = (id: string, more: Partial<Metric> = {}): Metric => ({
  id,
  label: both(id),
  short: both(id.slice(0, 9)),
  unit: 'patients',
  kind: 'stock',
  direction: 'higher-is-worse',
  notation: 'number',
  decimals: 0,
  range: { min: 0, max: 10_000 },
  ...more,
});

export interface SmallBoard {
  id?: string;
  /** Series of the one feed `ed`, as metric `m.<n>` at place `here`; more feeds by `feeds`. */
  series?: number;
  feeds?: number;
  everyMs?: number;
  range?: { min: number; max: number };
}

/** `feeds` feeds (`ed`, `ed-2` …), each of its own provider, with `series` series each: `m.1@here`, `m.2@here` … */
export function smallBoard({ id = 'small', series = 3, feeds = 1, everyMs = 900_000, range = { min: 0, max: 10_000 } }: SmallBoard = {}): ProposedDefinition {
  const definition: ProposedDefinition & {
    series: Record<string, Omit<BoardDefinition['series'][string], 'no'>>;
    feeds: Record<string, FeedDefinition>;
    metrics: Record<string, Metric>;
    tiles: BoardDefinition['tiles'];
  } = {
    id,
    name: both(id),
    simulated: true,
    languages: ['en', 'cy'],
    zone: { name: 'Europe/London', offsets: [[0, 0]] },
    trend: { bucketMs: 1_800_000, buckets: 48 },
    units: { patients: { id: 'patients', symbol: { en: '', cy: '' }, quantity: 'count' } },
    metrics: {},
    providers: {},
    places: {},
    feeds: {},
    series: {},
    rollups: {},
    tiles: {},
    overview: [],
    detail: [],
    links: [],
  };
  const providers = definition.providers as Record<string, BoardDefinition['providers'][string]>;
  const places = definition.places as Record<string, BoardDefinition['places'][string]>;
  const tiles: Record<string, BoardDefinition['tiles'][string]> = {};
  for (let f = 1; f <= feeds; f++) {
    const feed = f === 1 ? 'ed' : `ed-${f}`;
    const provider = f === 1 ? 'acute' : `acute-${f}`;
    const place = f === 1 ? 'here' : `here-${f}`;
    providers[provider] = { id: provider, name: both(provider), kind: 'acute', scheme: 'OPEL' };
    places[place] = { id: place, name: both(place), provider };
    const ids = Array.from({ length: series }, (_, i) => `m.${i + 1}@${place}`);
    definition.feeds[feed] = {
      id: feed,
      provider,
      name: both(feed),
      owner: { name: both('data team'), contact: '01234 567890' },
      expected: { everyMs },
      graceMs: everyMs / 2,
      limitMs: everyMs * 3,
      lagMs: 0,
      series: ids,
    };
    ids.forEach((one, i) => {
      definition.metrics[`m.${i + 1}`] ??= metric(`m.${i + 1}`, { range });
      definition.series[one] = { id: one, metric: `m.${i + 1}`, place, feed, range, thresholds: { watch: { atLeast: 100 }, act: { atLeast: 200 } } };
    });
    tiles[`tile-${f}`] = {
      id: `tile-${f}`,
      title: both(`Tile ${f}`),
      headline: ids[0]!,
      lines: ids.slice(1, 5).map((figure) => ({ label: both('line'), figure })),
    };
  }
  const column = { title: both('Column'), tiles: Object.keys(tiles) };
  return { ...definition, providers, places, tiles, overview: [column], detail: [column] };
}

/** A rule that fires at once and ends at once, on whatever is not told otherwise. */
export function ruleOf(id: RuleId, when: Condition, more: Partial<Rule> = {}): Rule {
  return {
    id,
    label: both(id),
    place: 'here',
    severity: 'act',
    when,
    forMs: 0,
    forReadings: 1,
    clear: { forMs: 0, readings: 1 },
    owner: 'duty',
    card: 'card',
    tests: [],
    ...more,
  };
}

/** The same with a cell that meets every day at half past nine: three items of five minutes, every provider a member. */
export function withCell(size: Parameters<typeof smallBoard>[0]): ProposedDefinition {
  const plain = smallBoard(size);
  const members = Object.values(plain.providers).map(({ id, name }) => ({ provider: id, office: { en: `Office of ${name.en}`, cy: `Swydd ${name.cy}` } }));
  const item = (kind: AgendaKind, en: string, cy: string): AgendaItem => ({ id: kind, kind, title: { en, cy }, minutes: 5 });
  return {
    ...plain,
    cell: {
      tier: 3,
      agenda: [item('last-24h', 'Last 24 hours', 'Y 24 awr diwethaf'), item('now', 'Now', 'Nawr'), item('actions', 'Actions', 'Camau gweithredu')],
      times: [{ at: '09:30', days: [1, 2, 3, 4, 5, 6, 7], onHolidays: 'held' }],
      noticeHours: 24,
      members,
      quorum: Math.min(2, members.length),
      leads: [{ en: 'System lead', cy: 'Arweinydd y system' }],
      scribes: [{ en: 'Co-ordinator', cy: 'Cydlynydd' }],
      measures: [],
    },
  };
}
