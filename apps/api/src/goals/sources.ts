/** What goals need of a neighbour: figures over time. Features do not know each other, so the module list connects them. */
import type { BoardId } from '@comm-cell/board/definition';
import type { TrendsAnswer, TrendsQuery } from '@comm-cell/contract/trends';

export abstract class GoalTrends {
  abstract trends(board: BoardId, asked: TrendsQuery): Promise<TrendsAnswer>;
}
