/**
 * What people do that changes no picture, told to whoever keeps the trail. Access stands below the journal's keepers and does
 * not know them: the audit feature takes the deeds from here and journals them.
 */
import { Injectable } from '@nestjs/common';
import type { BoardId } from '@comm-cell/board/definition';
import type { BoardEvent } from '@comm-cell/board/events';

export type DeedDone = Omit<Extract<BoardEvent, { kind: 'DeedDone' }>, 'kind'>;

@Injectable()
export class Deeds {
  #keep: ((boards: readonly BoardId[], deed: DeedDone) => Promise<void>) | undefined;

  /** There is one trail, so there is one keeper of it. */
  keptBy(keep: (boards: readonly BoardId[], deed: DeedDone) => Promise<void>): void {
    this.#keep = keep;
  }

  /**
   * Resolves once the deed stands in the journal of every board it concerns. Whoever acts tells first and acts then: a crash
   * between the two leaves a line about something that was tried, never something done without a line.
   */
  async tell(boards: readonly BoardId[], deed: DeedDone): Promise<void> {
    await this.#keep?.(boards, deed);
  }
}
