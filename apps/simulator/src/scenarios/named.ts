import { clockAhead } from './clock-ahead.js';
import { feedDies } from './feed-dies.js';
import { quietTuesday } from './quiet-tuesday.js';
import type { Scenario } from './scenario.js';
import { siteCloses } from './site-closes.js';
import { winterMonday } from './winter-monday.js';

export const scenarios: Readonly<Record<string, Scenario>> = {
  'winter-monday': winterMonday,
  'quiet-tuesday': quietTuesday,
  'feed-dies': feedDies,
  'clock-ahead': clockAhead,
  'site-closes': siteCloses,
};
