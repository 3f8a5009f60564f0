import type { Scenario } from './scenario.js';

/** Whatever the day of the week, most of it is like a Monday: a demonstration on a Saturday should not look idle. */
export const winterMonday: Scenario = {
  about: 'A Monday in January: full wards, a crowded department, ambulances waiting.',
  pressure: { demand: 1.09, stay: 1.04, staff: 0.94, onward: 0.93, infection: 1.6, pull: { weekday: 1, weight: 0.7 } },
};
