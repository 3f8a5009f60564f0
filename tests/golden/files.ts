/** The timelines of this folder. */
import { readFileSync, readdirSync } from 'node:fs';
import { parse } from 'yaml';
import type { Timeline } from './timeline.js';

const folder = new URL('.', import.meta.url);

export const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
export const read = (name: string): Timeline => parse(readFileSync(new URL(name, folder), 'utf8'), { strict: true, uniqueKeys: true }) as Timeline;
