/** Prints papers one after the other, each in a thread of its own with bounds on its memory and time: the wall never waits for paper. */
import { Worker } from 'node:worker_threads';
import { Injectable } from '@nestjs/common';
import { Refusal } from '../access/refusal.js';
import { PACK_PRINTER } from '../pack-files.js';
import type { PrintOrder } from './printer.js';

const WAITING_MOST = 4;
const LONGEST_MS = 25_000;
const MEMORY_MB = 256;

@Injectable()
export class Press {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  async print(order: PrintOrder): Promise<Uint8Array> {
    if (this.#waiting >= WAITING_MOST) throw new Refusal(503, 'busy', 'Other papers are being printed.', 'Try again in a minute.', undefined, {}, 30);
    this.#waiting++;
    const printed = this.#last.then(() => printOne(order));
    this.#last = printed.catch(() => undefined);
    return printed.finally(() => this.#waiting--);
  }
}

function printOne(order: PrintOrder): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(PACK_PRINTER, { workerData: order, resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB } });
    const timer = setTimeout(() => {
      void worker.terminate();
      reject(new Refusal(503, 'too-long', 'This paper took too long to print.', 'Choose a shorter period or fewer figures.'));
    }, LONGEST_MS);
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', () => {
      clearTimeout(timer);
      // After a message this says nothing more.
      reject(new Error('The printer ended without a paper.'));
    });
  });
}
