/**
 * A guard that never fails guards nothing. Here a small house with one planted fault for each rule goes through the same
 * `npm run check`, and every rule has to find its own.
 */
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

const root = fileURLToPath(new URL('../..', import.meta.url));
const require = createRequire(import.meta.url);
const { forbidden } = require('../../.config/dependency-cruiser.cjs') as { forbidden: { name: string }[] };

type Files = Record<string, string>;

/** The floors that the planted imports lead to. */
const FLOORS: Files = {
  'libs/board/src/time.ts': 'export const DAY_MS = 86_400_000;\n',
  'libs/board/src/evolve.ts': 'export const evolve = 1;\n',
  'libs/board/src/decide/tick.ts': 'export const tick = 1;\n',
  'libs/board/src/views/board.ts': 'export const boardView = 1;\n',
  'libs/contract/src/live.ts': 'export const PROTOCOL = 1;\n',
  'apps/api/src/main.ts': 'export const main = 1;\n',
  'apps/api/src/journal/journal.ts': 'export const journal = 1;\n',
  'apps/api/src/keeper/keeper.ts': 'export const keeper = 1;\n',
  'apps/api/src/live/gateway.ts': 'export const gateway = 1;\n',
  'apps/wall/src/source/live.ts': 'export const live = 1;\n',
  'apps/wall/src/panels/tile.ts': 'export const tile = 1;\n',
};

/** For each rule of the house plan a file that breaks it; the first is the one that must be named. */
const CROSSED: Record<string, Files> = {
  'no-cycles': { 'apps/simulator/src/a.ts': "import './b.js';\n", 'apps/simulator/src/b.ts': "import './a.js';\n" },
  'no-unresolved': { 'apps/simulator/src/lost.ts': "import './nowhere.js';\n" },
  'no-barrels': { 'apps/simulator/src/door.ts': "import './system/index.js';\n", 'apps/simulator/src/system/index.ts': 'export const all = 1;\n' },
  'no-grab-bags': { 'apps/simulator/src/bag.ts': "import './utils/odds.js';\n", 'apps/simulator/src/utils/odds.ts': 'export const odds = 1;\n' },
  'tests-are-not-imported': { 'apps/simulator/src/leaning.ts': "import '../test/prop.js';\n", 'apps/simulator/test/prop.ts': 'export const prop = 1;\n' },
  'board-imports-nothing': { 'libs/board/src/reader.ts': "import 'node:fs';\n" },
  'board-state-floor': { 'libs/board/src/state.ts': "import './evolve.js';\n" },
  'board-rules-floor': { 'libs/board/src/rules/level.ts': "import '../decide/tick.js';\n" },
  'board-decide-apart': { 'libs/board/src/decide/look.ts': "import '../views/board.js';\n" },
  'board-views-apart': { 'libs/board/src/views/judge.ts': "import '../decide/tick.js';\n" },
  'board-slices-apart': { 'libs/board/src/slices/drawn.ts': "import '../views/board.js';\n" },
  'contract-plain': { 'libs/contract/src/files.ts': "import 'node:fs';\n" },
  'contract-takes-types-only': { 'libs/contract/src/heavy.ts': "import { DAY_MS } from '@comm-cell/board/time';\n\nexport const day = DAY_MS;\n" },
  'libs-never-apps': { 'libs/catalogue/src/up.ts': "import '../../../apps/api/src/journal/journal.js';\n" },
  'database-floor': { 'apps/api/src/database/up.ts': "import '../journal/journal.js';\n" },
  'journal-floor': { 'apps/api/src/journal/up.ts': "import '../keeper/keeper.js';\n" },
  'access-floor': { 'apps/api/src/access/up.ts': "import '../keeper/keeper.js';\n" },
  'desk-floor': { 'apps/api/src/desk/sideways.ts': "import '../live/gateway.js';\n" },
  'keeper-floor': { 'apps/api/src/keeper/up.ts': "import '../live/gateway.js';\n" },
  'keeper-no-web': { 'apps/api/src/keeper/web.ts': "import 'socket.io';\n" },
  'keeper-no-views': { 'apps/api/src/keeper/shown.ts': "import '@comm-cell/board/views/board';\n" },
  'features-apart': { 'apps/api/src/ingest/neighbour.ts': "import '../live/gateway.js';\n" },
  'roof-is-not-imported': { 'apps/api/src/ops/roof.ts': "import '../main.js';\n" },
  'wall-borders': { 'apps/wall/src/screens/server.ts': "import '../../../api/src/journal/journal.js';\n" },
  'wall-never-decides': { 'apps/wall/src/screens/decider.ts': "import '@comm-cell/board/decide/tick';\n" },
  'panels-draw': { 'apps/wall/src/panels/reach.ts': "import '../source/live.js';\n" },
  'ui-below': { 'apps/wall/src/ui/known.ts': "import '../panels/tile.js';\n" },
  'source-below': { 'apps/wall/src/source/drawn.ts': "import '../panels/tile.js';\n" },
  'simulator-outside': { 'apps/simulator/src/inside.ts': "import '../../api/src/journal/journal.js';\n" },
  'launcher-borders': { 'apps/launcher/keeper.mjs': "import '../api/src/keeper/keeper.js';\n" },
};

/** ESLint: rule, and the file it must name. */
const WRITTEN: Record<string, { file: string; text: string }> = {
  'no-restricted-globals (a clock)': { file: 'libs/board/src/clock.ts', text: 'export const now = (): number => Date.now();\n' },
  'no-restricted-globals (a new date)': { file: 'libs/board/src/date.ts', text: 'export const today = (): string => new Date().toISOString();\n' },
  'no-restricted-globals (a language)': { file: 'libs/board/src/language.ts', text: "export const format = new Intl.NumberFormat('en-GB');\n" },
  'no-restricted-globals (the process)': { file: 'libs/board/src/environment.ts', text: 'export const home = process.env;\n' },
  'no-restricted-globals (the network)': { file: 'libs/board/src/network.ts', text: "export const get = async (): Promise<unknown> => fetch('/');\n" },
  'no-restricted-properties': { file: 'libs/board/src/chance.ts', text: 'export const chance = (): number => Math.random();\n' },
  'no-restricted-syntax': { file: 'libs/board/src/order.ts', text: "export const before = (a: string): number => a.localeCompare('b');\n" },
  'no-restricted-globals (in a panel)': { file: 'apps/wall/src/panels/fetching.ts', text: "export const get = async (): Promise<unknown> => fetch('/');\n" },
  'svelte/no-at-html-tags': {
    file: 'apps/wall/src/Markup.svelte',
    text: '<script lang="ts">\n  let { words }: { words: string } = $props();\n</script>\n\n{@html words}\n',
  },
  'svelte/require-each-key': {
    file: 'apps/wall/src/Keyless.svelte',
    text: '<script lang="ts">\n  let { list }: { list: string[] } = $props();\n</script>\n\n{#each list as one}{one}{/each}\n',
  },
  '@typescript-eslint/no-floating-promises': {
    file: 'apps/api/src/ops/floating.ts',
    text: 'const later = async (): Promise<void> => Promise.resolve();\n\nexport function start(): void {\n  later();\n}\n',
  },
  '@typescript-eslint/switch-exhaustiveness-check': {
    file: 'libs/contract/src/cases.ts',
    text: "export function name(kind: 'a' | 'b'): string | undefined {\n  switch (kind) {\n    case 'a':\n      return 'A';\n  }\n  return undefined;\n}\n",
  },
  '@typescript-eslint/consistent-type-imports': {
    file: 'libs/contract/src/typed.ts',
    text: "import { Label } from './kinds.js';\n\nexport const text: Label = 'x';\n",
  },
};

const OTHERS: Files = {
  'libs/contract/src/kinds.ts': 'export type Label = string;\n',
  'libs/contract/src/wrong-type.ts': "export const count: number = 'many';\n",
  'libs/contract/src/unchecked-index.ts': 'export const first = (list: number[]): number => list[0];\n',
  'apps/wall/src/Wrong.svelte': '<script lang="ts">\n  const count: number = \'many\';\n</script>\n\n{count}\n',
  'apps/simulator/src/ugly.ts': 'export const ugly   =   "quoted"\n',
  'apps/simulator/src/undeclared.ts': "import 'lodash';\n",
  'libs/contract/test/failing.spec.ts': "import { expect, test } from '@jest/globals';\n\ntest('fails', () => expect(1).toBe(2));\n",
};

let house: string;
let said: { code: number; out: string };

/** What one piece of the check said: from its own line to the next piece's. */
function of(piece: string): string {
  const from = said.out.search(new RegExp(`^(ok    |FAILED) ${piece} \\(`, 'm'));
  expect(from).toBeGreaterThanOrEqual(0);
  const rest = said.out.slice(from);
  const next = rest.slice(1).search(/^(ok {4}|FAILED) [a-z ]+ \(\d+ s\)$|^check: /m);
  return next < 0 ? rest : rest.slice(0, next + 1);
}

beforeAll(async () => {
  house = mkdtempSync(join(tmpdir(), 'comm-cell-guards-'));
  const modules = join(root, 'node_modules');
  mkdirSync(join(house, 'node_modules/@comm-cell'), { recursive: true });
  for (const name of readdirSync(modules))
    if (name !== '@comm-cell' && !name.startsWith('.')) symlinkSync(join(modules, name), join(house, 'node_modules', name));
  for (const name of ['.config', '.gitignore', '.swcrc', 'package.json', 'tsconfig.json']) cpSync(join(root, name), join(house, name), { recursive: true });
  for (const place of ['libs/board', 'libs/contract', 'libs/catalogue', 'apps/api', 'apps/wall', 'apps/simulator', 'apps/launcher', 'tests']) {
    for (const name of ['package.json', 'tsconfig.json', 'svelte.config.js', 'support/jest'])
      if (existsSync(join(root, place, name))) cpSync(join(root, place, name), join(house, place, name), { recursive: true });
    symlinkSync(join(house, place), join(house, 'node_modules/@comm-cell', place.split('/').at(-1)!));
  }
  const written = Object.fromEntries(Object.values(WRITTEN).map(({ file, text }) => [file, text]));
  for (const [file, text] of Object.entries(Object.assign({}, FLOORS, OTHERS, written, ...Object.values(CROSSED)) as Files)) {
    mkdirSync(dirname(join(house, file)), { recursive: true });
    writeFileSync(join(house, file), text);
  }
  const run = promisify(execFile)(process.execPath, ['.config/check.mjs'], { cwd: house, maxBuffer: 64 * 1024 * 1024 });
  said = await run.then(
    ({ stdout }) => ({ code: 0, out: stdout }),
    ({ code, stdout }: { code: number; stdout: string }) => ({ code, out: stdout }),
  );
});
afterAll(() => {
  rmSync(house, { recursive: true, force: true });
});

test('the check says no, and names every piece', () => {
  expect(said.code).toBe(1);
  const last = said.out.trim().split('\n').at(-1)!;
  for (const piece of ['lint', 'unit', 'types of the wall', 'format', 'dead code', 'boundaries']) expect(last).toContain(piece);
});

describe('boundaries', () => {
  test('every rule of the house plan has its planted fault', () => {
    expect(Object.keys(CROSSED).sort()).toEqual(forbidden.map(({ name }) => name).sort());
  });

  test.each(Object.keys(CROSSED))('%s', (rule) => {
    expect(of('boundaries')).toContain(`error ${rule}: ${Object.keys(CROSSED[rule]!)[0]}`);
  });
});

describe('lint', () => {
  test.each(Object.keys(WRITTEN))('%s', (rule) => {
    const { file } = WRITTEN[rule]!;
    const about = of('lint')
      .split('\n\n')
      .find((part) => part.includes(join(house, file)));
    expect(about).toContain(rule.split(' ')[0]);
  });

  test('type imports are free in the API, where injection needs the class', () => {
    expect(of('lint')).not.toMatch(/apps\/api[^\n]*\n[^\n]*consistent-type-imports/);
  });
});

test('types, said with the lint: a wrong type and an unchecked index', () => {
  expect(of('lint')).toMatch(/wrong-type\.ts.*TS2322/);
  expect(of('lint')).toMatch(/unchecked-index\.ts.*TS2322/);
});

test('types of the wall: a wrong type inside a component', () => {
  expect(of('types of the wall')).toContain('Wrong.svelte');
});

test('format: a file that nobody laid out', () => {
  expect(of('format')).toContain('apps/simulator/src/ugly.ts');
});

test('dead code: an unused component, an unused export and an undeclared package', () => {
  expect(of('dead code')).toMatch(/Unused files[^]*apps\/wall\/src\/Wrong\.svelte/);
  expect(of('dead code')).toMatch(/PROTOCOL.*libs\/contract\/src\/live\.ts/);
  expect(of('dead code')).toMatch(/lodash.*apps\/simulator\/src\/undeclared\.ts/);
});

test('unit: a test that fails', () => {
  expect(of('unit')).toContain('1 failed');
});
