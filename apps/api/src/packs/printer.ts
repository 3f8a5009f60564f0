/** The thread in which a paper is printed: takes its facts, answers its bytes, ends. It reads nothing but its letters. */
import { parentPort, workerData } from 'node:worker_threads';
import type { PackFacts } from '@comm-cell/contract/packs';
import { partsOf } from './compose.js';
import { pdfOf } from './pdf.js';
import { pptxOf } from './pptx.js';

export interface PrintOrder {
  facts: PackFacts;
  picture: Uint8Array | null;
  format: 'pdf' | 'pptx';
}

const { facts, picture, format } = workerData as PrintOrder;
const parts = partsOf(facts);
parentPort!.postMessage(new Uint8Array(await (format === 'pdf' ? pdfOf(parts, picture) : pptxOf(parts, picture))));
