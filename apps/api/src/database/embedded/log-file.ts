/** A log that never grows beyond two files of a megabyte: a wall runs for years without anybody looking after it. */
import { appendFileSync, renameSync, statSync } from 'node:fs';

const LARGEST = 1_000_000;

export class LogFile {
  private size: number;
  /** The newest words, to say why something failed. */
  tail = '';

  constructor(readonly file: string) {
    this.size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  }

  write(text: string): void {
    this.tail = (this.tail + text).slice(-8_000);
    try {
      if (this.size > LARGEST) {
        renameSync(this.file, `${this.file}.1`);
        this.size = 0;
      }
      appendFileSync(this.file, text, { mode: 0o600 });
      this.size += text.length;
    } catch {
      // A full disk must not stop the process that is about to say that the disk is full.
    }
  }
}
