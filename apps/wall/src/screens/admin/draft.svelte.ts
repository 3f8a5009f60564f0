/** A board's file as somebody is changing it, and what the server says would come of it. */
import type { Changed, Checked, DefinitionView } from '@comm-cell/contract/boards';
import type { WrittenBoard } from '@comm-cell/contract/definition';
import { type Difference, differences, type Edit, edited } from '@comm-cell/contract/edits';
import type { BoardClient, Problem } from '../client.js';

/** So long after the last key the server is asked. */
const PAUSE_MS = 350;

export class Draft {
  view = $state.raw<DefinitionView>();
  /** Written to by the fields of the sections. */
  file = $state<WrittenBoard>();
  /** Another file altogether, in place of single edits. */
  yaml = $state.raw<string>();
  tidy = $state(false);
  checked = $state.raw<Checked>();
  checking = $state.raw(false);
  saving = $state.raw(false);
  problem = $state.raw<Problem | undefined | null>(null);
  saved = $state.raw<Changed>();
  /** Somebody else has changed the board since it was fetched. */
  movedOn = $state.raw(false);

  readonly edits: readonly Difference[] = $derived(this.view && this.file ? differences(this.view.file, $state.snapshot(this.file)) : []);
  readonly changes: readonly Difference[] = $derived(this.checked?.differences ?? this.edits);
  readonly isChanged: boolean = $derived(this.yaml !== undefined || this.edits.length > 0);

  #asked = 0;

  constructor(readonly client: BoardClient) {
    // The server is asked about what is on the screen, and only the answer to the newest question counts.
    $effect(() => {
      const change = this.#change();
      if (!change) {
        this.checked = undefined;
        return;
      }
      const timer = setTimeout(() => void this.#check(change), PAUSE_MS);
      return () => clearTimeout(timer);
    });
  }

  async load(): Promise<void> {
    const answer = await this.client.get<DefinitionView>('definition');
    if (!answer.ok) {
      this.problem = answer.problem;
      return;
    }
    this.view = answer.body;
    this.file = structuredClone(answer.body.file);
    this.yaml = undefined;
    this.tidy = false;
    this.movedOn = false;
  }

  undo(): void {
    this.file = this.view && structuredClone(this.view.file);
    this.yaml = undefined;
    this.tidy = false;
    this.problem = null;
  }

  /** The same changes on the board as it is now; what leads nowhere in it is left out. */
  async again(): Promise<void> {
    const edits = this.edits;
    await this.load();
    if (!this.file) return;
    let file: unknown = $state.snapshot(this.file);
    for (const edit of edits) {
      try {
        file = edited(file, [plain(edit)]);
      } catch {
        // Its part of the board is gone.
      }
    }
    this.file = file as WrittenBoard;
    this.problem = null;
  }

  async save(reason: string): Promise<boolean> {
    const change = this.#change();
    if (!change || !this.view || this.saving) return false;
    this.saving = true;
    const answer = await this.client.put<Changed>({ base: this.view.hash, reason, change }, 'definition');
    this.saving = false;
    if (!answer.ok) {
      this.problem = answer.problem;
      this.movedOn = answer.problem?.code === 'moved-on';
      return false;
    }
    this.problem = null;
    await this.load();
    this.saved = answer.body;
    return true;
  }

  #change(): { yaml: string } | { edits: Edit[]; tidy?: true } | undefined {
    if (this.yaml !== undefined) return { yaml: this.yaml };
    if (this.edits.length === 0) return undefined;
    return { edits: this.edits.map(plain), ...(this.tidy ? { tidy: true as const } : {}) };
  }

  async #check(change: unknown): Promise<void> {
    const asked = ++this.#asked;
    this.checking = true;
    this.saved = undefined;
    const answer = await this.client.post<Checked>({ change }, 'definition', 'check');
    if (asked !== this.#asked) return;
    this.checking = false;
    this.problem = answer.ok ? null : answer.problem;
    this.checked = answer.ok ? answer.body : undefined;
  }
}

const plain = ({ at, ...change }: Difference): Edit => ({ at, ...('to' in change ? { to: change.to } : {}) });
