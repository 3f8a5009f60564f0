/** Closed concerns as the journal tells them, to be looked for, with their figure before they were raised and after they were closed. */
import type { BoardDefinition } from '@comm-cell/board/definition';
import type { BoardEvent } from '@comm-cell/board/events';
import type { BoardState } from '@comm-cell/board/state';
import { DAY_MS } from '@comm-cell/board/time';
import { figureTitle } from '@comm-cell/board/views/concerns';
import { partsOf, valueOver } from '@comm-cell/board/views/days';
import type { ClosedConcern, Library } from '@comm-cell/contract/concerns';
import { parseEvent } from '@comm-cell/contract/journal';
import type { BoardQuery } from '../database/scoped.js';
import { talliesOf } from './tallies.js';

/** The first condition is that of the index `journal_without_readings`, for the planner to see. */
const TOLD = `
select (extract(epoch from recorded_at) * 1000)::float8 as at, body from journal
where board_id = $1 and kind not in ('ReadingsRecorded', 'ReadingsQuarantined', 'ReadingsRefused')
  and kind in ('ConcernRaised', 'ConcernChanged', 'ConcernClosed') order by seq`;

const SHOWN = 50;
const EFFECT_DAYS = 14;
/** Fewer days than this after the closing say nothing yet. */
const EFFECT_LEAST = 3;

/** All concerns that are closed, the newest first, without their effect. */
export async function closedConcerns(query: BoardQuery, state: BoardState): Promise<ClosedConcern[]> {
  const { rows } = await query.query<{ at: number; body: string }>(TOLD, [state.definition!.id]);
  const open = new Map<number, Omit<ClosedConcern, 'closedAt' | 'result' | 'tags'>>();
  const closed: ClosedConcern[] = [];
  for (const { at, body } of rows) {
    const event = parseEvent(body) as Extract<BoardEvent, { kind: 'ConcernRaised' | 'ConcernChanged' | 'ConcernClosed' }>;
    const { no } = event;
    const known = open.get(no);
    if (event.kind === 'ConcernRaised') {
      const { text, about, by, owner, containment } = event;
      const figure = about.figure === undefined ? {} : { figure: { id: about.figure, title: figureTitle(state, about.figure) } };
      open.set(no, {
        no,
        text,
        raisedAt: at,
        by: by.name,
        ...figure,
        ...(owner === undefined ? {} : { owner }),
        ...(containment === undefined ? {} : { containment }),
      });
    } else if (known && event.kind === 'ConcernChanged') {
      const { kind: _kind, no: _no, by: _by, status: _status, provider: _provider, due: _due, ...learned } = event;
      open.set(no, { ...known, ...learned });
    } else if (known && event.kind === 'ConcernClosed') {
      open.delete(no);
      closed.push({ ...known, closedAt: at, result: event.result, tags: event.tags });
    }
  }
  return closed.reverse();
}

/** @param q words that must all be found, whatever their case and accents */
export async function libraryOf(query: BoardQuery, state: BoardState, q: string, now: number): Promise<Library> {
  const wanted = plain(q).split(/\s+/).filter(Boolean);
  const found = (await closedConcerns(query, state)).filter((concern) => {
    const text = plain(
      [
        `#${concern.no}`,
        concern.text,
        concern.containment,
        concern.cause,
        concern.countermeasure,
        concern.result,
        concern.owner,
        concern.figure?.title.en,
        concern.figure?.title.cy,
        ...concern.tags,
      ].join(' '),
    );
    return wanted.every((word) => text.includes(word));
  });
  const concerns: ClosedConcern[] = [];
  for (const concern of found.slice(0, SHOWN)) {
    const effect = await effectOf(query, state.definition!, concern, now);
    concerns.push(effect ? { ...concern, effect } : concern);
  }
  return { found: found.length, concerns };
}

/** Means over all readings of both stretches. It says that the figure differs, never that the countermeasure did it. */
async function effectOf(
  query: BoardQuery,
  definition: BoardDefinition,
  { figure, raisedAt, closedAt }: ClosedConcern,
  now: number,
): Promise<ClosedConcern['effect']> {
  if (!figure) return undefined;
  const { of, over } = partsOf(definition, figure.id);
  // The figure may be gone from the board since.
  if (of.length === 0) return undefined;
  const mean = async (from: number, to: number): Promise<number | null> =>
    valueOver(definition, figure.id, await talliesOf(query, definition, [...of, ...over], from, to), 'mean');
  const until = Math.min(now, closedAt + EFFECT_DAYS * DAY_MS);
  const afterDays = Math.floor((until - closedAt) / DAY_MS);
  return {
    before: await mean(raisedAt - EFFECT_DAYS * DAY_MS, raisedAt),
    after: afterDays < EFFECT_LEAST ? null : await mean(closedAt, until),
    afterDays,
  };
}

function plain(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}
