/** Reads the definition files of this catalogue, or a board's file of one's own. Every fault is found here, before a board changes. */
import type { BoardId } from '@comm-cell/board/definition';
import type { ProposedDefinition } from '@comm-cell/board/decide/define-board';
import { boardFile, metricFile, unitFile, type MetricEntry } from '@comm-cell/contract/definition';
import { cardFile, holidayFile, schemeEntry, type CardEntry, type SchemeEntry } from '@comm-cell/contract/response';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { find, unknown } from './names.js';
import { faultsOfMetric, resolveBoard, type Catalogue } from './resolve.js';
import type { Answers } from './response.js';
import { faultsOfScheme } from './schemes.js';
import { DefinitionError, type Issue, Source } from './source.js';

/** Where units.yaml, metrics/, boards/ and the rest are, seen from src/ and from dist/ alike. */
export const HOME = new URL('../', import.meta.url);

export function boardIds(): BoardId[] {
  return filesIn('boards').map((file) => file.slice('boards/'.length, -'.yaml'.length));
}

export function loadMetrics(home = HOME): Pick<Catalogue, 'units' | 'metrics'> {
  const unitSource = new Source('units.yaml', textOf('units.yaml', home));
  const units = unitSource.read(unitFile) ?? {};
  const metrics: Record<string, MetricEntry> = {};
  const sources = filesIn('metrics', home).map((file) => new Source(file, textOf(file, home)));
  for (const source of sources) {
    for (const [id, metric] of Object.entries(source.read(metricFile) ?? {})) {
      if (find(metrics, id)) source.say([id], 'is defined in another file already');
      for (const [setting, reason] of faultsOfMetric(metric, units)) source.say([id, setting], reason);
      metrics[id] = metric;
    }
  }
  stopAtFaults([unitSource, ...sources]);
  return { units, metrics };
}

function loadAnswers(): Answers {
  const cards: Record<string, CardEntry> = {};
  const schemes: Record<string, SchemeEntry> = {};
  const cardSources = filesIn('cards').map((file) => new Source(file, textOf(file)));
  for (const source of cardSources) {
    for (const [id, card] of Object.entries(source.read(cardFile) ?? {})) {
      if (find(cards, id)) source.say([id], 'is defined in another file already');
      cards[id] = card;
    }
  }
  const schemeSources = filesIn('schemes').map((file) => new Source(file, textOf(file)));
  for (const source of schemeSources) {
    const scheme = source.read(schemeEntry);
    if (!scheme) continue;
    for (const [path, reason] of faultsOfScheme(scheme)) source.say(path, reason);
    schemes[source.file.slice('schemes/'.length, -'.yaml'.length)] = scheme;
  }
  const holidaySource = new Source('holidays.yaml', textOf('holidays.yaml'));
  const holidays = holidaySource.read(holidayFile) ?? {};
  stopAtFaults([...cardSources, ...schemeSources, holidaySource]);
  return { cards, schemes, holidays };
}

let shippedCatalogue: Catalogue | undefined;

/** What ships does not change while a process runs, and is large: it is read once. */
export function loadCatalogue(): Catalogue {
  return (shippedCatalogue ??= { ...loadMetrics(), ...loadAnswers() });
}

/** By its id in this catalogue, or from a file of one's own. Throws a DefinitionError that tells all faults. */
export function loadBoard(idOrFile: string): ProposedDefinition {
  const ids = boardIds();
  const shipped = ids.includes(idOrFile);
  if (!shipped && !existsSync(idOrFile)) {
    throw new DefinitionError([
      { file: idOrFile, line: 1, column: 1, path: '', at: [], reason: `${unknown('board', idOrFile, ids)}, and there is no such file` },
    ]);
  }
  const file = shipped ? `boards/${idOrFile}.yaml` : idOrFile;
  const source = new Source(file, readFileSync(shipped ? new URL(file, HOME) : file, 'utf8'));
  const content = source.read(boardFile);
  const board = content && resolveBoard(content, source, loadCatalogue());
  if (shipped && board && board.id !== idOrFile) source.say(['board'], `a board of this catalogue has the name of its file, "${idOrFile}"`);
  stopAtFaults([source]);
  return board!;
}

/** What a board's file says, and everything that is wrong with it. With issues the board is what could be made out, if anything. */
export interface ReadBoard {
  board: ProposedDefinition | undefined;
  issues: readonly Issue[];
}

/** The text of a board's file, or its content. `name`: what its faults call it. */
export function readBoard(written: string | object, name: string): ReadBoard {
  const source = new Source(name, written);
  const content = source.read(boardFile);
  const board = content && resolveBoard(content, source, loadCatalogue());
  return { board, issues: source.inOrder() };
}

function textOf(file: string, home = HOME): string {
  return readFileSync(new URL(file, home), 'utf8');
}

function filesIn(folder: string, home = HOME): string[] {
  return readdirSync(new URL(`${folder}/`, home))
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => `${folder}/${name}`);
}

function stopAtFaults(sources: readonly Source[]): void {
  const issues = sources.flatMap((source) => source.inOrder());
  if (issues.length > 0) throw new DefinitionError(issues);
}
