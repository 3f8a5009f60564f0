/** Who is at this desk, what they may do on this board, and what the server said to their last request. */
import { createContext } from 'svelte';
import { getPreferences, type Preferences } from '../../preferences.svelte.js';
import { LiveSource } from '../../source/live.svelte.js';
import type { Answer } from '../client.js';
import { Visitor } from '../visitor.svelte.js';
import { deskWords, type DeskWords } from './desk-words.js';

export type Said = { kind: 'done' | 'moved-on' | 'refused'; text: string; /** What it was about. */ about: string };

export class AtDesk extends Visitor {
  said = $state.raw<Said>();
  readonly words: DeskWords = $derived.by(() => deskWords[this.preferences.tongue]);

  /**
   * Sends and keeps what the server said. `moved`: how the thing stands now, in words, for when it is not any more what the
   * person saw. True when it was done.
   */
  async send<Body>(
    about: string,
    done: keyof DeskWords['done'] | ((body: Body) => keyof DeskWords['done']),
    request: () => Promise<Answer<Body>>,
    moved: () => string,
  ): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.said = undefined;
    const answer = await request();
    this.busy = false;
    const { words } = this;
    if (answer.ok) {
      this.said = { kind: 'done', text: words.done[typeof done === 'function' ? done(answer.body) : done], about };
      return true;
    }
    const { problem } = answer;
    if (problem?.status === 401) this.session = undefined;
    if (problem?.status === 409 && problem.code === 'moved-on') this.said = { kind: 'moved-on', text: words.movedOn(moved()), about };
    else
      this.said = {
        kind: 'refused',
        text: problem ? words.refused([problem.title, problem.detail].filter((one, i, all) => one && all.indexOf(one) === i).join(' ')) : words.noAnswer,
        about,
      };
    return false;
  }
}

const [getAtDesk, setAtDesk] = createContext<AtDesk>();
export { getAtDesk };

/** For the screen that is opened: who is at its desk, for all its parts, and the board as it lives until the screen is left. */
export function openDesk(board: string): { preferences: Preferences; at: AtDesk; source: LiveSource } {
  const preferences = getPreferences();
  const at = setAtDesk(new AtDesk(board, preferences));
  const source = new LiveSource(board, __BUILD__);
  $effect(() => () => source.stop());
  return { preferences, at, source };
}
