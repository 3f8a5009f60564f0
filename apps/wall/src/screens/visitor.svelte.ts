/** Who is at this screen, and what they may do on this board. */
import type { Label } from '@comm-cell/board/definition';
import type { Command, Session } from '@comm-cell/contract/desk';
import type { Preferences } from '../preferences.svelte.js';
import { fetchBoards } from './boards-list.js';
import { BoardClient, sessions, showTo } from './client.js';

export class Visitor {
  #session = $state.raw<Session>();
  /** The server was asked who is here; before that nobody should be told that they are not signed in. */
  asked = $state.raw(false);
  /** The board as people call it; undefined until the server has said it. */
  name = $state.raw<string | Label>();
  busy = $state.raw(false);
  readonly client: BoardClient;

  constructor(
    readonly board: string,
    readonly preferences: Preferences,
  ) {
    this.client = new BoardClient(board);
    // The page before may have been shown to somebody else.
    this.session = undefined;
    void this.refresh();
    void this.#learnName();
  }

  get session(): Session | undefined {
    return this.#session;
  }
  set session(session: Session | undefined) {
    this.#session = session;
    showTo(session?.person.id);
  }

  /** What the board is called in the language of the moment, or its id while that is not known. */
  get place(): string {
    return typeof this.name === 'object' ? this.preferences.label(this.name) : (this.name ?? this.board);
  }

  async #learnName(): Promise<void> {
    const boards = await fetchBoards().catch(() => []);
    this.name = boards.find(({ id }) => id === this.board)?.name;
  }

  may(command: Command): boolean {
    return this.session?.boards.some(({ board, may }) => board === this.board && may.includes(command)) ?? false;
  }

  /** The providers whose work is this person's; null = all of the board. */
  get providers(): readonly string[] | null {
    return this.session?.boards.find(({ board }) => board === this.board)?.providers ?? null;
  }

  async refresh(): Promise<void> {
    const answer = await sessions.who();
    this.session = answer.ok ? answer.body : undefined;
    this.asked = true;
  }

  async signOut(): Promise<void> {
    await sessions.signOut();
    this.session = undefined;
  }
}
