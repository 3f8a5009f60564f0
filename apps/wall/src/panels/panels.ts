/** All panels of the wall. A new panel is a folder and a line here; `area` is its place in the layouts of screens/Wall.svelte. */
import type { Density } from '@comm-cell/board/views/board';
import type { Component } from 'svelte';
import type { PanelProps } from './frame.js';
import Header from './header/Header.svelte';
import Pathway from './pathway/Pathway.svelte';
import Providers from './providers/Providers.svelte';
import Rail from './rail/Rail.svelte';
import Ticker from './ticker/Ticker.svelte';

export interface Panel {
  area: 'head' | 'main' | 'rail' | 'foot';
  at: readonly Density[];
  Panel: Component<PanelProps>;
}

export const panels: readonly Panel[] = [
  { area: 'head', at: ['overview', 'detail'], Panel: Header },
  { area: 'main', at: ['overview', 'detail'], Panel: Pathway },
  { area: 'rail', at: ['overview', 'detail'], Panel: Rail },
  { area: 'foot', at: ['overview'], Panel: Ticker },
  { area: 'foot', at: ['detail'], Panel: Providers },
];
