/** The comm cell: its huddle, concerns, ideas, goals, charter, and what went between cells. */
import type { ComeIn, Concern, HeldHuddle, Huddle, PassedOn } from '../cell.js';
import type { BoardEvent } from '../events.js';
import type { BoardState } from '../state.js';
import { DAY_MS } from '../time.js';
import type { Draft } from './draft.js';

/** Huddles whose health is looked at on the board; the journal has all. */
const HELD = 60;
const MEASURED = 100;
/** What was declined, done or answered stays to be seen for so long. */
const SETTLED_MS = 7 * DAY_MS;

type CountKey = 'huddles' | 'concerns' | 'ideas' | 'goals' | 'passed';

function count(draft: Draft, key: CountKey, no: number): void {
  if (no > (draft.state.counts[key] ?? 0)) draft.own('counts')[key] = no;
}

function withHuddle(draft: Draft, no: number, change: (huddle: Huddle) => Huddle): void {
  const huddle = draft.state.huddle['now'];
  if (huddle?.no === no) draft.own('huddle')['now'] = change(huddle);
}

function without<T extends object, K extends keyof T>(one: T, key: K): T {
  const { [key]: _gone, ...rest } = one;
  return rest as T;
}

export function cellSlice(draft: Draft, event: BoardEvent, at: number): void {
  switch (event.kind) {
    case 'HuddleOpened': {
      const { no, due, lead, scribe } = event;
      const agenda = draft.state.definition?.cell?.agenda ?? [];
      const called = due === undefined ? undefined : draft.state.called[due];
      draft.own('huddle')['now'] = {
        no,
        ...(due === undefined ? {} : { due }),
        ...(called && { calledAt: called.at }),
        openedAt: at,
        lead,
        scribe,
        item: agenda[0]?.id ?? '',
        itemAt: at,
        spentMs: {},
        attendance: {},
        notes: [],
        raised: { actions: [], concerns: [] },
      };
      count(draft, 'huddles', no);
      if (due !== undefined) delete draft.own('called')[due];
      forget(draft, at);
      break;
    }
    case 'HuddleMoved':
      withHuddle(draft, event.no, (huddle) => {
        const moved = event.item === huddle.item ? huddle : { ...huddle, item: event.item, itemAt: at, spentMs: spent(huddle, at) };
        return event.tile === undefined ? without(moved, 'tile') : { ...moved, tile: event.tile };
      });
      break;
    case 'AttendanceMarked': {
      const { provider, attendance, name } = event;
      withHuddle(draft, event.no, (huddle) => ({
        ...huddle,
        attendance: { ...huddle.attendance, [provider]: { attendance, at, ...(name === undefined ? {} : { name }) } },
      }));
      break;
    }
    case 'HuddleNoted': {
      const { kind: _kind, no, ...note } = event;
      withHuddle(draft, no, (huddle) => ({ ...huddle, notes: [...huddle.notes, { at, ...note }] }));
      break;
    }
    case 'HuddleClosed':
      closeHuddle(draft, event.no, at);
      break;
    case 'HuddleCalled':
    case 'HuddleSkipped':
      draft.own('called')[event.due] = { reason: event.reason, by: event.by, at, skipped: event.kind === 'HuddleSkipped' };
      forget(draft, at);
      break;
    case 'HuddleReminded':
      draft.own('huddle')['reminded'] = { due: event.due };
      break;

    case 'ActionRaised':
      withHuddle(draft, draft.state.huddle['now']?.no ?? 0, (huddle) => ({
        ...huddle,
        raised: { ...huddle.raised, actions: [...huddle.raised.actions, event.no] },
      }));
      break;
    case 'ActionProgressed': {
      const action = draft.state.actions[event.no];
      if (action)
        draft.own('actions')[event.no] = { ...action, quarters: event.quarters, heardAt: at, ...(event.note === undefined ? {} : { note: event.note }) };
      break;
    }
    case 'ActionChanged': {
      const action = draft.state.actions[event.no];
      const { owner, provider, due } = event;
      if (!action) break;
      const changed = { ...action, ...(owner === undefined ? {} : { owner }), ...(provider === undefined ? {} : { provider }) };
      // A later moment is a new promise: the chasing begins anew.
      draft.own('actions')[event.no] =
        due === undefined ? changed : { ...without(without(changed, 'escalatedTo'), 'reminded'), due, promisedAt: at, chased: 0 };
      break;
    }
    case 'ActionReminded': {
      const action = draft.state.actions[event.no];
      if (action) draft.own('actions')[event.no] = { ...action, reminded: true };
      break;
    }
    case 'ActionEscalated': {
      const action = draft.state.actions[event.no];
      if (action) draft.own('actions')[event.no] = { ...action, escalatedTo: event.group };
      break;
    }

    case 'ConcernRaised': {
      const { kind: _kind, ...raised } = event;
      draft.own('concerns')[event.no] = { ...raised, status: raised.containment === undefined ? 'open' : 'contained', raisedAt: at, changedAt: at };
      count(draft, 'concerns', event.no);
      if (event.about.figure !== undefined) delete draft.own('declined')[event.about.figure];
      withHuddle(draft, draft.state.huddle['now']?.no ?? 0, (huddle) => ({
        ...huddle,
        raised: { ...huddle.raised, concerns: [...huddle.raised.concerns, event.no] },
      }));
      break;
    }
    case 'ConcernChanged': {
      const concern = draft.state.concerns[event.no];
      const { kind: _kind, by: _by, ...changes } = event;
      if (concern) draft.own('concerns')[event.no] = { ...concern, ...changes, changedAt: at } as Concern;
      break;
    }
    case 'ConcernClosed':
      delete draft.own('concerns')[event.no];
      break;
    case 'ConcernDeclined': {
      const { figure, reason, until, by } = event;
      draft.own('declined')[figure] = { reason, until, at, by };
      break;
    }

    case 'IdeaProposed': {
      const ideas = draft.own('ideas');
      for (const [no, idea] of Object.entries(ideas))
        if ((idea.status === 'declined' || idea.status === 'done') && (idea.answer?.at ?? idea.at) < at - SETTLED_MS) delete ideas[no];
      ideas[event.no] = { no: event.no, text: event.text, status: 'proposed', at, by: event.by };
      count(draft, 'ideas', event.no);
      break;
    }
    case 'IdeaAnswered': {
      const idea = draft.state.ideas[event.no];
      if (idea) draft.own('ideas')[event.no] = { ...idea, status: event.accepted ? 'accepted' : 'declined', answer: { text: event.answer, at, by: event.by } };
      break;
    }
    case 'IdeaMoved': {
      const idea = draft.state.ideas[event.no];
      if (idea) draft.own('ideas')[event.no] = { ...idea, status: event.to, note: event.note };
      break;
    }

    case 'GoalAgreed': {
      const { kind: _kind, ...agreed } = event;
      draft.own('goals')[event.no] = { ...agreed, agreedAt: at, measured: [] };
      count(draft, 'goals', event.no);
      break;
    }
    case 'GoalMeasured': {
      const goal = draft.state.goals[event.no];
      if (!goal) break;
      const measured = [...goal.measured.filter(([moment]) => moment !== event.at), [event.at, event.value] as [number, number]];
      draft.own('goals')[event.no] = { ...goal, measured: measured.sort(([a], [b]) => a - b).slice(-MEASURED) };
      break;
    }
    case 'GoalReviewed': {
      const goal = draft.state.goals[event.no];
      const { onTrack, note, by } = event;
      if (goal) draft.own('goals')[event.no] = { ...goal, review: { at, onTrack, note, by } };
      break;
    }
    case 'GoalClosed':
      delete draft.own('goals')[event.no];
      break;

    case 'CharterWritten': {
      const { version, text, by } = event;
      draft.own('charter')['now'] = { version, text, at, by, accepted: {} };
      break;
    }
    case 'CharterAccepted': {
      const charter = draft.state.charter['now'];
      if (charter?.version === event.version)
        draft.own('charter')['now'] = { ...charter, accepted: { ...charter.accepted, [event.provider]: { name: event.name, at } } };
      break;
    }

    case 'Passed': {
      const { kind: _kind, ...passed } = event;
      const all = draft.own('passed');
      drop(all, at);
      all[event.no] = { ...passed, at };
      count(draft, 'passed', event.no);
      break;
    }
    case 'AnswerArrived': {
      const passed = draft.state.passed[event.no];
      const { answer, text, by } = event;
      if (passed) draft.own('passed')[event.no] = { ...passed, answer: { answer, text, at, by } };
      break;
    }
    case 'Arrived': {
      const { kind: _kind, ...arrived } = event;
      const all = draft.own('arrived');
      drop(all, at);
      all[`${event.from}:${event.no}`] = { ...arrived, at };
      break;
    }
    case 'Answered': {
      const key = `${event.from}:${event.no}`;
      const arrived = draft.state.arrived[key];
      const { answer, text, by } = event;
      if (arrived) draft.own('arrived')[key] = { ...arrived, answer: { answer, text, at, by } };
      break;
    }
    case 'AnswerMissed': {
      const passed = event.from === undefined ? draft.state.passed[event.no] : undefined;
      const arrived = draft.state.arrived[`${event.from}:${event.no}`];
      if (passed) draft.own('passed')[event.no] = { ...passed, missed: true };
      if (arrived) draft.own('arrived')[`${event.from}:${event.no}`] = { ...arrived, missed: true };
      break;
    }
    case 'CellReported': {
      const below = draft.own('below');
      if (event.report) below[event.from] = { ...event.report, at };
      else delete below[event.from];
      break;
    }
    default:
  }
}

/** What was called or not held stands in the journal; on the board it is of no use to the meetings to come. */
function forget(draft: Draft, at: number): void {
  const old = Object.keys(draft.state.called).filter((due) => Number(due) < at - SETTLED_MS);
  for (const due of old) delete draft.own('called')[due];
}

function spent({ item, itemAt, spentMs }: Huddle, at: number): Record<string, number> {
  return { ...spentMs, [item]: (spentMs[item] ?? 0) + at - itemAt };
}

function closeHuddle(draft: Draft, no: number, at: number): void {
  const huddle = draft.state.huddle['now'];
  if (huddle?.no !== no) return;
  delete draft.own('huddle')['now'];
  const cell = draft.state.definition?.cell;
  const items = cell?.agenda ?? [];
  const here = Object.entries(huddle.attendance).flatMap(([provider, { attendance }]) => (attendance === 'absent' ? [] : [provider]));
  const held: HeldHuddle = {
    no,
    ...(huddle.due === undefined ? {} : { due: huddle.due }),
    ...(huddle.calledAt === undefined ? {} : { calledAt: huddle.calledAt }),
    openedAt: huddle.openedAt,
    closedAt: at,
    plannedMs: (cell?.agenda ?? []).reduce((sum, { minutes }) => sum + minutes * 60_000, 0),
    here: here.sort(),
    expected: cell?.members.length ?? 0,
    quorum: here.length >= (cell?.quorum ?? 0),
    notices: huddle.notes.length,
    agenda: { held: items.filter(({ id }) => id === huddle.item || id in huddle.spentMs).length, of: items.length },
    actions: { raised: huddle.raised.actions },
  };
  draft.own('huddles')[no] = held;
  closeActionsOf(draft, no);
}

/** What was raised in the huddle before, and closed by now. */
function closeActionsOf(draft: Draft, no: number): void {
  const huddles = draft.own('huddles');
  const before = huddles[no - 1];
  if (before) {
    const closed = before.actions.raised.filter((action) => draft.state.actions[action] === undefined).length;
    huddles[no - 1] = { ...before, actions: { ...before.actions, closedByNext: closed } };
  }
  for (const old of Object.keys(huddles)) if (Number(old) <= no - HELD) delete huddles[old];
}

function drop(all: Record<string, PassedOn> | Record<string, ComeIn>, at: number): void {
  for (const [key, { answer }] of Object.entries(all)) if (answer && answer.at < at - SETTLED_MS) delete (all as BoardState['passed'])[key];
}
