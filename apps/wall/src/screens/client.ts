/** Asks the server and says what it said. Nothing is believed to be done before the server has said so. */
import type { DemoPeople, Done, Session, SignInBody } from '@comm-cell/contract/desk';
import { FOR_PERSON } from '@comm-cell/contract/for-person';

/** application/problem+json of the server, and what it adds. */
export interface Problem {
  status: number;
  code: string;
  title: string;
  detail: string;
  [extra: string]: unknown;
}
export type Answer<Body> = { ok: true; body: Body } | { ok: false; problem: Problem | undefined };

let shownTo: string | undefined;
/**
 * Whom the page is shown to. The cookie is the browser's and may become somebody else's in another tab: each request names the
 * person the page believes in, and the server does nothing (401) for a page of one and a cookie of another.
 */
export function showTo(person: string | undefined): void {
  shownTo = person;
}

/** `body`: a Blob goes as its bytes, everything else as JSON. */
export async function ask<Body>(method: string, address: string, body?: unknown, extra: Readonly<Record<string, string>> = {}): Promise<Answer<Body>> {
  const bytes = body instanceof Blob;
  try {
    const answer = await fetch(address, {
      method,
      cache: 'no-store',
      headers: {
        ...(shownTo === undefined ? {} : { [FOR_PERSON]: shownTo }),
        ...extra,
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': bytes ? 'application/octet-stream' : 'application/json' }),
      },
      ...(body === undefined ? {} : { body: bytes ? body : JSON.stringify(body) }),
    });
    const json: unknown = answer.headers.get('content-type')?.includes('json') ? await answer.json() : undefined;
    return answer.ok ? { ok: true, body: json as Body } : { ok: false, problem: json as Problem | undefined };
  } catch {
    return { ok: false, problem: undefined };
  }
}

const path = (parts: readonly (string | number)[]): string => parts.map((part) => encodeURIComponent(part)).join('/');

/** Asks about one board. */
export class BoardClient {
  readonly #root: string;

  constructor(board: string) {
    this.#root = `/v1/boards/${encodeURIComponent(board)}`;
  }

  get<Body>(...parts: (string | number)[]): Promise<Answer<Body>> {
    return ask('GET', `${this.#root}/${path(parts)}`);
  }
  during<Body>(from: number, to: number, ...parts: (string | number)[]): Promise<Answer<Body>> {
    const query = new URLSearchParams({ from: new Date(from).toISOString(), to: new Date(to).toISOString() });
    return ask('GET', `${this.#root}/${path(parts)}?${query}`);
  }
  post<Body = Done>(body: unknown, ...parts: (string | number)[]): Promise<Answer<Body>> {
    return ask('POST', `${this.#root}/${path(parts)}`, body);
  }
  put<Body = Done>(body: unknown, ...parts: (string | number)[]): Promise<Answer<Body>> {
    return ask('PUT', `${this.#root}/${path(parts)}`, body);
  }
  patch<Body = Done>(body: unknown, ...parts: (string | number)[]): Promise<Answer<Body>> {
    return ask('PATCH', `${this.#root}/${path(parts)}`, body);
  }
  remove<Body = Done>(...parts: (string | number)[]): Promise<Answer<Body>> {
    return ask('DELETE', `${this.#root}/${path(parts)}`);
  }
  /** The address of a thing of the board, for links and for what `get` cannot ask: queries, files. */
  address(query: Readonly<Record<string, string>>, ...parts: (string | number)[]): string {
    const asked = new URLSearchParams(query).toString();
    return `${this.#root}/${path(parts)}${asked && `?${asked}`}`;
  }
}

export const sessions = {
  who: (): Promise<Answer<Session>> => ask('GET', '/v1/desk/session'),
  people: (): Promise<Answer<DemoPeople>> => ask('GET', '/v1/desk/people'),
  signIn: (body: SignInBody): Promise<Answer<Session>> => ask('POST', '/v1/desk/session', body),
  signOut: (): Promise<Answer<unknown>> => ask('DELETE', '/v1/desk/session'),
};
