import type { BoardEvent } from '../events.js';
import type { Draft } from './draft.js';

export function statusesSlice(draft: Draft, event: BoardEvent, at: number): void {
  if (event.kind !== 'StatusPosted') return;
  const { provider, text, level, until } = event;
  draft.own('statuses')[provider] = level === undefined ? { text, at, until } : { text, level, at, until };
}
