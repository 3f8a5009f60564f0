import type { SystemShape } from '../system/system.js';
import { buckinghamshire } from './buckinghamshire.js';
import { cwmDerwen } from './cwm-derwen.js';

/** By board. */
export const systems: Readonly<Record<string, SystemShape>> = { buckinghamshire, 'cwm-derwen': cwmDerwen };
