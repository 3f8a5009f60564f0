/**
 * A board's journal written ahead of any server: the same decisions on the same fold, with moments that are given. It keeps the
 * lines of a story file (libs/contract/src/story.ts).
 */
import { createHash, type Hash } from 'node:crypto';
import type { Decision } from '@comm-cell/board/decide/decision';
import { comeDue, follow } from '@comm-cell/board/decide/react';
import { tick } from '@comm-cell/board/decide/tick';
import type { BoardEvent } from '@comm-cell/board/events';
import { Fold, REDUCER_VERSION } from '@comm-cell/board/evolve';
import { type BoardState, emptyBoard, stateText } from '@comm-cell/board/state';
import { STORY_FORMAT, type StoryEvent, type StoryHead, type StoryState, type StoryTail } from '@comm-cell/contract/story';

/** Sources as the server names them. */
const RULES = 'rules';
const CLOCK = 'clock';

export class Chronicle {
  readonly #lines: string[] = [];
  readonly #digest: Hash = createHash('sha256');
  #fold = Fold.inPlace(structuredClone(emptyBoard));
  #seq = 0;
  #at = -Infinity;
  /** What somebody in the story did and the board refused: a story told well has none. */
  readonly refused: string[] = [];

  constructor(
    readonly board: string,
    writtenAt: number,
    /** Told of every event once it has happened. */
    private readonly hear: (event: BoardEvent, at: number) => void,
  ) {
    this.#write({ commCell: 'story', format: STORY_FORMAT, board, reducer: REDUCER_VERSION, writtenAt });
  }

  /** A look at the board as it is; only until the next event. */
  get state(): BoardState {
    return this.#fold.peek;
  }

  get seq(): number {
    return this.#seq;
  }

  /**
   * Decides as the server's keeper does: what came due before, the command, what follows. `feed`: it comes through this feed; left
   * out: through none. The silence of other feeds is for the next tick to find.
   */
  submit<Outcome extends object | null>(at: number, source: string, decide: (state: BoardState, at: number) => Decision<Outcome>, feed = ''): Outcome {
    return this.#decide(at, source, decide, comeDue(this.#fold, at, feed));
  }

  tick(at: number): void {
    this.#decide(at, CLOCK, (state) => tick(state, at), comeDue(this.#fold, at));
  }

  #decide<Outcome extends object | null>(at: number, source: string, decide: (state: BoardState, at: number) => Decision<Outcome>, due: BoardEvent[]): Outcome {
    if (at < this.#at) throw new Error(`The story of "${this.board}" would go back in time.`);
    this.#at = at;
    this.#journal(due, at, RULES);
    const { events, outcome } = decide(this.#fold.peek, at);
    for (const event of events) this.#fold.apply(event, at);
    this.#journal(events, at, source);
    const led = follow(this.#fold, events, at);
    this.#journal(led, at, RULES);
    if (outcome && 'refused' in outcome) this.refused.push(`${new Date(at).toISOString()} ${source}: ${JSON.stringify(outcome.refused)}`);
    for (const event of [...due, ...events, ...led]) this.hear(event, at);
    return outcome;
  }

  /** Puts the board by as it stands. `snapshot`: the id it is cited by. */
  freeze(at: number, snapshot: string): { snapshot: string; of: { seq: number; at: number; hash: string } } {
    return { snapshot, of: { seq: this.#seq, at, hash: this.#keep(at, snapshot) } };
  }

  /** The file, line by line. Nothing can be told after it. */
  end(): readonly string[] {
    if (this.#seq > 0) this.#keep(this.#at, null);
    const sha256 = this.#digest.digest('hex');
    this.#lines.push(`${JSON.stringify({ end: true, events: this.#seq, sha256 } satisfies StoryTail)}\n`);
    return this.#lines;
  }

  #keep(at: number, snapshot: string | null): string {
    const state = this.#fold.finish();
    const hash = createHash('sha256').update(stateText(state)).digest('hex');
    this.#write({ snapshot, at, hash, body: JSON.stringify(state) });
    return hash;
  }

  #journal(events: readonly BoardEvent[], at: number, source: string): void {
    for (const event of events) {
      this.#seq++;
      this.#write({ at, source, body: JSON.stringify(event) });
    }
  }

  #write(line: StoryHead | StoryEvent | StoryState): void {
    const text = `${JSON.stringify(line)}\n`;
    this.#digest.update(text);
    this.#lines.push(text);
  }
}
