/**
 * A wall runs for weeks: it takes up a new build by reloading itself at a quiet moment, never in step with the
 * other walls, and starts afresh every night. It reloads only when the server answers, for a browser's own
 * error page would stay there until somebody walks by.
 */
import { HOUR_MS, MINUTE_MS } from '@comm-cell/board/time';

export interface Moment {
  serverBuild: string;
  /** The page cannot go on with this server, or a part of it did not come. */
  outdated: boolean;
  /** Covered, or nothing on the board needs acting upon. */
  quiet: boolean;
  now: number;
  zoneOffsetMs: number;
}

const JITTER_MS = 60_000;
/** A reload that brought the same page again (a cache in between) is not tried at once for the same build. */
const AGAIN_MS = 30 * MINUTE_MS;
const NIGHT_FROM_MINUTE = 4 * 60 + 5;
const NIGHT_MINUTES = 15;
const TRIED = 'reloaded-for';

export class Reloader {
  readonly #startedAt = performance.now();
  readonly #nightMinute = NIGHT_FROM_MINUTE + Math.floor(Math.random() * NIGHT_MINUTES);
  #dueAt: number | undefined;
  #busy = false;

  constructor(readonly build: string) {}

  /** To be asked once a second. */
  consider(moment: Moment): void {
    const wanted = moment.outdated || (this.build !== '' && moment.serverBuild !== '' && moment.serverBuild !== this.build);
    if (wanted && !this.#triedFor(moment.serverBuild)) this.#dueAt ??= performance.now() + Math.random() * JITTER_MS;
    const due = wanted && this.#dueAt !== undefined && performance.now() >= this.#dueAt && moment.quiet;
    if (due || this.#isNight(moment)) void this.#reload(moment.serverBuild);
  }

  #isNight({ now, zoneOffsetMs }: Moment): boolean {
    if (now === 0 || performance.now() - this.#startedAt < HOUR_MS) return false;
    const minute = Math.floor((now + zoneOffsetMs) / MINUTE_MS) % (24 * 60);
    return minute >= this.#nightMinute && minute < NIGHT_FROM_MINUTE + NIGHT_MINUTES;
  }

  #triedFor(serverBuild: string): boolean {
    try {
      const tried = JSON.parse(sessionStorage.getItem(TRIED) ?? 'null') as { build: string; at: number } | null;
      return tried !== null && tried.build === serverBuild && Math.abs(Date.now() - tried.at) < AGAIN_MS;
    } catch {
      // Without storage a loop could not be noticed: leave it to the night.
      return true;
    }
  }

  async #reload(serverBuild: string): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      const answer = await fetch(location.href, { cache: 'no-store' });
      if (answer.ok) {
        sessionStorage.setItem(TRIED, JSON.stringify({ build: serverBuild, at: Date.now() }));
        location.reload();
        return;
      }
    } catch {
      // The server is away: the cover says so, and the next second asks again.
    }
    this.#busy = false;
    this.#dueAt = performance.now() + JITTER_MS;
  }
}
