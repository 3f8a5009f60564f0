/** What every panel gets: the board as it is to be drawn, and how it is to be drawn. */
import type { Density, BoardView, FeedView } from '@comm-cell/board/views/board';
import type { FigureId } from '@comm-cell/board/definition';
import type { Layout } from '../ui/scale.svelte.js';

export interface Frame {
  density: Density;
  layout: Layout;
  /** Pixels per unit of length. */
  u: number;
  link: 'connecting' | 'live' | 'covered' | 'replay';
  /** Milliseconds since the last proof that the picture is right. */
  quietMs: number;
  deviceOffMs: number;
  /** Length of the day line, and of one of its buckets. */
  trendMs: number;
  bucketMs: number;
  /** Whether a critical alert is heard at this screen. */
  sound: 'off' | 'on' | 'waits';
  /** Not the present. What stands in place of the clock says so: "REPLAY", "60×". */
  past: { mark: string; detail: string } | undefined;
  /** Opens the explanation of a level. */
  explain(level: string): void;
  /** The feed that explains the state of a figure. */
  feedOf(figure: FigureId): FeedView | undefined;
}

export interface PanelProps {
  view: BoardView;
  frame: Frame;
}
