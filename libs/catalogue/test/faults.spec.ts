import { loadBoard, loadMetrics } from '@comm-cell/catalogue/load';
import { faultsOfScheme } from '@comm-cell/catalogue/schemes';
import { DefinitionError } from '@comm-cell/catalogue/source';
import { schemeEntry } from '@comm-cell/contract/response';
import { afterAll, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const folder = mkdtempSync(join(tmpdir(), 'catalogue-'));
afterAll(() => rmSync(folder, { recursive: true }));

const GOOD = `board: trial
name: { en: Trial, cy: Prawf }
simulated: true
providers:
  trust: { name: { en: Trust, cy: Ymddiriedolaeth }, kind: acute }
places:
  north: { name: { en: North, cy: Gogledd }, provider: trust }
  south: { name: { en: South, cy: De }, provider: trust }
  both: { name: { en: Both, cy: Y ddau }, provider: trust }
feeds:
  live:
    provider: trust
    name: { en: Live, cy: Byw }
    owner: { name: { en: Desk, cy: Desg }, contact: ext. 1 }
    expected: { every: 15m }
    grace: 15m
    limit: 2h
    series:
      ed.in-department@north:
      ed.four-hour@north:
      ed.departures@north:
      ed.resus-free@north:
      ed.resus-free@south:
      context.note@north:
  daily:
    provider: trust
    name: { en: Daily, cy: Dyddiol }
    owner: { name: { en: Desk, cy: Desg }, contact: ext. 2 }
    expected: { at: ['09:00'], days: [mon, tue, wed, thu, fri] }
    grace: 2h
    limit: 75h
    series:
      beds.occupancy@north:
rollups:
  ed.resus-free@both: { how: min, of: [ed.resus-free@north, ed.resus-free@south] }
tiles:
  ed:
    title: { en: ED, cy: AAB }
    headline: ed.in-department@north
    lines:
      - { label: { en: In 4 h, cy: Cyn 4 awr }, figure: ed.four-hour@north }
  beds: { title: { en: Beds, cy: Gwelyau }, headline: beds.occupancy@north }
overview:
  - { title: { en: Door, cy: Drws }, tiles: [ed] }
  - { title: { en: Stay, cy: Aros }, tiles: [beds] }
detail:
  - { title: { en: Door, cy: Drws }, tiles: [ed, beds] }
links:
  - { from: ed, to: beds, blockedBy: [beds.occupancy@north] }
`;

function faultsOf(text: string): string[] {
  const file = join(folder, 'trial.yaml');
  writeFileSync(file, text);
  try {
    loadBoard(file);
    return [];
  } catch (error) {
    if (!(error instanceof DefinitionError)) throw error;
    return error.message.split('\n').map((line) => line.replace(`${file}:`, ''));
  }
}

describe('a faulty board', () => {
  it('is not the one these tests start from', () => {
    expect(faultsOf(GOOD)).toEqual([]);
  });

  it.each([
    ['YAML', 'simulated: true', 'simulated: [true', '4: Flow sequence in block collection must be sufficiently indented and end with a ]'],
    ['a key given twice', 'simulated: true', 'simulated: true\nsimulated: false', '4: Map keys must be unique'],
    ['a name of the prototype', '  south: {', '  constructor: {', '8: "constructor" cannot be used as a name'],
    ['another name of the prototype', '  south: {', '  __proto__: {', '8: "__proto__" cannot be used as a name'],
    ['a setting that is none', 'grace: 15m', 'grac: 15m', ['11: feeds.live.grace: is missing', '16: feeds.live.grac: is not a known setting']],
    ['a name with capitals', '  north: {', '  North: {', /^7: places\.North: use small letters, digits and hyphens/],
    ['a duration without unit', 'grace: 15m', 'grace: 15', /^16: feeds\.live\.grace: expected string/],
    ['a cadence that is none', 'every: 15m', 'every: 15x', /^15: feeds\.live\.expected\.every: write a duration as a number and s, m, h or d/],
    ['a clock time that is none', "'09:00'", "'9:00'", /^29: feeds\.daily\.expected\.at\.0: write a clock time as HH:MM/],
    ['a missing translation', '{ en: Desk, cy: Desg }, contact: ext. 1', '{ en: Desk }, contact: ext. 1', '14: feeds.live.owner.name.cy: is missing'],
    ['a title too long', 'title: { en: ED,', 'title: { en: Emergency department,', /^38: tiles\.ed\.title\.en: Too big: expected string to have <=13/],

    [
      'an unknown metric',
      'ed.four-hour@north:',
      'ed.for-hour@north:',
      [
        '20: feeds.live.series.ed.for-hour@north: unknown metric "ed.for-hour"; did you mean "ed.four-hour"?',
        '41: tiles.ed.lines.0.figure: unknown figure "ed.four-hour@north"',
      ],
    ],
    ['an unknown place', 'context.note@north', 'context.note@nroth', '24: feeds.live.series.context.note@nroth: unknown place "nroth"; did you mean "north"?'],
    [
      'an unknown provider',
      'provider: trust\n    name: { en: Live',
      'provider: thrust\n    name: { en: Live',
      '12: feeds.live.provider: unknown provider "thrust"; did you mean "trust"?',
    ],
    ['an unknown tile', 'tiles: [ed, beds]', 'tiles: [ed, bed]', '47: detail.0.tiles.1: unknown tile "bed"; did you mean "ed"?'],
    [
      'an unknown figure',
      'headline: ed.in-department@north',
      'headline: ed.in-department@south',
      /^39: tiles\.ed\.headline: unknown figure "ed\.in-department@south"; did you mean "ed\.in-department@north"\?$/,
    ],
    [
      'an unknown time zone',
      'simulated: true',
      'simulated: true\ntimezone: Europe/Lundain',
      '4: timezone: "Europe/Lundain" is not a time zone, e.g. Europe/London',
    ],
    [
      'a series of two feeds',
      'beds.occupancy@north:\nrollups',
      'beds.occupancy@north:\n      ed.four-hour@north:\nrollups',
      '34: feeds.daily.series.ed.four-hour@north: belongs to feed "live" already; a series has exactly one feed',
    ],
    [
      'a provider nobody hears from',
      '  trust: {',
      '  ghost: { name: { en: Ghost, cy: Ysbryd }, kind: hospice }\n  trust: {',
      '5: providers.ghost: has no feed, so the wall could never hear from it',
    ],
    [
      'a limit before the grace is over',
      'limit: 2h',
      'limit: 29m',
      '17: feeds.live.limit: must be at least 30m (longest wait, grace and lag together), or values are withdrawn before they are late',
    ],
    [
      'a limit that does not last the weekend',
      'limit: 75h',
      'limit: 26h',
      '31: feeds.daily.limit: must be at least 75h (longest wait, grace and lag together), or values are withdrawn before they are late',
    ],
    [
      'a lag the limit leaves out',
      'limit: 75h',
      'lag: 1h\n    limit: 75h',
      '32: feeds.daily.limit: must be at least 76h (longest wait, grace and lag together), or values are withdrawn before they are late',
    ],

    [
      'a line on the good side',
      'ed.in-department@north:\n',
      'ed.in-department@north: { thresholds: { act: { under: 5 } } }\n',
      '19: feeds.live.series.ed.in-department@north.thresholds: atMost or under cannot be a line of a metric that is higher-is-worse',
    ],
    [
      'act easier than watch',
      'ed.in-department@north:\n',
      'ed.in-department@north: { thresholds: { watch: { over: 80 }, act: { atLeast: 80 } } }\n',
      '19: feeds.live.series.ed.in-department@north.thresholds: act begins at 80, before watch at 80',
    ],
    [
      'act easier than watch, downwards',
      'ed.four-hour@north:\n',
      'ed.four-hour@north: { thresholds: { watch: { under: 65 }, act: { under: 78 } }, target: null }\n',
      '20: feeds.live.series.ed.four-hour@north.thresholds: act begins at 78, before watch at 65',
    ],
    [
      'a line out of reach',
      'ed.in-department@north:\n',
      'ed.in-department@north: { range: { min: 0, max: 100 } }\n',
      '19: feeds.live.series.ed.in-department@north.thresholds: act can never be reached within 0 to 100',
    ],
    [
      'a line always reached',
      'ed.in-department@north:\n',
      'ed.in-department@north: { thresholds: { watch: { atLeast: 0 } } }\n',
      '19: feeds.live.series.ed.in-department@north.thresholds: watch is always reached within 0 to 500',
    ],
    [
      'a line for a neutral metric',
      'ed.departures@north:',
      'ed.departures@north: { thresholds: { watch: { over: 5 } } }',
      '21: feeds.live.series.ed.departures@north.thresholds: watch: a neutral metric has lines on both sides or none',
    ],
    [
      'a target on the bad side',
      'ed.four-hour@north:\n',
      'ed.four-hour@north: { target: { atMost: 78 } }\n',
      '20: feeds.live.series.ed.four-hour@north.target: a metric that is lower-is-worse aims for atLeast',
    ],
    [
      'a target past the act line',
      'ed.four-hour@north:\n',
      'ed.four-hour@north: { target: { atLeast: 60 } }\n',
      '20: feeds.live.series.ed.four-hour@north.target: 60 is on target and past the act line at once',
    ],
    [
      'a jump every midnight',
      'ed.departures@north:',
      'ed.departures@north: { maxJump: 50 }',
      '21: feeds.live.series.ed.departures@north.maxJump: a count since midnight falls to 0 every night, which would be held back as a jump',
    ],

    [
      'a roll-up of what is not there',
      'ed.resus-free@south] }',
      'ed.resus-free@both] }',
      '35: rollups.ed.resus-free@both.of.1: unknown series "ed.resus-free@both"; did you mean "ed.resus-free@north"?',
    ],
    ['a roll-up that hides the worst', 'how: min', 'how: max', '35: rollups.ed.resus-free@both.how: max would show the best place and hide the worst'],
    ['a roll-up of other units', 'of: [ed.resus-free@north,', 'of: [ed.departures@north,', '35: rollups.ed.resus-free@both.how: the parts must be in spaces'],
    ['a ratio without a whole', 'ed.resus-free@both: { how: min,', 'ed.four-hour@both: { how: ratio,', '35: rollups.ed.four-hour@both.how: a ratio needs over'],
    [
      'a mean of shares',
      'ed.resus-free@both: { how: min, of: [ed.resus-free@north, ed.resus-free@south]',
      'ed.four-hour@both: { how: mean, of: [ed.four-hour@north]',
      '35: rollups.ed.four-hour@both.how: shares of different places cannot be added up; use ratio, max or min',
    ],

    [
      'a tile nobody sees',
      '  - { title: { en: Stay, cy: Aros }, tiles: [beds] }\ndetail:\n  - { title: { en: Door, cy: Drws }, tiles: [ed, beds] }',
      'detail:\n  - { title: { en: Door, cy: Drws }, tiles: [ed] }',
      ['42: tiles.beds: is neither on the overview nor on the detail wall', '48: links.0: "ed" and "beds" are never on the same wall'],
    ],
    ['a tile shown twice', 'tiles: [ed, beds]', 'tiles: [ed, ed]', ['47: detail.0.tiles.1: tile "ed" is on this wall already']],
    ['a link to nowhere', 'from: ed', 'from: ward', '49: links.0.from: unknown tile "ward"'],
    [
      'a block that could never be',
      'blockedBy: [beds.occupancy@north]',
      'blockedBy: [ed.departures@north]',
      '49: links.0.blockedBy.0: "ed.departures@north" has no act line, so it could never block',
    ],
  ] as [what: string, from: string, to: string, faults: string | string[] | RegExp][])('%s', (_, from, to, expected) => {
    expect(GOOD).toContain(from);
    const faults = faultsOf(GOOD.replace(from, to));
    if (expected instanceof RegExp) expect(faults).toEqual([expect.stringMatching(expected)]);
    else expect(faults).toEqual([expected].flat());
  });

  it('is told with its line, column and path, all faults at once', () => {
    const file = join(folder, 'two.yaml');
    writeFileSync(file, GOOD.replace('ed.departures@north:', 'ed.departed@north:').replace('from: ed', 'from: ward'));
    expect(() => loadBoard(file)).toThrow(
      expect.objectContaining({
        issues: [
          {
            file,
            line: 21,
            column: 7,
            path: 'feeds.live.series.ed.departed@north',
            at: ['feeds', 'live', 'series', 'ed.departed@north'],
            reason: 'unknown metric "ed.departed"; did you mean "ed.departures"?',
          },
          { file, line: 49, column: 7, path: 'links.0.from', at: ['links', 0, 'from'], reason: 'unknown tile "ward"' },
        ],
      }),
    );
  });

  it('may not even exist', () => {
    expect(() => loadBoard('buckinghamshir')).toThrow(
      'buckinghamshir:1: unknown board "buckinghamshir"; did you mean "buckinghamshire"?, and there is no such file',
    );
  });
});

/** The same board, and how it answers. Its lines begin at 50. */
const ANSWERING = `${GOOD}holidays: england-and-wales
groups:
  duty:
    name: { en: Duty, cy: Dyletswydd }
    kind: duty
    climb: [{ after: 10m, group: site }, { after: 20m, group: executive }]
  site: { name: { en: Site, cy: Safle }, kind: site }
  executive: { name: { en: Executive, cy: Gweithredwr }, kind: executive }
  desk:
    name: { en: Data desk, cy: Desg data }
    kind: data
levels:
  trust:
    scheme: opel-2023-24
    name: { en: Trust, cy: Ymddiriedolaeth }
    provider: trust
    parameters: { four-hour: ed.four-hour@north }
  whole: { scheme: opel-2023-24, name: { en: Whole, cy: Cyfan }, of: [{ level: trust, weight: 0.5 }] }
levelGroup: duty
rules:
  crowded:
    label: { en: Crowded, cy: Gorlawn }
    places: [north]
    severity: act
    when: { line: ed.in-department, over: 110 }
    for: 15m
    clear: { under: 90, for: 15m }
    owner: duty
    card: department-crowded
  resus:
    label: { en: No resus, cy: Dim dadebru }
    places: [north, south]
    severity: critical
    when: { composite: [{ line: ed.resus-free, atMost: 0 }, { line: ed.in-department@north, over: 80 }] }
    owner: { north: duty, south: site }
    card: resus-full
    supersedes: [crowded@north]
  late:
    label: { en: 'Late: {feed}', cy: 'Hwyr: {feed}' }
    feeds: all
    severity: watch
    when: late
    owner: desk
    card: feed-late
`;

describe('a board that answers', () => {
  it('has one rule for each place and each feed', () => {
    expect(faultsOf(ANSWERING)).toEqual([]);
    const { rules, response } = loadBoard(join(folder, 'trial.yaml'));
    expect(Object.keys(rules!)).toEqual(['crowded@north', 'resus@north', 'resus@south', 'late@live', 'late@daily']);
    expect(rules!['crowded@north']).toEqual({
      id: 'crowded@north',
      label: { en: 'Crowded', cy: 'Gorlawn' },
      place: 'north',
      severity: 'act',
      when: { kind: 'line', figure: 'ed.in-department@north', band: { over: 110 } },
      forMs: 900_000,
      forReadings: 1,
      clear: { band: { under: 90 }, forMs: 900_000, readings: 1 },
      owner: 'duty',
      card: 'department-crowded',
      tests: [],
    });
    expect(rules!['resus@south']).toMatchObject({
      owner: 'site',
      supersedes: ['crowded@north'],
      when: { kind: 'composite', atLeast: 2, of: [{ figure: 'ed.resus-free@south' }, { figure: 'ed.in-department@north' }] },
    });
    expect(rules!['late@daily']).toMatchObject({ label: { en: 'Late: Daily', cy: 'Hwyr: Dyddiol' }, place: 'north', when: { kind: 'late', feed: 'daily' } });
    expect(response!.groups['duty']!.climb).toEqual([
      { afterMs: 600_000, group: 'site' },
      { afterMs: 1_200_000, group: 'executive' },
    ]);
    // Those that rules name, and those of the levels the board can reach.
    expect(Object.keys(response!.cards).sort()).toEqual([
      'department-crowded',
      'feed-late',
      'level-2@opel-2023-24',
      'level-3@opel-2023-24',
      'level-4@opel-2023-24',
      'resus-full',
    ]);
    expect(Object.keys(response!.schemes)).toEqual(['opel-2023-24']);
    expect(response!.holidays).toContain('2026-12-28');
  });

  it.each([
    ['no owner', '    owner: duty\n    card: dep', '    card: dep', '70: rules.crowded.owner: is missing'],
    ['no card', '    card: department-crowded\n', '', '70: rules.crowded.card: is missing'],
    ['an unknown group', 'owner: duty\n    card: dep', 'owner: dity\n    card: dep', '77: rules.crowded.owner: unknown group "dity"; did you mean "duty"?'],
    ['an unknown card', 'card: resus-full', 'card: resus-ful', '85: rules.resus.card: unknown card "resus-ful"; did you mean "resus-full"?'],
    [
      'an unknown figure',
      'line: ed.in-department, over',
      'line: ed.in-departmnet, over',
      '74: rules.crowded.when.line: unknown figure "ed.in-departmnet@north"; did you mean "ed.in-department@north"?',
    ],
    ['an unknown feed', 'feeds: all', 'feeds: [live, dayly]', '89: rules.late.feeds.1: unknown feed "dayly"; did you mean "daily"?'],
    [
      'an unknown place',
      'places: [north]',
      'places: [nroth]',
      ['72: rules.crowded.places.0: unknown place "nroth"; did you mean "north"?', '86: rules.resus.supersedes.0: unknown rule "crowded@north"'],
    ],
    ['no place', '    places: [north]\n', '', ['70: rules.crowded: names no places', '85: rules.resus.supersedes.0: unknown rule "crowded@north"']],
    ['an owner for one place only', '{ north: duty, south: site }', '{ north: duty }', '84: rules.resus.owner: has no group for "south"'],
    ['a clearing line above', 'clear: { under: 90,', 'clear: { under: 120,', '76: rules.crowded.clear: clearing at 120 is not easier than firing at 110'],
    [
      'a clearing line that touches',
      'over: 110 }\n    for: 15m\n    clear: { under: 90,',
      'atLeast: 110 }\n    for: 15m\n    clear: { atMost: 110,',
      '76: rules.crowded.clear: clearing at 110 is not easier than firing at 110',
    ],
    [
      'a clearing line on the wrong side',
      'clear: { under: 90,',
      'clear: { over: 90,',
      '76: rules.crowded.clear: a rule that fires upwards clears under or atMost a value',
    ],
    ['no line', 'department, over: 110 }', 'department }', '74: rules.crowded.when: needs a line: over, atLeast, under or atMost'],
    ['a line out of reach', 'department, over: 110 }', 'department, over: 900 }', '74: rules.crowded.when.line: the line can never be reached within 0 to 500'],
    [
      'a line on the good side',
      'department, over: 110 }\n    for: 15m\n    clear: { under: 90, for: 15m }',
      'department, under: 110 }',
      '74: rules.crowded.when.line: atMost or under cannot be a line of a metric that is higher-is-worse',
    ],
    [
      'words',
      'line: ed.in-department, over: 110 }\n    for: 15m\n    clear: { under: 90, for: 15m }',
      'difference: context.note, less: ed.in-department, over: 1 }',
      '74: rules.crowded.when.difference: "context.note@north" is words, and words have no line',
    ],
    [
      'a slope of a roll-up',
      'line: ed.in-department, over: 110 }\n    for: 15m\n    clear: { under: 90, for: 15m }',
      'rate: ed.resus-free@both, during: 1h, under: -2 }',
      '74: rules.crowded.when.rate: "ed.resus-free@both" is a roll-up; a slope is taken of one series',
    ],
    [
      'a composite of composites',
      '{ line: ed.in-department@north, over: 80 }]',
      '{ composite: [] }]',
      '83: rules.resus.when.composite.1: a composite cannot be part of another; name its conditions here',
    ],
    ['more parts than there are', 'over: 80 }] }', 'over: 80 }], atLeast: 3 }', '83: rules.resus.when.atLeast: there are only 2 parts'],
    ['a rule behind itself', '[crowded@north]', '[resus]', '86: rules.resus.supersedes.0: a rule cannot stand behind itself'],
    ['a rule behind nothing', '[crowded@north]', '[crowded@south]', /^86: rules\.resus\.supersedes\.0: unknown rule "crowded@south"; did you mean/],
    ['late data for clinicians', 'owner: desk', 'owner: duty', '92: rules.late.owner: late data is for a group of kind data, and "duty" is of kind duty'],
    [
      'patients for the data desk',
      '    owner: duty\n',
      '    owner: desk\n',
      '77: rules.crowded.owner: "desk" looks after data; what happens to patients needs another group',
    ],
    [
      'a ladder to the data desk',
      '20m, group: executive',
      '20m, group: desk',
      '55: groups.duty.climb.1.group: alerts about data stay with owners of data, and others never reach them',
    ],
    ['a ladder out of order', 'after: 20m', 'after: 5m', '55: groups.duty.climb.1.after: the steps of a ladder stand in ascending order'],
    [
      'nobody for the night',
      '    kind: data\n',
      "    kind: data\n    hours: { from: '08:00', to: '18:00' }\n",
      '61: groups.desk.hours: somebody else must be named for the other hours: otherwise',
    ],
    ['an unknown calendar', 'england-and-wales', 'england', /^50: holidays: unknown calendar "england"/],
    [
      'an unknown scheme',
      'scheme: opel-2023-24\n',
      'scheme: opel-2023\n',
      [/^63: levels\.trust\.scheme: unknown scheme "opel-2023"/, /^67: levels\.whole\.of\.0\.level: a level is made of/],
    ],
    [
      'an unknown parameter',
      '{ four-hour: ed',
      '{ for-hour: ed',
      '66: levels.trust.parameters.for-hour: unknown parameter "for-hour"; did you mean "four-hour"?',
    ],
    ['a level of itself', '[{ level: trust,', '[{ level: whole,', '67: levels.whole.of.0.level: a level is made of those that stand before it'],
    ['nobody to tell of a level', 'levelGroup: duty', 'levelGroup: nobody', '68: levelGroup: unknown group "nobody"'],
  ] as [what: string, from: string, to: string, faults: string | RegExp | (string | RegExp)[]][])('is told of %s', (_, from, to, expected) => {
    expect(ANSWERING).toContain(from);
    const start = ANSWERING.indexOf(from, GOOD.length);
    const faults = faultsOf(ANSWERING.slice(0, start) + ANSWERING.slice(start).replace(from, to));
    expect(faults).toEqual([expected].flat().map((one) => (one instanceof RegExp ? expect.stringMatching(one) : one)));
  });
});

describe('a scheme', () => {
  const { source: _source, ...rest } = schemeEntry.parse({
    name: { en: 'S', cy: 'S' },
    mark: 'S',
    version: '1',
    issuer: 'nobody',
    source: 'a test',
    from: '2026-01-01',
    mode: 'both',
    levels: [1, 2, 3].map((n) => ({ n, name: { en: 'L', cy: 'L' }, meaning: { en: 'M', cy: 'M' }, look: 'ok' })),
    parameters: {
      a: {
        label: { en: 'A', cy: 'A' },
        bands: [
          { over: 9, points: 2 },
          { over: 5, points: 1 },
        ],
      },
    },
    cuts: [
      { upTo: 0, level: 1 },
      { upTo: 2, level: 2 },
    ],
    declared: '24h',
  });
  const good = { ...rest, source: 'a test' };

  it.each([
    ['nothing', {}, []],
    ['a score without a level', { cuts: [{ upTo: 1, level: 1 }] }, [[['cuts'], 'the parameters can score 2, and no cut reaches that far']]],
    ['a level that is none', { cuts: [{ upTo: 2, level: 7 }] }, [[['cuts', 0, 'level'], 'there is no level 7']]],
    [
      'bands that are not worst first',
      {
        parameters: {
          a: {
            ...good.parameters['a']!,
            bands: [
              { over: 5, points: 1 },
              { over: 9, points: 2 },
            ],
          },
        },
        cuts: [{ upTo: 2, level: 1 }],
      },
      [[['parameters', 'a', 'bands', 1, 'points'], 'bands stand worst first, with fewer points each']],
    ],
    [
      'parameters without a pillar',
      { how: 'worst-pillar' as const },
      [[['parameters', 'a'], 'the level is that of the worst pillar, so each parameter names its pillar']],
    ],
    ['parameters that nobody uses', { mode: 'declared' as const }, [[['parameters'], 'a level that is only declared has no parameters']]],
  ])('is told of %s', (_, change, faults) => {
    expect(faultsOfScheme({ ...good, ...change })).toEqual(faults);
  });
});

describe('faulty metrics', () => {
  const home = pathToFileURL(`${folder}/`);
  mkdirSync(join(folder, 'metrics'));
  const entry = (settings: string): string =>
    `{ label: { en: Wait, cy: Aros }, short: { en: Wait, cy: Aros }, kind: stock, direction: higher-is-worse, range: { min: 0, max: 9 }, source: a test, ${settings} }\n`;

  it('are told file by file', () => {
    writeFileSync(
      join(folder, 'units.yaml'),
      "minutes: { symbol: { en: min, cy: mun }, quantity: time }\ntext: { symbol: { en: '', cy: '' }, quantity: text }\n",
    );
    writeFileSync(join(folder, 'metrics/a.yaml'), `a.wait: ${entry('unit: minuets')}a.words: ${entry('unit: text')}`);
    writeFileSync(join(folder, 'metrics/b.yaml'), `a.wait: ${entry('unit: minutes, thresholds: { act: { over: 9 } }')}`);
    expect(() => loadMetrics(home)).toThrow(
      [
        'metrics/a.yaml:1: a.wait.unit: unknown unit "minuets"; did you mean "minutes"?',
        'metrics/a.yaml:2: a.words.kind: a metric of kind stock cannot be measured in text',
        'metrics/b.yaml:1: a.wait: is defined in another file already',
        'metrics/b.yaml:1: a.wait.thresholds: act can never be reached within 0 to 9',
      ].join('\n'),
    );
  });
});
