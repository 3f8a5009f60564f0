/** What is looked at, all of it in the address: a link shows everybody the same chart. */
import { TABS, type Tab } from './analysis-words.js';

export class Asked {
  #query = $state.raw(new URLSearchParams(location.search));

  readonly tab: Tab = $derived(TABS.find((tab) => tab === this.#query.get('tab')) ?? 'spc');

  get(name: string): string {
    return this.#query.get(name) ?? '';
  }
  all(name: string): string[] {
    return this.#query.getAll(name);
  }

  /** An empty value takes a setting away: it is then as the board has it. */
  set(changes: Readonly<Record<string, string | readonly string[]>>): void {
    const query = new URLSearchParams(location.search);
    for (const [name, value] of Object.entries(changes)) {
      query.delete(name);
      for (const one of typeof value === 'string' ? [value] : value) if (one !== '') query.append(name, one);
    }
    const address = new URL(location.href);
    address.search = query.toString();
    history.replaceState(history.state, '', address);
    this.#query = query;
  }

  /** The settings of a question to the server, by name; those that are not set are left out. */
  question(names: readonly string[], more: Readonly<Record<string, string>> = {}): URLSearchParams {
    const question = new URLSearchParams(more);
    for (const name of names) for (const value of this.all(name)) question.append(name, value);
    return question;
  }
}
