/** Boards to begin with: made from those that ship, with names that mean nobody. */
import type { Label } from '@comm-cell/board/definition';
import { boardFile, type WrittenBoard } from '@comm-cell/contract/definition';
import { edited } from '@comm-cell/contract/edits';
import { readFileSync } from 'node:fs';
import { HOME } from './load.js';
import { Source } from './source.js';
import { tidy } from './tidy.js';

interface Recipe {
  file: string;
  name: Label;
  about: Label;
  /** Ids and names of the shipped board, and those that stand for them until somebody names them. */
  ids: Readonly<Record<string, string>>;
  names: readonly (readonly [from: string, to: Label])[];
}

const RECIPES: Readonly<Record<string, Recipe>> = {
  'acute-system': {
    file: 'boards/buckinghamshire.yaml',
    name: { en: 'Urgent care system in England', cy: 'System gofal brys yn Lloegr' },
    about: {
      en: 'Ten organisations, two emergency departments, OPEL. Take out what you do not have.',
      cy: 'Deg sefydliad, dwy adran achosion brys, OPEL. Tynnwch yr hyn nad oes gennych.',
    },
    ids: {
      'stoke-mandeville': 'hospital-one',
      wycombe: 'hospital-two',
      'bucks-healthcare': 'hospital-trust',
      'south-central-999': 'ambulance',
      'bucks-ooh': 'out-of-hours-gps',
      'bucks-community': 'community-trust',
      'vale-hospice': 'hospice-charity',
      'bucks-mental-health': 'mental-health-trust',
      'stoke-ed': 'hospital-one-ed',
      'wycombe-ed': 'hospital-two-ed',
      'duty-stoke': 'duty-one',
      'duty-wycombe': 'duty-two',
    },
    names: [
      ['Bucks Healthcare', { en: 'Hospital trust', cy: 'Hospital trust' }],
      ['Gofal Iechyd Bucks', { en: 'Hospital trust', cy: 'Ymddiriedolaeth ysbytai' }],
      ['Stoke Mandeville', { en: 'First hospital', cy: 'Ysbyty cyntaf' }],
      ['Stoke', { en: 'First hospital', cy: 'Ysbyty cyntaf' }],
      ['Wycombe', { en: 'Second hospital', cy: 'Ail ysbyty' }],
    ],
  },
  'health-board': {
    file: 'boards/cwm-derwen.yaml',
    name: { en: 'Health board in Wales', cy: 'Bwrdd iechyd yng Nghymru' },
    about: {
      en: 'Welsh first, Welsh levels and standards, two hospitals.',
      cy: 'Cymraeg yn gyntaf, lefelau a safonau Cymru, dau ysbyty.',
    },
    ids: {
      'ysbyty-derwen': 'ysbyty-un',
      'ysbyty-glan-nant': 'ysbyty-dau',
      'uned-bryn-teg': 'uned-man-anafiadau',
      'hosbis-y-bryn': 'hosbis',
      'brys-derwen': 'brys-un',
      'brys-glan-nant': 'brys-dau',
      derwen: 'un',
      'glan-nant': 'dau',
      'safle-derwen': 'safle-un',
      'safle-glan-nant': 'safle-dau',
    },
    names: [
      ['Ysbyty Derwen', { en: 'First hospital', cy: 'Ysbyty cyntaf' }],
      ['Ysbyty Glan Nant', { en: 'Second hospital', cy: 'Ail ysbyty' }],
      ['Derwen', { en: 'First hospital', cy: 'Ysbyty cyntaf' }],
      ['Glan Nant', { en: 'Second hospital', cy: 'Ail ysbyty' }],
      ['Bryn Teg minor', { en: 'Minor', cy: 'Minor' }],
      [' Bryn Teg', { en: '', cy: '' }],
      ['Hosbis y Bryn', { en: 'Hospice', cy: 'Hosbis' }],
    ],
  },
  pathway: {
    file: 'templates/pathway.yaml',
    name: { en: 'A short pathway', cy: 'Llwybr byr' },
    about: {
      en: 'One place for each step from the first call to the way home, about twenty figures.',
      cy: 'Un lle ar gyfer pob cam o’r alwad gyntaf i’r ffordd adref, tua ugain o ffigurau.',
    },
    ids: {},
    names: [],
  },
};

export interface BoardTemplate extends Pick<Recipe, 'name' | 'about'> {
  id: string;
  file: WrittenBoard;
}

export function templates(): BoardTemplate[] {
  return Object.keys(RECIPES).map((id) => templateOf(id)!);
}

export function templateOf(id: string): BoardTemplate | undefined {
  const recipe = Object.hasOwn(RECIPES, id) ? RECIPES[id]! : undefined;
  if (!recipe) return undefined;
  // Whole names only: "wycombe" in "wycombe-ed" is another name.
  const text = Object.entries(recipe.ids).reduce(
    (all, [from, to]) => all.replaceAll(new RegExp(`(?<![\\w-])${from}(?![\\w-])`, 'g'), to),
    readFileSync(new URL(recipe.file, HOME), 'utf8'),
  );
  const file = new Source(recipe.file, text).read(boardFile)!;
  return { id, name: recipe.name, about: recipe.about, file: { ...(renamed(file, recipe.names) as WrittenBoard), simulated: false } };
}

/** In every pair of words, each language in its own way. */
function renamed(part: unknown, names: Recipe['names']): unknown {
  if (Array.isArray(part)) return part.map((one) => renamed(one, names));
  if (typeof part !== 'object' || part === null) return part;
  const { en, cy } = part as Partial<Label>;
  if (typeof en === 'string' && typeof cy === 'string')
    return names.reduce((label, [from, to]) => ({ en: label.en.replaceAll(from, to.en), cy: label.cy.replaceAll(from, to.cy) }), { en, cy });
  return Object.fromEntries(Object.entries(part).map(([key, one]) => [key, renamed(one, names)]));
}

export interface Adapted {
  id: string;
  name: Label;
  languages: readonly ('en' | 'cy')[];
  simulated: boolean;
  /** null: not on this board, and with it everything that is measured there. */
  providers: Readonly<Record<string, Label | null>>;
  places: Readonly<Record<string, Label | null>>;
}

/** The template with names of one's own, without what was left out and what would lead nowhere then. */
export function adapted(file: WrittenBoard, { id, name, languages, simulated, providers, places }: Adapted): WrittenBoard {
  const edits = [
    ...(['providers', 'places'] as const).flatMap((part) =>
      Object.entries({ providers, places }[part])
        .filter(([one]) => Object.hasOwn(file[part], one))
        .map(([one, to]) => (to === null ? { at: [part, one] } : { at: [part, one, 'name'], to })),
    ),
    { at: ['board'], to: id },
    { at: ['name'], to: name },
    { at: ['languages'], to: [...languages] },
    { at: ['simulated'], to: simulated },
  ];
  return tidy(edited(file, edits) as WrittenBoard);
}
