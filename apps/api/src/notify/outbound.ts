/**
 * Calls to addresses that somebody typed in. A server that calls any address can be made to call its own network, so only
 * public addresses are called unless the settings name a network. What was looked up is what is connected to: a name that
 * answers differently the second time gains nothing. Redirects are not followed.
 */
import { lookup } from 'node:dns/promises';
import http from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { Undelivered } from './channels/channel.js';
import type { NotifySettings } from './settings.js';

type Networks = NotifySettings['OUTBOUND_ALLOW'];
type Resolve = (host: string) => Promise<readonly string[]>;

const ANSWER_LIMIT = 65_536;
/** Public by its number, but every machine of that cloud gets its settings there. */
const METADATA = new Set(['168.63.129.16']);

const resolveAll: Resolve = async (host) => (await lookup(host, { all: true })).map(({ address }) => address);

function isNamed(address: string, allowed: Networks): boolean {
  const parsed = ipaddr.process(address);
  return allowed.some(([network, bits]) => network.kind() === parsed.kind() && parsed.match(network, bits));
}

/** True of what lies on the open internet. IPv4 in IPv6's clothes is judged as IPv4. */
export function isPublic(address: string): boolean {
  const parsed = ipaddr.process(address);
  return parsed.range() === 'unicast' && !METADATA.has(parsed.toString());
}

export interface Call {
  url: string;
  method?: string;
  headers: Readonly<Record<string, string>>;
  body: string | Buffer;
  signal: AbortSignal;
}

export class Outbound {
  constructor(
    private readonly allowed: Networks,
    private readonly resolve: Resolve = resolveAll,
  ) {}

  /** What is wrong with a webhook's address as far as its text tells. */
  fault(address: string): string | undefined {
    let url: URL;
    try {
      url = new URL(address);
    } catch {
      return 'This is not a web address.';
    }
    if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'The address must begin with https://.';
    if (url.username || url.password) return 'An address with a password in it is not taken.';
    const host = hostOf(url);
    if (isIP(host) && !this.#mayCall(host, url.protocol)) return 'This address is not public; the administrator can allow its network.';
    if (url.protocol === 'http:' && this.allowed.length === 0) return 'The address must begin with https://.';
    return undefined;
  }

  /** Resolves when the other side answered with 2xx. */
  async call({ url: address, method = 'POST', headers, body, signal }: Call): Promise<void> {
    const fault = this.fault(address);
    if (fault !== undefined) throw new Undelivered(fault);
    const url = new URL(address);
    const host = hostOf(url);
    const found = isIP(host) ? [host] : await this.resolve(host).catch(() => Promise.reject(new Undelivered('the name of the server is not known')));
    signal.throwIfAborted();
    if (found.length === 0) throw new Undelivered('the name of the server is not known');
    // One bad address among good ones is a trap, not a mistake.
    if (!found.every((one) => this.#mayCall(one, url.protocol))) throw new Undelivered('the address is not public; the administrator can allow its network');
    const pinned: LookupFunction = (_host, options, done) => {
      const all = found.map((one) => ({ address: one, family: isIP(one) }));
      if (options.all) done(null, all);
      else done(null, all[0]!.address, all[0]!.family);
    };
    const status = await new Promise<number>((resolve, reject) => {
      const request = (url.protocol === 'https:' ? https : http).request(
        url,
        { method, headers: { ...headers, 'content-length': Buffer.byteLength(body) }, agent: false, lookup: pinned, signal },
        (response) => {
          let size = 0;
          response.on('data', (piece: Buffer) => {
            if ((size += piece.length) > ANSWER_LIMIT) request.destroy();
          });
          // The status is the answer: what becomes of the rest is of no interest.
          resolve(response.statusCode ?? 0);
          response.on('error', () => {});
        },
      );
      request.on('error', reject);
      request.end(body);
    });
    if (status >= 300 && status < 400) throw new Undelivered(`it answered with a redirect (${status}), which is not followed`);
    if (status < 200 || status > 299) throw new Undelivered(`it answered ${status}`);
  }

  #mayCall(address: string, protocol: string): boolean {
    return isNamed(address, this.allowed) || (protocol === 'https:' && isPublic(address));
  }
}

function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

const CODES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was broken off',
  EPIPE: 'the connection was broken off',
  ESOCKET: 'the connection was broken off',
  ECONNECTION: 'no connection',
  EDNS: 'the name of the server is not known',
  ENOTFOUND: 'the name of the server is not known',
  EAI_AGAIN: 'the name of the server cannot be looked up',
  ETIMEDOUT: 'no answer in time',
  EHOSTUNREACH: 'the server cannot be reached',
  ENETUNREACH: 'the server cannot be reached',
  EAUTH: 'the server did not accept the sign-in of the settings',
  ETLS: 'no safe connection',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is not to be trusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is not to be trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not to be trusted',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
};

/** The reason in words. A library's own words may hold an address or a key, so they are never passed on. */
export function reasonOf(error: unknown, signal: AbortSignal): string {
  if (error instanceof Undelivered) return error.message;
  if (signal.aborted) return 'no answer in time';
  const { code, responseCode } = error as { code?: unknown; responseCode?: unknown };
  if (typeof responseCode === 'number') return `the mail server answered ${responseCode}`;
  return (typeof code === 'string' && CODES[code]) || 'the channel failed';
}
