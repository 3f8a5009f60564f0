import type { BoardEvent } from '../events.js';
import type { FeedState } from '../state.js';
import type { Draft } from './draft.js';

function without<K extends keyof FeedState>(feed: FeedState, key: K): FeedState {
  const { [key]: _gone, ...rest } = feed;
  return rest as FeedState;
}

export function feedsSlice(draft: Draft, event: BoardEvent, at: number): void {
  if (!('feed' in event) || event.kind === 'StatusPosted') return;
  const feeds = draft.own('feeds');
  const feed = feeds[event.feed] ?? { held: 0 };
  switch (event.kind) {
    case 'ReadingsRecorded':
      if (!event.history) feeds[event.feed] = { ...without(feed, 'refused'), heardAt: at };
      break;
    case 'ReadingsQuarantined':
      feeds[event.feed] = { ...feed, heardAt: at, held: feed.held + event.readings.length };
      break;
    case 'ReadingsRefused':
      feeds[event.feed] = { ...feed, refused: { at, count: event.count, code: event.code, detail: event.detail } };
      break;
    case 'FeedSuspended':
      feeds[event.feed] = { ...feed, suspended: { since: at, until: event.until, reason: event.reason } };
      break;
    case 'FeedResumed':
      feeds[event.feed] = without(feed, 'suspended');
      break;
    case 'FeedFellSilent':
      feeds[event.feed] = { ...feed, silentSince: event.since };
      break;
    case 'FeedHeardAgain':
      feeds[event.feed] = without(feed, 'silentSince');
      break;
    default:
      event satisfies never;
  }
}
