/** What an event says of the person behind it. Kept apart from the words on screen: those are in two languages. */
import type { BoardEvent, Deed, Person } from '@comm-cell/board/events';

interface Doing {
  by: Person | null;
  what?: Deed | string;
  about: string;
  detail: string;
}

const LIST_MOST = 12;
const listed = (all: readonly string[]): string => (all.length > LIST_MOST ? `${all.slice(0, LIST_MOST).join(', ')} … (${all.length})` : all.join(', '));
const value = (one: number | string | null): string => (one === null ? '–' : String(one));
const until = (at: number): string => new Date(at).toISOString();
const said = (...parts: (string | undefined | false)[]): string => parts.filter(Boolean).join('; ');

/** What a person did, or tried; undefined for what nobody did: figures of a system, the clock, timers. */
export function doingOf(event: BoardEvent): Doing | undefined {
  if (event.kind === 'DeedDone') return { by: event.by, what: event.deed, about: event.about ?? '', detail: event.detail ?? '' };
  return 'by' in event && event.by ? { by: event.by, ...of(event) } : undefined;
}

function of(event: Authored): Omit<Doing, 'by'> {
  switch (event.kind) {
    case 'BoardDefined':
      return { about: event.definition.id, detail: event.reason ?? '' };
    case 'ReadingsRecorded':
      return {
        what: event.history ? 'history' : event.reason === undefined ? 'pushed' : 'corrected',
        about: event.feed,
        detail: said(event.reason, listed(event.readings.map((one) => `${one.series} ${value(one.value)}`))),
      };
    case 'StatusPosted':
      return { about: event.provider, detail: said(event.text, event.level !== undefined && String(event.level), until(event.until)) };
    case 'FeedSuspended':
      return { about: event.feed, detail: said(event.reason, until(event.until)) };
    case 'FeedResumed':
      return { about: event.feed, detail: '' };
    case 'HeldSettled':
      return { what: event.released ? 'released' : 'rejected', about: event.series, detail: said(event.reason, value(event.value)) };
    case 'FiguresSignedOff':
      return { about: event.provider, detail: said(event.note, listed(event.figures.map((one) => `${one.series} ${value(one.value)}`))) };
    case 'PlaceClosed':
      return { about: event.place, detail: said(event.reason, until(event.until)) };
    case 'PlaceOpened':
      return { about: event.place, detail: '' };
    case 'CapacityOffered':
      return { about: event.provider, detail: said(`${event.count} ${event.what}`, event.place, until(event.until)) };
    case 'CapacityClaimed':
      return { about: event.provider, detail: said(`${event.no}: ${event.count}`, event.note) };
    case 'CapacityWithdrawn':
      return { about: String(event.no), detail: '' };
    case 'RulesAgreed':
      return { what: event.origin, about: listed([...event.rules.map(({ id }) => id), ...event.retired.map((id) => `−${id}`)]), detail: event.reason ?? '' };
    case 'RuleProposed':
      return { what: event.rule ? 'change' : 'retire', about: event.id, detail: event.reason };
    case 'RuleApproved':
    case 'RuleWithdrawn':
      return { about: event.id, detail: '' };
    case 'AlertTurned':
      return { what: event.turn, about: `${event.no} ${event.rule}`, detail: said(event.group, event.reason) };
    case 'RuleShelved':
      return { about: event.rule, detail: said(event.reason, until(event.until)) };
    case 'RuleUnshelved':
      return { about: event.rule, detail: '' };
    case 'LevelDeclared':
      return { about: event.level, detail: said(String(event.n), event.reason) };
    case 'ActionRaised':
      return { about: String(event.no), detail: said(event.what, event.owner, until(event.due)) };
    case 'ActionClosed':
      return { about: String(event.no), detail: event.result };
    case 'CardStepTicked':
      return { about: `${event.run} ${event.step}`, detail: event.cannot ?? '' };
    case 'SnapshotFrozen':
      return { about: event.name, detail: said(event.note, `${event.of.seq}`, event.of.hash) };
    case 'MomentNoted':
      return { about: until(event.about), detail: event.text };
    default:
      return plainly(event);
  }
}

/** An event without a sentence of its own: its first field names what it is about, the others are given as they are. */
function plainly({ kind: _kind, by: _by, ...fields }: Authored): Omit<Doing, 'by'> {
  const [first, ...more] = Object.entries(fields).map(([name, one]) => [name, typeof one === 'object' ? JSON.stringify(one) : String(one)] as const);
  return { about: first?.[1] ?? '', detail: said(...more.map(([name, text]) => `${name} ${text}`)) };
}

type Authored = WithAuthor<BoardEvent>;
type WithAuthor<Event> = Event extends { kind: string } ? ('by' extends keyof Event ? Event : never) : never;
