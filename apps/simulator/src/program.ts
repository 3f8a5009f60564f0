/** What both commands of this package share: plain words on the screen, a clean stop, one sentence for a failure. */
export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

export function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most) throw new Error(`${name} takes a whole number from ${least} to ${most}, not "${text}".`);
  return value;
}

/** Runs until done, until SIGINT or SIGTERM, or until the program that started this one is gone. */
export async function stoppable(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const stop = new AbortController();
  const end = (): void => stop.abort();
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
  process.once('disconnect', end);
  try {
    await work(stop.signal);
  } catch (error) {
    if (!stop.signal.aborted) {
      process.exitCode = 1;
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    }
  } finally {
    process.off('SIGINT', end);
    process.off('SIGTERM', end);
    // A channel to the starter would keep this process alive; to close it would be to end as if the starter were gone.
    process.channel?.unref();
  }
}
