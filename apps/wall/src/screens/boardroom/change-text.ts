/** A change between two moments in words and numbers. */
import type { BoardDefinition, Label } from '@comm-cell/board/definition';
import type { AlertThen, Change, FigureThen } from '@comm-cell/board/views/changes';
import { measureText } from '../../notation.js';
import type { Words } from '../../words.js';
import type { BoardroomWords } from './boardroom-words.js';

export interface ChangeText {
  kind: string;
  what: string;
  place: string;
  before: string;
  after: string;
  tone: 'worse' | 'better' | 'other';
}

export interface Writing {
  definition: BoardDefinition;
  words: Words;
  own: BoardroomWords;
  label(label: Label): string;
  /** A moment as it is written on this screen. */
  at(moment: number): string;
}

export function toneOf({ weight, worse }: Change): ChangeText['tone'] {
  return worse ? 'worse' : weight < 0 ? 'better' : 'other';
}

export function changeText(change: Change, writing: Writing): ChangeText {
  const { own, label, at } = writing;
  const said = own.changed;
  const common = { kind: said.kinds[change.kind], place: '', tone: toneOf(change) };
  const plain = (what: string, before: string, after: string): ChangeText => ({ ...common, what, before, after });
  switch (change.kind) {
    case 'figure': {
      const text = (then: FigureThen | null): string => figureText(change.figure, then, writing);
      return { ...plain(label(change.label), text(change.before), text(change.after)), place: label(change.place) };
    }
    case 'alert': {
      const { before, after } = change;
      const what = `#${change.no} ${label(change.label)}`;
      return {
        ...plain(what, before ? alertText(before, writing) : said.notRaised, after ? alertText(after, writing) : said.over),
        place: label(change.place),
      };
    }
    case 'level':
    case 'below': {
      const text = (then: { low: number; high: number } | null): string =>
        then ? `${change.mark} ${then.low === then.high ? then.high : `${then.low}–${then.high}`}` : said.noLevel;
      return plain(label(change.label), text(change.before), text(change.after));
    }
    case 'declared': {
      const text = (n: number | null): string => (n === null ? said.noLevel : `${change.mark} ${n}`);
      return plain(label(change.label), text(change.before), text(change.after));
    }
    case 'feed': {
      const text = (freshness: typeof change.before): string => (freshness === null ? '–' : writing.words.freshness[freshness]);
      return plain(label(change.label), text(change.before), text(change.after));
    }
    case 'suspension':
    case 'closure': {
      const [none, until] = change.kind === 'closure' ? [said.open, said.closedUntil] : [said.running, said.pausedUntil];
      const text = (then: typeof change.before): string => (then ? until(at(then.until), then.reason) : none);
      return plain(label(change.label), text(change.before), text(change.after));
    }
    case 'status': {
      const text = (then: typeof change.before): string =>
        then ? [then.level === undefined ? '' : `${writing.words.level} ${then.level}`, `“${then.text}”`].filter(Boolean).join(' · ') : said.silent;
      return plain(label(change.label), text(change.before), text(change.after));
    }
    case 'action': {
      const text = (then: typeof change.before, none: string): string =>
        then ? (then.overdue ? said.overdueSince : said.dueAt)(at(then.due), change.owner) : none;
      return plain(`#${change.no} ${change.what}`, text(change.before, said.noAction), text(change.after, said.done));
    }
    case 'passed': {
      const { before, after } = change;
      return { ...plain(change.what, before === null ? said.notRaised : said.passed[before], said.passed[after]), place: label(change.label) };
    }
    case 'rule': {
      const text = (version: number | null): string => (version === null ? said.noRule : said.version(version));
      return plain(label(change.label), text(change.before), text(change.after));
    }
    case 'definition':
      return plain(label(change.label), change.before === null ? '–' : said.defined(at(change.before)), said.defined(at(change.after)));
  }
}

function figureText(figure: string, then: FigureThen | null, { definition, words, label }: Writing): string {
  if (!then) return words.noDataYet;
  const metric = definition.metrics[(definition.series[figure] ?? definition.rollups[figure])?.metric ?? ''];
  const current = then.freshness === 'fresh' || then.freshness === 'due';
  // A value that was withdrawn from the wall is not told as if it still counted.
  if (!current) return words.freshness[then.freshness];
  if (then.value === null) return words.notReported;
  const unit = metric && definition.units[metric.unit];
  const value = metric ? measureText(then.value, metric, unit ? label(unit.symbol) : '') : String(then.value);
  return then.status === 'act' || then.status === 'watch' ? `${value} (${words.status[then.status]})` : value;
}

function alertText({ severity, phase, owner }: AlertThen, { words, own }: Writing): string {
  return [words.severity[severity], words.phase[phase], owner === undefined ? '' : own.changed.takenBy(owner)].filter(Boolean).join(' · ');
}
