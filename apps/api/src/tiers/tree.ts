/** The tree of cells, as the definitions of all boards have it now. */
import type { BoardId, Label } from '@comm-cell/board/definition';
import type { Neighbours } from '@comm-cell/board/decide/pass-on';
import type { Keepers } from '../keeper/keepers.js';

/** The cells around a board: those its definition names, if they are there, and those whose definition names it. */
export function neighboursOf(keepers: Pick<Keepers, 'get' | 'all'>, board: BoardId): Neighbours {
  const { above, beside = [] } = keepers.get(board)?.snapshot.state.definition?.cell ?? {};
  const below = keepers.all().flatMap((keeper) => (aboveOf(keepers, keeper.board) === board ? [keeper.board] : []));
  const named = (boards: readonly BoardId[]): Record<BoardId, Label> =>
    Object.fromEntries(boards.flatMap((id) => nameOf(keepers, id).map((name) => [id, name] as const)));
  return { up: named(above === undefined ? [] : [above]), down: named(below.sort()), sideways: named(beside) };
}

export function aboveOf(keepers: Pick<Keepers, 'get'>, board: BoardId): BoardId | undefined {
  return keepers.get(board)?.snapshot.state.definition?.cell?.above;
}

function nameOf(keepers: Pick<Keepers, 'get'>, board: BoardId): Label[] {
  const name = keepers.get(board)?.snapshot.state.definition?.name;
  return name ? [name] : [];
}
