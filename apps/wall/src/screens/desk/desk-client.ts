/** Asks the server and says what it said. Nothing is believed to be done before the server has said so. */
import type { DemoPeople, Done, Session } from '@comm-cell/contract/desk';

/** application/problem+json of the server, and what it adds. */
export interface Problem {
  status: number;
  code: string;
  title: string;
  detail: string;
  [extra: string]: unknown;
}
export type Answer<Body> = { ok: true; body: Body } | { ok: false; problem: Problem | undefined };

async function ask<Body>(method: string, address: string, body?: unknown): Promise<Answer<Body>> {
  try {
    const answer = await fetch(address, {
      method,
      cache: 'no-store',
      headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const json: unknown = answer.headers.get('content-type')?.includes('json') ? await answer.json() : undefined;
    return answer.ok ? { ok: true, body: json as Body } : { ok: false, problem: json as Problem | undefined };
  } catch {
    return { ok: false, problem: undefined };
  }
}

const path = (parts: readonly (string | number)[]): string => parts.map((part) => encodeURIComponent(part)).join('/');

export class DeskClient {
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
}

export const desk = {
  who: (): Promise<Answer<Session>> => ask('GET', '/v1/desk/session'),
  people: (): Promise<Answer<DemoPeople>> => ask('GET', '/v1/desk/people'),
  signIn: (body: { token: string } | { person: string }): Promise<Answer<Session>> => ask('POST', '/v1/desk/session', body),
  signOut: (): Promise<Answer<unknown>> => ask('DELETE', '/v1/desk/session'),
};
