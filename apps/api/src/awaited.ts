/** What the launcher is still making while this process reads its code. It says over the channel when each is there; from anybody else all of it is. */
type Made = 'database' | 'past' | 'page';
/** `env`: what this process needs to know of it, such as where the database is. */
interface Word {
  made: Made;
  env: Record<string, string>;
}

const awaited = new Map(
  (process.env.COMM_CELL_AWAITS ?? '')
    .split(',')
    .filter((what) => what !== '')
    .map((what) => [what, new Promise<Word['env']>((resolve) => process.on('message', ({ made, env }: Word) => made === what && resolve(env)))]),
);

export async function made(what: Made): Promise<Word['env']> {
  // Nothing else may be open yet that keeps this process alive.
  process.channel?.ref();
  const env = await awaited.get(what);
  process.channel?.unref();
  return env ?? {};
}
