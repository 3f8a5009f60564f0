/**
 * Which screens may watch: any on loopback in demo mode; everywhere else one that was paired with a board, for that board, or
 * one with a token of the configuration, for all. Either is kept in a cookie that scripts cannot read. A screen that watches
 * reads; it is nobody who could answer, replay or take anything along.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { BoardId } from '@comm-cell/board/definition';
import { type Config, isLoopback } from '../config.js';
import type { PairedDisplays } from './displays-paired.js';

export const DISPLAY_COOKIE = 'commcell_display';

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** A cookie that cannot be decoded is a wrong one, not a fault. */
function decoded(cookie: string): string {
  try {
    return decodeURIComponent(cookie);
  } catch {
    return '';
  }
}

/** The headers that tell which screen asks, and by which name it reached this server. */
interface Screen {
  cookie?: string | undefined;
  host?: string | undefined;
}

export class Displays {
  readonly #tokens: Buffer[];
  readonly #open: boolean;
  readonly #origins: ReadonlySet<string>;

  constructor(
    config: Pick<Config, 'DISPLAY_TOKENS' | 'DEMO' | 'HOST' | 'ALLOWED_ORIGINS'>,
    private readonly paired: Pick<PairedDisplays, 'holder'>,
  ) {
    this.#tokens = config.DISPLAY_TOKENS.map(digest);
    this.#open = config.DEMO === 'on' && isLoopback(config.HOST);
    this.#origins = new Set(config.ALLOWED_ORIGINS);
  }

  /** The board a screen was paired with, or that it may watch all. Throws Refusal when that cannot be looked up. */
  async boardOf({ cookie, host }: Screen): Promise<'all' | BoardId | undefined> {
    return this.mayWatch(cookie, host) ? 'all' : (await this.paired.holder(cookie))?.board;
  }

  /** Whether a screen may watch this board. */
  async watches(screen: Screen, board: BoardId): Promise<boolean> {
    const may = await this.boardOf(screen);
    return may === 'all' || (may !== undefined && may === board);
  }

  /** Whether every board is open to it: in an open demo, or by a token of the configuration. `host` is the Host header: a foreign name that was made to point to this machine is no loopback name. */
  mayWatch(cookieHeader: string | undefined, host: string | undefined): boolean {
    if (this.#open && host !== undefined && isLoopback(host.replace(/:\d+$/, '').replace(/^\[|\]$/g, ''))) return true;
    const token = cookieHeader
      ?.split(';')
      .map((part) => part.trim())
      .find((part) => part.startsWith(`${DISPLAY_COOKIE}=`))
      ?.slice(DISPLAY_COOKIE.length + 1);
    return token !== undefined && this.isToken(decoded(token));
  }

  isToken(token: string): boolean {
    const given = digest(token);
    return this.#tokens.some((known) => timingSafeEqual(known, given));
  }

  /**
   * Browsers send the page's origin with every socket; `cors` does not stop them. Only pages of this server,
   * or of addresses in the configuration, may open one. No origin at all is no browser.
   */
  isOwnOrigin(origin: string | undefined, host: string | undefined): boolean {
    if (origin === undefined) return true;
    if (this.#origins.has(origin)) return true;
    try {
      const { host: from, protocol } = new URL(origin);
      return host !== undefined && from === host && (protocol === 'http:' || protocol === 'https:');
    } catch {
      return false;
    }
  }
}
