/** What all tabs of the analysis share: the board's figures, how they are written, and questions to the server. */
import { localDay, momentOfLocal, offsetMsAt, DAY_MS } from '@comm-cell/board/time';
import type { FigureChoice, FigureChoices } from '@comm-cell/contract/trends';
import { createContext } from 'svelte';
import { measureText, momentText } from '../../notation.js';
import type { Preferences } from '../../preferences.svelte.js';
import { simulatedMark } from '../../words.js';
import { type Answer, ask, BoardClient, type Problem } from '../client.js';
import { analysisWords, type AnalysisWords } from './analysis-words.js';
import type { Asked } from './asked.svelte.js';

export class FigureDesk {
  readonly words: AnalysisWords = $derived.by(() => analysisWords[this.preferences.tongue]);
  readonly figure: FigureChoice = $derived.by(() => this.find(this.asked.get('figure')) ?? this.choices.figures[0]!);

  constructor(
    readonly board: string,
    readonly asked: Asked,
    readonly choices: FigureChoices,
    readonly preferences: Preferences,
  ) {}

  find(id: string): FigureChoice | undefined {
    return this.choices.figures.find((figure) => figure.id === id);
  }

  nameOf(figure: FigureChoice): string {
    return `${this.preferences.label(figure.label)}, ${this.preferences.label(figure.place)}`;
  }

  /** A value with its unit, finer than the wall writes it: means lie between what is counted. */
  write(value: number, figure: FigureChoice = this.figure, finer = 0): string {
    return measureText(value, { notation: figure.notation, decimals: figure.decimals + finer }, this.preferences.label(figure.unit));
  }

  /** As on an axis: as many decimals as the value has, no unit. */
  writeTick(value: number): string {
    const { notation } = this.figure;
    return measureText(value, { notation, decimals: Number.isInteger(value) ? 0 : Math.min(3, String(value).split('.')[1]?.length ?? 0) }, '');
  }

  date(at: number): string {
    const { zone } = this.choices;
    const date = new Date(at + offsetMsAt(zone, at));
    return `${this.preferences.words.days[date.getUTCDay()]} ${date.getUTCDate()} ${this.preferences.words.months[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
  }
  moment(at: number): string {
    return `${this.date(at)} ${momentText(at, at, offsetMsAt(this.choices.zone, at), this.preferences.words)}`;
  }

  /** What must stand on every picture of the chart. */
  get footer(): string[] {
    return [...(this.choices.simulated ? [simulatedMark] : []), ...(this.choices.notice ? [this.preferences.label(this.choices.notice)] : [])];
  }

  /** Local midnight of a date as date fields write it; undefined for anything else. */
  midnight(date: string, daysOn = 0): string | undefined {
    const day = Date.parse(`${date}T00:00:00Z`) / DAY_MS;
    return Number.isInteger(day) ? new Date(momentOfLocal(this.choices.zone, day + daysOn, 0)).toISOString() : undefined;
  }
  /** The local date of a moment, for a date field. */
  dateField(at: number): string {
    return new Date(localDay(this.choices.zone, at) * DAY_MS).toISOString().slice(0, 10);
  }

  /** The address of a question: the settings in the address of the page, with their dates as moments. */
  address(route: string, names: readonly string[], more: Readonly<Record<string, string>> = {}): string {
    const question = this.asked.question(names, more);
    const [from, to] = [this.midnight(this.asked.get('from')), this.midnight(this.asked.get('to'), 1)];
    if (names.includes('from') && from !== undefined) question.set('from', from);
    else question.delete('from');
    if (names.includes('to') && to !== undefined) question.set('to', to);
    else question.delete('to');
    question.delete('rebase');
    if (names.includes('rebase')) {
      for (const change of this.asked.all('rebase')) {
        const at = this.midnight(change.slice(0, 10));
        if (at !== undefined) question.append('rebase', `${at}~${change.slice(11)}`);
      }
    }
    return `${new BoardClient(this.board).address({}, 'trends', ...route.split('/').filter(Boolean))}?${question}`;
  }
}

/** The newest answer to the newest question; older answers that come late are dropped. */
export class Answered<Body> {
  body = $state.raw<Body>();
  problem = $state.raw<Problem | undefined | null>(null);
  busy = $state.raw(false);
  #newest = 0;

  async look(address: string): Promise<void> {
    const own = ++this.#newest;
    this.busy = true;
    const answer: Answer<Body> = await ask('GET', address);
    if (own !== this.#newest) return;
    this.busy = false;
    this.body = answer.ok ? answer.body : undefined;
    this.problem = answer.ok ? null : answer.problem;
  }
}

const [getFigureDesk, setFigureDesk] = createContext<FigureDesk>();
export { getFigureDesk, setFigureDesk };
