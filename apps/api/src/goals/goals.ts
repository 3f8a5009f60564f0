/** A goal over time: its points from the roll-ups or as entered by hand, what was done for it, and those that are closed. */
import { Injectable } from '@nestjs/common';
import type { Goal } from '@comm-cell/board/cell';
import type { BoardEvent } from '@comm-cell/board/events';
import { hasWeekdayPattern } from '@comm-cell/board/spc/warnings';
import { ENOUGH, type SpcPoint } from '@comm-cell/board/spc/xmr';
import { type GoalPeriod, goalTrend } from '@comm-cell/board/views/goals';
import type { ClosedGoal, GoalMark, GoalTrendAnswer } from '@comm-cell/contract/goals';
import { parseEvent } from '@comm-cell/contract/journal';
import { Refusal } from '../access/refusal.js';
import { BoardReads } from '../database/scoped.js';
import { DeskBoards } from '../desk/desk-boards.js';
import { GoalTrends } from './sources.js';

/** The first condition is that of the index `journal_without_readings`, for the planner to see. */
const TOLD = `
select (extract(epoch from recorded_at) * 1000)::float8 as at, body from journal
where board_id = $1 and kind not in ('ReadingsRecorded', 'ReadingsQuarantined', 'ReadingsRefused') and kind = any($2::text[]) order by seq`;

type Told<K extends BoardEvent['kind']> = Extract<BoardEvent, { kind: K }> & { recordedAt: number };

@Injectable()
export class Goals {
  constructor(
    private readonly boards: DeskBoards,
    private readonly reads: BoardReads,
    private readonly figures: GoalTrends,
  ) {}

  async trend(board: string, no: number): Promise<GoalTrendAnswer> {
    const goal = this.boards.board(board).state.goals[no];
    if (!goal) throw new Refusal(404, 'unknown-goal', `There is no open goal ${no}.`, 'GET …/goals lists them, the closed ones too.');
    const now = Date.now();
    const [by, all] = await this.#pointsOf(board, goal);
    // What was before the first value is no gap.
    const points = all.slice(
      Math.max(
        0,
        all.findIndex(({ value }) => value !== null),
      ),
    );
    const marks = await this.#marks(board, goal);
    return { no, from: points[0]?.at ?? goal.baseline.from, to: now, ...goalTrend(goal, points, by, now), marks };
  }

  /** Days, unless they differ by their weekday and there are weeks enough: then a Monday is not news for being one. */
  async #pointsOf(board: string, { figure, baseline, measured }: Goal): Promise<[GoalPeriod, SpcPoint[]]> {
    if (figure === undefined) return ['hand', measured.filter(([at]) => at >= baseline.from).map(([at, value]) => ({ at, value }))];
    const points = async (by: 'day' | 'week'): Promise<SpcPoint[]> => {
      const { trends } = await this.figures.trends(board, { figures: [figure], by, from: new Date(baseline.from).toISOString(), as: 'known' });
      const { at, value } = trends[0]!;
      return at.map((moment, i) => ({ at: moment, value: value[i]! }));
    };
    const days = await points('day');
    if (!hasWeekdayPattern(days, this.boards.board(board).definition.zone)) return ['day', days];
    const weeks = await points('week');
    return weeks.filter(({ value }) => value !== null).length >= ENOUGH ? ['week', weeks] : ['day', days];
  }

  async #marks(board: string, { no, agreedAt }: Goal): Promise<GoalMark[]> {
    const own = new Set<number>();
    return (await this.#told(board, 'ActionRaised', 'ActionClosed', 'GoalReviewed')).flatMap((event): GoalMark[] => {
      const { recordedAt: at } = event;
      if (at < agreedAt) return [];
      if (event.kind === 'GoalReviewed') return event.no === no ? [{ at, kind: 'reviewed', text: event.note, by: event.by.name }] : [];
      if (event.kind === 'ActionRaised') {
        if (event.goal !== no) return [];
        own.add(event.no);
        return [{ at, kind: 'action-raised', no: event.no, text: event.what, by: event.by.name }];
      }
      return own.has(event.no) ? [{ at, kind: 'action-closed', no: event.no, text: event.result, by: event.by.name }] : [];
    });
  }

  /** The newest first. */
  async closed(board: string): Promise<ClosedGoal[]> {
    const agreed = new Map<number, Told<'GoalAgreed'>>();
    const closed: ClosedGoal[] = [];
    for (const event of await this.#told(board, 'GoalAgreed', 'GoalClosed')) {
      if (event.kind === 'GoalAgreed') agreed.set(event.no, event);
      else {
        const { no, reached, note, recordedAt } = event;
        const { title, owner, recordedAt: agreedAt } = agreed.get(no)!;
        closed.unshift({ no, title, owner, agreedAt, closedAt: recordedAt, reached, note });
      }
    }
    return closed;
  }

  #told<K extends BoardEvent['kind']>(board: string, ...kinds: K[]): Promise<Told<K>[]> {
    return this.reads.scoped(board, async (query) => {
      const { rows } = await query.query<{ at: number; body: string }>(TOLD, [board, kinds]);
      return rows.map(({ at, body }) => ({ ...(parseEvent(body) as Extract<BoardEvent, { kind: K }>), recordedAt: at }));
    });
  }
}
