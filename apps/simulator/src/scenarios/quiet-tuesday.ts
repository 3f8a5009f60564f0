import type { Scenario } from './scenario.js';

export const quietTuesday: Scenario = {
  about: 'A quiet Tuesday in May: most figures within their lines.',
  pressure: { demand: 0.93, stay: 0.84, staff: 1, onward: 1.06, infection: 0.4, pull: { weekday: 2, weight: 0.7 } },
};
