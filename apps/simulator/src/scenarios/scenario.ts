/** A scenario shapes the days of a system and how its feeds behave. `startedAt` is the moment the simulator was started. */
import type { FeedDefinition, SeriesDefinition } from '@comm-cell/board/definition';
import type { Pressure } from '../system/pressure.js';
import type { System } from '../system/system.js';

export type Speech = 'speaks' | 'silent' | { aheadMs: number };

export interface Scenario {
  /** One sentence for the log and the help. */
  about: string;
  pressure: Pressure;
  /** Something happens to the system itself. */
  act?(system: System, at: number, startedAt: number): void;
  feed?(feed: FeedDefinition, observedAt: number, startedAt: number): Speech;
  /** The reason why a figure is not reported. */
  notReported?(system: System, series: Omit<SeriesDefinition, 'no'>, at: number, startedAt: number): string | undefined;
  /** Words a provider of this kind posts in place of its usual ones. */
  status?(kind: string, system: System, at: number, startedAt: number): { en: string; cy: string; level?: number } | undefined;
}
