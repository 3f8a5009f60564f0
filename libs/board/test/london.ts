import type { Zone } from '../src/time.js';

/** British clock changes of 2025 to 2027: the last Sundays of March and October, at 01:00 UTC. */
export const LONDON: Zone = {
  name: 'Europe/London',
  offsets: [
    [Date.UTC(2024, 9, 27, 1), 0],
    [Date.UTC(2025, 2, 30, 1), 60],
    [Date.UTC(2025, 9, 26, 1), 0],
    [Date.UTC(2026, 2, 29, 1), 60],
    [Date.UTC(2026, 9, 25, 1), 0],
    [Date.UTC(2027, 2, 28, 1), 60],
    [Date.UTC(2027, 9, 31, 1), 0],
  ],
};
