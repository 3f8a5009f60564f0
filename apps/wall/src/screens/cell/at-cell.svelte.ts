/** Who is at the cell's page, which form is open, and what the server said to what was sent last. */
import type { BoardDefinition } from '@comm-cell/board/definition';
import type { Preferences } from '../../preferences.svelte.js';
import type { Answer, Problem } from '../client.js';
import { Visitor } from '../visitor.svelte.js';
import { cellWords, type CellWords } from './cell-words.js';
import type { Asked } from './Write.svelte';

export class AtCell extends Visitor {
  /** Name of the one form that is open. */
  open = $state.raw<string>();
  /** What the server said, and about which form. */
  said = $state.raw<{ about: string; text: string; refused: boolean }>();
  readonly words: CellWords = $derived.by(() => cellWords[this.preferences.tongue]);

  constructor(board: string, preferences: Preferences) {
    super(board, preferences);
  }

  /** Whoever works for several organisations says whose action it is; anybody else is not asked. */
  whose(providers: BoardDefinition['providers']): Asked[] {
    const own = this.providers ?? [];
    if (own.length < 2) return [];
    const choices = own.map((id) => ({ value: id, label: providers[id] ? this.preferences.label(providers[id].name) : id }));
    return [{ name: 'provider', label: this.words.organisation, choices }];
  }

  toggle(name: string): void {
    this.open = this.open === name ? undefined : name;
    this.said = undefined;
  }

  /** True when the server has done it; then the form closes, and what was typed goes. Else it stays. */
  async send(about: string, request: () => Promise<Answer<unknown>>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.said = undefined;
    const answer = await request();
    this.busy = false;
    if (answer.ok) {
      if (this.open === about) this.open = undefined;
      this.said = { about, text: this.words.done, refused: false };
      return true;
    }
    if (answer.problem?.status === 401) this.session = undefined;
    this.said = { about, text: wordsOf(answer.problem) ?? this.words.noAnswer, refused: true };
    return false;
  }
}

function wordsOf(problem: Problem | undefined): string | undefined {
  return problem && [problem.title, problem.detail].filter((one, i, all) => one && all.indexOf(one) === i).join(' ');
}
