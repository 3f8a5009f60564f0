import type { Adapter } from './adapter.js';
import { csvAdapter } from './csv/adapter.js';
import { jsonAdapter } from './json/adapter.js';

export const ADAPTERS: readonly Adapter[] = [jsonAdapter, csvAdapter];
