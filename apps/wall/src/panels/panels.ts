/** All panels of the wall. A new panel is a folder and a line here; `area` is its place in the layouts of screens/Wall.svelte. */
import type { BoardView, Density } from '@comm-cell/board/views/board';
import type { Component } from 'svelte';
import { Part } from '../ui/part.svelte.js';
import type { Frame, PanelProps } from './frame.js';
import Header from './header/Header.svelte';
import Pathway from './pathway/Pathway.svelte';
import Rail from './rail/Rail.svelte';
import Ticker from './ticker/Ticker.svelte';

export interface Panel {
  area: 'head' | 'main' | 'rail' | 'goals' | 'huddle' | 'foot';
  at: readonly Density[];
  /** Takes room only then; left out: always. */
  stands?: (view: BoardView, layout: Frame['layout']) => boolean;
  /** What most walls show at once is here; the rest comes when it is to be shown. */
  Panel: Component<PanelProps> | Part<PanelProps>;
}

export const panels: readonly Panel[] = [
  { area: 'head', at: ['overview', 'detail'], Panel: Header },
  { area: 'main', at: ['overview', 'detail'], Panel: Pathway },
  { area: 'rail', at: ['overview', 'detail'], Panel: Rail },
  {
    area: 'goals',
    at: ['overview', 'detail'],
    // A tall screen has room for what is wrong now or for what is to be reached, and the first comes first.
    stands: ({ goals, alerts }, layout) => goals.length > 0 && (layout !== 'portrait' || !alerts?.open.length),
    Panel: new Part(() => import('./goals/Goals.svelte')),
  },
  { area: 'huddle', at: ['overview', 'detail'], stands: ({ huddle }) => huddle !== undefined, Panel: new Part(() => import('./huddle/HuddleStrip.svelte')) },
  { area: 'foot', at: ['overview'], Panel: Ticker },
  { area: 'foot', at: ['detail'], Panel: new Part(() => import('./providers/Providers.svelte')) },
];
