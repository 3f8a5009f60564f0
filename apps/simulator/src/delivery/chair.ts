/**
 * The demo's system lead, who holds the cell's huddles at their times, so that a demo that runs for days has a cell that lives.
 * Whoever uses the demo comes first: a huddle that somebody has opened is theirs, and so is one that somebody takes over.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { AgendaKind } from '@comm-cell/board/cell';
import type { Label } from '@comm-cell/board/definition';
import type { ProposedDefinition } from '@comm-cell/board/decide/define-board';
import { MINUTE_MS, SECOND_MS } from '@comm-cell/board/time';
import type { Done } from '@comm-cell/contract/desk';
import type { AttendanceBody, HuddleAnswer, NoteHuddleBody } from '@comm-cell/contract/huddle';
import { fixed, hash } from '../system/dice.js';
import { DECISIONS, DEPUTY, NOTES, WENT_WELL } from '../tales.js';
import type { Log } from './sending.js';

const LOOK_EVERY_MS = 20 * SECOND_MS;
/** People at the demo have so long to open it themselves; later than this it is not held any more. */
const GRACE_MS = 90 * SECOND_MS;
const LATEST_MS = 10 * MINUTE_MS;
/** An item takes a little less than its time. */
const BRISK = 0.85;
const WHO = 'demo-system-lead';

/** What is written down under an item, and into which box. */
const SAID: Partial<Record<AgendaKind, { box: NoteHuddleBody['box']; of: readonly Label[] }>> = {
  'last-24h': { box: 'went-well', of: WENT_WELL },
  now: { box: 'note', of: NOTES },
  'next-24h': { box: 'decision', of: DECISIONS },
};

/** The server does not let it go on: somebody else has the huddle, or the demo's people are gone. */
class Dismissed extends Error {}

export class Chair {
  #cookie = '';

  constructor(
    private readonly board: ProposedDefinition,
    private readonly address: string,
    private readonly signal: AbortSignal,
    private readonly log: Log,
  ) {}

  async preside(): Promise<never> {
    for (;;) {
      try {
        await this.#look();
      } catch (error) {
        if (this.signal.aborted) throw error;
        if (!(error instanceof Dismissed)) this.log(`The huddle of board "${this.board.id}" is not held: ${(error as Error).message}`);
      }
      await this.#wait(LOOK_EVERY_MS);
    }
  }

  async #look(): Promise<void> {
    const { view, serverTime } = await this.#ask<HuddleAnswer>('GET', '');
    const due = view.next?.due;
    if (view.on || due === undefined || serverTime < due + GRACE_MS || serverTime > due + LATEST_MS) return;
    const { no } = await this.#ask<Done>('POST', '/open', {});
    if (no !== undefined) await this.#hold(no);
  }

  async #hold(no: number): Promise<void> {
    const { agenda, members } = this.board.cell!;
    for (const { provider } of members) await this.#ask('POST', '/attendance', { no, ...this.#seat(provider, no) });
    const tiles = this.board.overview.flatMap((column) => column.tiles);
    for (const [i, { id, kind, minutes }] of agenda.entries()) {
      const tile = tiles[Math.floor(fixed(hash(id), no) * tiles.length)];
      await this.#ask('POST', '/move', { no, item: id, ...(tile === undefined ? {} : { tile }) });
      const said = SAID[kind];
      const text = said?.of[(no + i) % said.of.length];
      await this.#wait(minutes * MINUTE_MS * BRISK);
      if (said && text) await this.#ask('POST', '/notes', { no, box: said.box, text: this.#say(text, no) });
    }
    await this.#ask('POST', '/close', { no });
    this.log(`Board "${this.board.id}": huddle ${no} was held.`);
  }

  #seat(provider: string, no: number): Omit<AttendanceBody, 'no'> {
    const luck = fixed(hash(provider), no);
    if (luck < 0.06) return { provider, attendance: 'absent' };
    return luck < 0.16 ? { provider, attendance: 'deputy', name: this.#say(DEPUTY, no) } : { provider, attendance: 'here' };
  }

  /** On a board of both languages some meetings write in one and some in the other. */
  #say(words: Label, no: number): string {
    return this.board.languages[0] === 'cy' && no % 2 === 0 ? words.cy : words.en;
  }

  #wait(ms: number): Promise<void> {
    return pause(ms, undefined, { signal: this.signal });
  }

  async #ask<Answer>(method: string, route: string, body?: object): Promise<Answer> {
    const address = `${this.address}/v1/boards/${encodeURIComponent(this.board.id)}/huddle${route}`;
    const ask = (): Promise<Response> => fetch(address, { method, signal: this.signal, ...withBody(body, { cookie: this.#cookie }) });
    let answer = await ask();
    if (answer.status === 401) {
      await answer.body?.cancel();
      await this.#signIn();
      answer = await ask();
    }
    if (answer.ok) return (await answer.json()) as Answer;
    await answer.body?.cancel();
    if (answer.status < 500) throw new Dismissed(`${method} ${route} was answered ${answer.status}.`);
    throw new Error(`the server answered ${answer.status}.`);
  }

  async #signIn(): Promise<void> {
    const answer = await fetch(`${this.address}/v1/desk/session`, { method: 'POST', signal: this.signal, ...withBody({ person: WHO }) });
    await answer.body?.cancel();
    const cookie = answer.headers.get('set-cookie')?.split(';')[0];
    if (!answer.ok || cookie === undefined) throw new Dismissed(`The demo's system lead cannot sign in (${answer.status}).`);
    this.#cookie = cookie;
  }
}

function withBody(body: object | undefined, headers: Record<string, string> = {}): RequestInit {
  return body === undefined ? { headers } : { headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
