/** One's work on one board: the server's picture of it, what is being entered, and what is on its way. */
import type { Person } from '@comm-cell/board/events';
import type { ConsoleFigure, ConsoleView } from '@comm-cell/board/views/console';
import type { ConsoleAnswer, FiguresBody } from '@comm-cell/contract/console';
import { createContext } from 'svelte';
import { measureText, momentText, valueText } from '../../notation.js';
import type { Preferences } from '../../preferences.svelte.js';
import type { Answer } from '../client.js';
import { Visitor } from '../visitor.svelte.js';
import { type ConsoleWords, consoleWords } from './console-words.js';
import { inTime, Outbox } from './outbox.svelte.js';
import { type Draft, type Drafts, Store } from './store.js';

const LOOK_MS = 20_000;
/** While the server did not answer: not every browser says when the signal is back. */
const LOOK_AGAIN_MS = 3_000;
const SECOND_MS = 1_000;

export class Work {
  answer = $state.raw<ConsoleAnswer>();
  /** The server did not answer when it was asked last. */
  unreachable = $state.raw(false);
  /** The server's clock, as well as this device can tell. */
  now = $state.raw(Date.now());
  drafts = $state.raw<Drafts>({});
  durable = $state.raw(true);
  said = $state.raw<{ about: string; done: boolean; text: string }>();
  readonly visitor: Visitor;
  readonly outbox: Outbox;
  readonly words: ConsoleWords = $derived.by(() => consoleWords[this.preferences.tongue]);
  /** Who works here. Without a connection: who was the last to be known, for nothing is sent before the server knows them. */
  readonly person: Person | undefined = $derived.by(() => this.visitor.session?.person ?? (this.unreachable ? this.#kept : undefined));
  #kept = $state.raw<Person>();
  #offsetMs = 0;
  readonly #store = new Store();
  #timers: ReturnType<typeof setInterval>[] = [];
  #looking = 0;

  constructor(
    readonly board: string,
    readonly preferences: Preferences,
  ) {
    this.visitor = new Visitor(board, preferences);
    this.outbox = new Outbox(board, this.#store, () => void this.look());
    void this.#begin();
  }

  /** Until the screen is left. */
  follow(): () => void {
    const look = (): void => void this.look();
    const seen = (): void => void (document.visibilityState === 'visible' && look());
    addEventListener('online', look);
    document.addEventListener('visibilitychange', seen);
    this.#timers = [
      setInterval(seen, LOOK_MS),
      setInterval(() => this.unreachable && this.#looking === 0 && seen(), LOOK_AGAIN_MS),
      setInterval(() => (this.now = Date.now() + this.#offsetMs), SECOND_MS),
    ];
    return () => {
      removeEventListener('online', look);
      document.removeEventListener('visibilitychange', seen);
      for (const timer of this.#timers) clearInterval(timer);
      this.outbox.stop();
    };
  }

  get view(): ConsoleView | undefined {
    return this.answer?.view;
  }

  async #begin(): Promise<void> {
    this.durable = await this.#store.durable;
    const kept = await this.#store.kept(this.board).catch(() => undefined);
    if (kept && !this.answer) {
      this.#kept = kept.person;
      this.#offsetMs = kept.answer.view.now - kept.deviceAt;
      this.answer = kept.answer;
      this.drafts = await this.#store.drafts(this.board, kept.person.id);
    }
    this.outbox.batches = await this.#store.batches(this.board, this.now);
    await this.look();
  }

  /** Asks the server how things stand, and sends what waits. */
  async look(): Promise<void> {
    this.#looking++;
    await this.#look().finally(() => this.#looking--);
  }

  async #look(): Promise<void> {
    // Before the figures: they are asked for by name.
    if (!this.visitor.session) await this.visitor.refresh();
    const answer = await inTime(this.visitor.client.get<ConsoleAnswer>('console'));
    if (!answer.ok) {
      const { problem } = answer;
      if (problem?.status !== 401) this.unreachable = problem === undefined || problem.status >= 500;
      else {
        await this.signedOut();
        if (problem.code === 'another-person') await this.#look();
      }
      return;
    }
    const deviceAt = Date.now();
    this.#offsetMs = answer.body.view.now - deviceAt;
    this.now = answer.body.view.now;
    const person = this.visitor.session?.person;
    if (!person) return;
    if (this.#kept?.id !== person.id) this.drafts = await this.#store.drafts(this.board, person.id);
    this.#kept = person;
    this.answer = answer.body;
    this.unreachable = false;
    await this.#store.keep({ board: this.board, person, deviceAt, answer: answer.body });
    await this.outbox.sendAs(person, this.now);
  }

  /** Nothing of theirs is shown to whoever comes next; what they entered waits for them. */
  async signedOut(): Promise<void> {
    this.unreachable = false;
    this.visitor.session = undefined;
    if (!this.#kept) return;
    this.answer = undefined;
    this.#kept = undefined;
    this.drafts = {};
    await this.outbox.sendAs(undefined, this.now);
    await this.#store.forget(this.board);
  }

  enter(series: string, draft: Omit<Draft, 'at'> | undefined): void {
    const { [series]: _gone, ...rest } = this.drafts;
    this.drafts = draft ? { ...rest, [series]: { ...draft, at: Math.floor(this.now) } } : rest;
    if (this.person) void this.#store.putDrafts(this.board, this.person.id, $state.snapshot(this.drafts) as Drafts);
  }

  /** Everything of the provider that was confirmed or changed, as one batch with the moments at which that was done. */
  async send(provider: string, figures: readonly ConsoleFigure[]): Promise<void> {
    const mine = figures.flatMap(({ series }) => (this.drafts[series] ? [{ series, draft: this.drafts[series] }] : []));
    const person = this.person;
    if (!person || mine.length === 0) return;
    const written = mine.map(({ series, draft: { value, why, at } }) => ({
      series,
      observedAt: new Date(at).toISOString(),
      ...(value === null ? { notReported: why ?? '' } : { value }),
    }));
    await this.outbox.add(person, { provider, figures: written }, Math.max(...mine.map(({ draft }) => draft.at)));
    for (const { series } of mine) this.enter(series, undefined);
  }

  /** A value that was held back as too far from the last one is right: the same moment again, and a person behind it. */
  async insist(provider: string, figure: FiguresBody['figures'][number]): Promise<void> {
    if (this.person) await this.outbox.add(this.person, { provider, figures: [{ ...figure, revision: (figure.revision ?? 0) + 1 }] }, Math.floor(this.now));
  }

  /** Everything that is no figure: done at once or not at all. True when it was done. */
  async do(about: string, request: () => Promise<Answer<unknown>>): Promise<boolean> {
    if (this.visitor.busy) return false;
    this.visitor.busy = true;
    const answer = await request();
    this.visitor.busy = false;
    const problem = answer.ok ? undefined : answer.problem;
    const told = problem && [problem.title, problem.detail].filter((one, i, all) => one && all.indexOf(one) === i).join(' ');
    this.said = { about, done: answer.ok, text: answer.ok ? this.words.done : (told ?? this.words.noAnswer) };
    await this.look();
    return answer.ok;
  }

  moment(at: number): string {
    return momentText(at, this.now, this.view?.zoneOffsetMs ?? 0, this.preferences.words);
  }
  nameOf({ label, place }: Pick<ConsoleFigure, 'label' | 'place'>): string {
    return `${this.preferences.label(label)}, ${this.preferences.label(place)}`;
  }
  valueOf(value: number | string | null, { metric, unit }: Pick<ConsoleFigure, 'metric' | 'unit'>): string {
    return value === null ? valueText(null, metric) : measureText(value, metric, this.preferences.label(unit.symbol));
  }
}

export const [getWork, setWork] = createContext<Work>();
