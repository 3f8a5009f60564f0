import type { SystemShape } from '../system/system.js';
import { buckinghamshire } from './buckinghamshire.js';
import { cwmDerwen } from './cwm-derwen.js';

/** By board. The cell of one hospital plays the whole system it is part of, so that both walls tell one story. */
export const systems: Readonly<Record<string, SystemShape>> = { buckinghamshire, 'cwm-derwen': cwmDerwen, 'stoke-mandeville': buckinghamshire };
