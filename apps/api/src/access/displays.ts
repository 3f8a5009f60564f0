/**
 * Who may watch. Until pairing comes with the console: anybody on loopback in demo mode; everywhere else a
 * display needs a token of the configuration, given once and kept in a cookie that scripts cannot read.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { type Config, isLoopback } from '../config.js';

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

export class Displays {
  readonly #tokens: Buffer[];
  readonly #open: boolean;
  readonly #origins: ReadonlySet<string>;

  constructor(config: Pick<Config, 'DISPLAY_TOKENS' | 'DEMO' | 'HOST' | 'ALLOWED_ORIGINS'>) {
    this.#tokens = config.DISPLAY_TOKENS.map(digest);
    this.#open = config.DEMO === 'on' && isLoopback(config.HOST);
    this.#origins = new Set(config.ALLOWED_ORIGINS);
  }

  /** `host` is the Host header: a foreign name that was made to point to this machine is no loopback name. */
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
