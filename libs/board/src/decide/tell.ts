/**
 * Who is told of what has just happened, and what they read. A turn of an alert is the same at any hour; whether people are
 * told at once, later, or others in their place, is decided here.
 *
 * Messages leave the building: they are made of the board's own words and numbers, never of words that somebody typed or a
 * provider sent, so that no patient's detail can travel in them. Those stand on the board, to which each message links.
 */
import type { Way } from '../cell.js';
import type { Band, BoardDefinition, FigureId, Label, Metric } from '../definition.js';
import type { BoardEvent, Entry } from '../events.js';
import type { GroupId } from '../response.js';
import type { Condition, Rule, RuleId, Severity, Turn } from '../rule.js';
import { groupOf } from '../rules/action.js';
import { isWithin, quietUntil } from '../rules/hours.js';
import { TYPES } from '../rules/passing.js';
import type { Alert, BoardState } from '../state.js';
import { DAY_MS, HOUR_MS, isoDate, localDay, MINUTE_MS, offsetMsAt, type Zone } from '../time.js';

/** Of an alert that stands, with what it asks for. */
type AlertKind =
  | 'raised'
  | 'climbed'
  | 'released'
  | 'handed-over'
  /** Still on when its shelving ended. */
  | 'unshelved'
  /** Its rule was changed to a higher severity. */
  | 'worse'
  | 'data-lost';

export type MessageKind =
  | AlertKind
  | 'stood-down'
  | 'level'
  | 'declared'
  /** An action's moment comes near, is over, or was let pass without a word from its owner. */
  | 'reminded'
  | 'chased'
  | 'escalated'
  /** A huddle comes near; one is over and its minutes stand; one was called; one is not held. */
  | 'huddle-near'
  | 'huddle-minutes'
  | 'huddle-called'
  | 'huddle-skipped'
  /** Another cell passes something here; its answer has come back; an answer has not come by its moment. */
  | 'passed-here'
  | 'answer-back'
  | 'unanswered'
  /** Another group did not get a message. */
  | 'undelivered';

export interface Message {
  group: GroupId;
  /** Epoch ms; the moment of the entry, unless the group's quiet hours hold it back. */
  notBefore: number;
  kind: MessageKind;
  /** What it is about, for people: "alert 147". */
  about: string;
  title: Label;
  lines: Label[];
  /** Page of it on this server. */
  link: string;
  /** Severity watch: a person's own quiet hours may hold it back too. */
  canWait: boolean;
  /** The alert that a reply may acknowledge. */
  alert?: { rule: RuleId; no: number };
  /** The action that a reply may close or say something about. */
  action?: { no: number };
}

type Draft = Omit<Message, 'group' | 'notBefore'>;

const TOLD: ReadonlySet<BoardEvent['kind']> = new Set([
  'RuleUnshelved',
  'LevelTurned',
  'LevelDeclared',
  'ActionReminded',
  'ActionChased',
  'ActionEscalated',
  'HuddleReminded',
  'HuddleClosed',
  'HuddleCalled',
  'HuddleSkipped',
  'Arrived',
  'AnswerArrived',
  'AnswerMissed',
  'MessageStuck',
]);

const TOLD_TURNS: ReadonlySet<Turn> = new Set(['raised', 'climbed', 'handed-over', 'released', 'rule-changed', 'data-lost', 'stood-down']);

/** Could anybody be told of this at all? */
export function isTold(event: BoardEvent): boolean {
  return event.kind === 'AlertTurned' ? TOLD_TURNS.has(event.turn) : TOLD.has(event.kind);
}

/**
 * @param state after the entry
 * @param before the alert of the entry's rule before it: a stand-down has taken it out of the state
 */
export function messagesFor(state: BoardState, { at, event }: Pick<Entry, 'at' | 'event'>, before?: Alert): Message[] {
  const definition = state.definition;
  if (!definition?.response) return [];
  switch (event.kind) {
    case 'AlertTurned':
      return alertMessages(state, definition, at, event, before);
    case 'RuleUnshelved': {
      const alert = state.alerts[event.rule];
      return alert && isRaised(alert) && !isAnswered(alert) && !isBehind(state, alert)
        ? address(definition, at, [onDuty(definition, alert.group, at)], alertDraft(state, definition, at, alert, 'unshelved'))
        : [];
    }
    case 'LevelTurned':
      return event.turn === 'set' && isNews(state, definition, event.level) ? levelMessages(state, definition, at, event.level, 'level') : [];
    case 'LevelDeclared':
      return levelMessages(state, definition, at, event.level, 'declared');
    case 'ActionReminded':
    case 'ActionChased':
    case 'ActionEscalated':
      return actionMessages(state, definition, at, event);
    case 'HuddleReminded':
      return nearMessages(state, definition, at, event.due);
    case 'HuddleClosed':
      return minutesMessages(state, definition, at, event.no);
    case 'HuddleCalled':
      return planMessages(definition, at, event.due, 'huddle-called');
    case 'HuddleSkipped':
      return planMessages(definition, at, event.due, 'huddle-skipped');
    case 'Arrived':
    case 'AnswerArrived':
    case 'AnswerMissed':
      return passedMessages(state, definition, at, event);
    case 'MessageStuck':
      return rerouted(state, definition, at, event);
    default:
      return [];
  }
}

/* Alerts. */

type Turned = Extract<Entry['event'], { kind: 'AlertTurned' }>;

function alertMessages(state: BoardState, definition: BoardDefinition, at: number, event: Turned, before: Alert | undefined): Message[] {
  if (event.turn === 'stood-down') {
    if (!before || before.firedAt === undefined || before.behind !== undefined || wasHushed(state, before)) return [];
    return address(definition, at, toldOf(state, definition, before, at), standDownDraft(state, definition, at, before, event.due));
  }
  const alert = state.alerts[event.rule];
  if (!alert || alert.no !== event.no || !isRaised(alert) || state.shelves[alert.rule] || isBehind(state, alert)) return [];
  const tell = (kind: AlertKind, group: GroupId): Message[] =>
    address(definition, at, [onDuty(definition, group, at)], alertDraft(state, definition, at, alert, kind, event.value ?? undefined));
  switch (event.turn) {
    case 'raised':
    case 'data-lost':
      return tell(event.turn, alert.group);
    case 'climbed':
    case 'handed-over':
      return tell(event.turn, event.group ?? alert.group);
    case 'released':
      return isAnswered(alert) ? [] : tell('released', alert.group);
    case 'rule-changed':
      return before && RANK[alert.severity] > RANK[before.severity] ? tell('worse', alert.group) : [];
    default:
      return [];
  }
}

const RANK: Record<Severity, number> = { watch: 1, act: 2, critical: 3 };

/** The rule in force; of a retired one what it was, for as long as its alert is open. */
function ruleOf(state: BoardState, id: RuleId): Rule | undefined {
  const known = state.rules[id];
  return known?.rule ?? known?.was;
}
function isRaised(alert: Alert): boolean {
  return alert.firedAt !== undefined;
}
function isAnswered(alert: Alert): boolean {
  return alert.acknowledged !== undefined || alert.owner !== undefined;
}
/** Raised while its composite is, it will be put behind it in the same breath: nobody is told in between. */
function isBehind(state: BoardState, alert: Alert): boolean {
  if (alert.behind !== undefined) return true;
  return Object.values(state.alerts).some((other) => isRaised(other) && state.rules[other.rule]?.rule?.supersedes?.includes(alert.rule));
}
/** Shelved since before it fired: nobody was told that it began. */
function wasHushed(state: BoardState, alert: Alert): boolean {
  const shelf = state.shelves[alert.rule];
  return shelf !== undefined && shelf.since <= alert.firedAt!;
}

/** The groups that were told of an alert, as they were on duty then: its first owner, those it climbed to, and who has it now. */
function toldOf(state: BoardState, definition: BoardDefinition, alert: Alert, at: number): GroupId[] {
  const firedAt = alert.firedAt!;
  const first = ruleOf(state, alert.rule)?.owner ?? alert.group;
  const climbed = (definition.response!.groups[alert.group]?.climb ?? []).slice(0, alert.climbed);
  return [
    onDuty(definition, first, firedAt),
    ...climbed.map((step) => onDuty(definition, step.group, (alert.climbFrom ?? firedAt) + step.afterMs)),
    ...(alert.group === first ? [] : [onDuty(definition, alert.group, at)]),
  ];
}

const REASONS: Record<AlertKind, Label | undefined> = {
  raised: undefined,
  climbed: { en: 'Nobody has answered', cy: 'Nid oes neb wedi ateb' },
  released: { en: 'Stands alone again', cy: 'Ar ei ben ei hun eto' },
  'handed-over': { en: 'Handed over to you', cy: 'Wedi’i drosglwyddo i chi' },
  unshelved: { en: 'Still on after being shelved', cy: 'Yn parhau ar ôl ei roi o’r neilltu' },
  worse: { en: 'More severe now', cy: 'Yn fwy difrifol nawr' },
  'data-lost': { en: 'Data lost, cannot be judged', cy: 'Data wedi’i golli, ni ellir ei farnu' },
};
const SEVERITIES: Record<Severity, Label> = {
  watch: { en: 'WATCH', cy: 'GWYLIO' },
  act: { en: 'ACT', cy: 'GWEITHREDU' },
  critical: { en: 'CRITICAL', cy: 'CRITIGOL' },
};

function alertDraft(state: BoardState, definition: BoardDefinition, at: number, alert: Alert, kind: AlertKind, value = alert.value): Draft {
  const rule = ruleOf(state, alert.rule);
  const word = REASONS[kind];
  const head = word ? join(': ', SEVERITIES[alert.severity], word) : SEVERITIES[alert.severity];
  const lost = alert.lostSince;
  const lines = [
    numbered(definition, alert),
    where(definition, rule?.place),
    say(`Since ${clock(definition.zone, alert.since, at)}`, `Ers ${clock(definition.zone, alert.since, at)}`),
    rule ? judged(definition, rule.when, value) : undefined,
    lost === undefined
      ? rule && trend(state, definition, rule.when)
      : say(
          `No data since ${clock(definition.zone, lost, at)}: it stays open on the last known value`,
          `Dim data ers ${clock(definition.zone, lost, at)}: mae’n aros ar agor ar y gwerth olaf hysbys`,
        ),
    owned(definition, alert),
    card(definition, rule?.card),
  ];
  return {
    ...about(definition, alert),
    kind,
    title: titled(definition, join(': ', head, join(', ', rule?.label ?? plain(alert.rule), placeName(definition, rule?.place)))),
    lines: lines.flatMap((line) => line ?? []),
    canWait: alert.severity === 'watch',
  };
}

function standDownDraft(state: BoardState, definition: BoardDefinition, at: number, alert: Alert, due: number): Draft {
  const rule = ruleOf(state, alert.rule);
  const from = clock(definition.zone, alert.firedAt!, at);
  const to = clock(definition.zone, due, at);
  return {
    ...about(definition, alert),
    kind: 'stood-down',
    title: titled(definition, join(': ', say('STOOD DOWN', 'AR BEN'), join(', ', rule?.label ?? plain(alert.rule), placeName(definition, rule?.place)))),
    lines: [
      numbered(definition, alert),
      where(definition, rule?.place),
      say(`Was on from ${from} to ${to} (${span(due - alert.firedAt!).en})`, `Bu ymlaen o ${from} tan ${to} (${span(due - alert.firedAt!).cy})`),
    ].flatMap((line) => line ?? []),
    canWait: alert.severity === 'watch',
  };
}

function about(definition: BoardDefinition, alert: Alert): Pick<Draft, 'about' | 'link' | 'alert'> {
  return { about: `alert ${alert.no}`, link: `/alerts/${definition.id}?alert=${alert.no}`, alert: { rule: alert.rule, no: alert.no } };
}

function numbered(definition: BoardDefinition, alert: Alert): Label {
  return join(' · ', say(`Alert ${alert.no}`, `Rhybudd ${alert.no}`), definition.name);
}

function owned(definition: BoardDefinition, alert: Alert): Label {
  const group = definition.response!.groups[alert.group]?.name ?? plain(alert.group);
  const person = alert.owner?.by.name ?? alert.acknowledged?.by.name;
  return person === undefined
    ? say(`No owner yet; it is with ${group.en}`, `Dim perchennog eto; mae gyda ${group.cy}`)
    : say(`Owner: ${person}, ${group.en}`, `Perchennog: ${person}, ${group.cy}`);
}

function card(definition: BoardDefinition, id: string | undefined): Label | undefined {
  const title = id === undefined ? undefined : definition.response!.cards[id]?.title;
  return title && say(`Action card: ${title.en}`, `Cerdyn gweithredu: ${title.cy}`);
}

/* Levels, actions, messages. */

/** Only the system's level is told; a first level is news unless it is the lowest there is. */
function isNews(state: BoardState, definition: BoardDefinition, id: string): boolean {
  const level = state.levels[id];
  if (!level || level.high === undefined) return false;
  if (level.before) return level.before.low !== level.low || level.before.high !== level.high;
  const scheme = definition.response!.schemes[definition.response!.levels[id]?.scheme ?? ''];
  return level.high > Math.min(...(scheme?.levels ?? []).map(({ n }) => n));
}

function levelMessages(state: BoardState, definition: BoardDefinition, at: number, id: string, kind: 'level' | 'declared'): Message[] {
  const response = definition.response!;
  const level = response.levels[id];
  const scheme = level && response.schemes[level.scheme];
  if (!level || !scheme || level.provider !== undefined || response.levelGroup === undefined) return [];
  const named = (n: number): Label => scheme.levels.find((one) => one.n === n)?.name ?? plain(`${scheme.mark} ${n}`);
  const ranged = (low: number, high: number): Label => (low === high ? named(low) : join('–', named(low), named(high)));
  const worked = state.levels[id];
  const declared = state.declared[id];
  const lines: Label[] = [join(' · ', level.name, definition.name)];
  let now: Label | undefined;
  let before: Label | undefined;
  if (worked?.low !== undefined && worked.high !== undefined) {
    const calculated = ranged(worked.low, worked.high);
    lines.push(
      say(
        `Calculated: ${calculated.en}, ${worked.known} of ${worked.of} parameters known`,
        `Cyfrifwyd: ${calculated.cy}, ${worked.known} o ${worked.of} paramedr yn hysbys`,
      ),
    );
    if (kind === 'level') [now, before] = [calculated, worked.before && ranged(worked.before.low, worked.before.high)];
  }
  if (declared) {
    const set = named(declared.n);
    const by = clock(definition.zone, declared.reviewBy, at);
    lines.push(say(`Declared: ${set.en}, to be reviewed by ${by}`, `Datganwyd: ${set.cy}, i’w adolygu erbyn ${by}`));
    if (kind === 'declared') [now, before] = [set, declared.before === undefined ? undefined : named(declared.before)];
  }
  if (!now) return [];
  if (!scheme.signedOff) lines.push(say('Indicative: this scheme has not been signed off', 'Dangosol: nid yw’r cynllun hwn wedi’i gymeradwyo'));
  const word = kind === 'level' ? say('calculated', 'cyfrifwyd') : say('declared', 'datganwyd');
  const change = before ? say(`${before.en} → ${now.en}`, `${before.cy} → ${now.cy}`) : now;
  return address(definition, at, [onDuty(definition, response.levelGroup, at)], {
    kind,
    about: `level ${id}`,
    title: titled(definition, say(`${level.name.en}: ${change.en} (${word.en})`, `${level.name.cy}: ${change.cy} (${word.cy})`)),
    lines,
    link: `/wall/${definition.id}`,
    canWait: false,
  });
}

type AboutAction = Extract<BoardEvent, { kind: 'ActionReminded' | 'ActionChased' | 'ActionEscalated' }>;

function actionMessages(state: BoardState, definition: BoardDefinition, at: number, event: AboutAction): Message[] {
  const { no } = event;
  const action = state.actions[String(no)];
  // Found late, a word beforehand is no help any more: the chasing says it.
  if (!action || (event.kind === 'ActionReminded' && action.due <= at)) return [];
  const group = event.kind === 'ActionEscalated' ? event.group : groupOf(state, action);
  if (group === undefined) return [];
  const alert = action.alert === undefined ? undefined : Object.values(state.alerts).find((one) => one.no === action.alert);
  const rule = action.rule === undefined ? undefined : ruleOf(state, action.rule);
  const due = clock(definition.zone, action.due, at);
  const from = alert
    ? say(`Raised from alert ${alert.no}`, `Codwyd o rybudd ${alert.no}`)
    : rule && say(`Raised from: ${rule.label.en}`, `Codwyd o: ${rule.label.cy}`);
  const [kind, title, more] = actionWords(state, definition, event, due);
  return address(definition, at, [onDuty(definition, group, at)], {
    kind,
    about: `action ${no}`,
    title: titled(definition, title),
    lines: [definition.name, from, more].flatMap((line) => line ?? []),
    link: `/alerts/${definition.id}?action=${no}`,
    canWait: false,
    action: { no },
  });
}

function actionWords(state: BoardState, definition: BoardDefinition, event: AboutAction, due: string): [MessageKind, Label, Label] {
  const { no } = event;
  const action = state.actions[String(no)]!;
  if (event.kind === 'ActionReminded')
    return [
      'reminded',
      say(`Action ${no} is due by ${due}`, `Mae gweithred ${no} i’w chwblhau erbyn ${due}`),
      say('What it is stands on the board', 'Mae’r manylion ar y bwrdd'),
    ];
  const overdue = say(`Action ${no} is overdue since ${due}`, `Mae gweithred ${no} yn hwyr ers ${due}`);
  if (event.kind === 'ActionChased')
    return [
      'chased',
      overdue,
      say(`Chased ${action.chased} times; what it is stands on the board`, `Atgoffwyd ${action.chased} gwaith; mae’r manylion ar y bwrdd`),
    ];
  const told = groupOf(state, action);
  const name = (told === undefined ? undefined : definition.response!.groups[told]?.name) ?? definition.name;
  return [
    'escalated',
    say(`No word about action ${no}, overdue since ${due}`, `Dim gair am weithred ${no}, yn hwyr ers ${due}`),
    say(`It is with ${name.en}; what it is stands on the board`, `Mae gyda ${name.cy}; mae’r manylion ar y bwrdd`),
  ];
}

/** Those concerned: whom the cell names, else whoever is told of levels; where nobody is, every group but those for data. */
function concernedBy(definition: BoardDefinition, at: number): GroupId[] {
  const { groups, levelGroup } = definition.response!;
  const named = definition.cell?.tell;
  if (named) return named.map((group) => onDuty(definition, group, at));
  const all = levelGroup === undefined ? Object.values(groups).flatMap(({ id, kind }) => (kind === 'data' ? [] : [id])) : [levelGroup];
  return all.map((group) => onDuty(definition, group, at));
}

/** What was said in the huddle stands in its minutes, on the board; what leaves the building are counts. */
function minutesMessages(state: BoardState, definition: BoardDefinition, at: number, no: number): Message[] {
  const held = state.huddles[no];
  if (!held) return [];
  const { here, expected, quorum, actions, openedAt, closedAt, notices } = held;
  const took = span(closedAt - openedAt);
  const began = clock(definition.zone, openedAt, at);
  return address(definition, at, concernedBy(definition, at), {
    kind: 'huddle-minutes',
    about: `huddle ${no}`,
    title: titled(definition, say(`Minutes of huddle ${no}`, `Cofnodion cyfarfod byr ${no}`)),
    lines: [
      definition.name,
      say(
        `${began}, ${took.en}; ${here.length} of ${expected} organisations${quorum ? '' : ', no quorum'}`,
        `${began}, ${took.cy}; ${here.length} o ${expected} sefydliad${quorum ? '' : ', dim cworwm'}`,
      ),
      say(
        `Actions raised: ${actions.raised.length}; decisions and notes: ${notices}`,
        `Camau a godwyd: ${actions.raised.length}; penderfyniadau a nodiadau: ${notices}`,
      ),
    ],
    link: `/huddle/${definition.id}?minutes=${no}`,
    canWait: true,
  });
}

/** Whose turn it is, and how much waits for it: counts alone, for the words stand on the board. */
function nearMessages(state: BoardState, definition: BoardDefinition, at: number, due: number): Message[] {
  const { cell, zone } = definition;
  if (!cell) return [];
  const when = clock(zone, due, at);
  const nextNo = (state.counts.huddles ?? 0) + 1;
  const turn = (offices: readonly Label[]): Label => offices[(nextNo - 1) % Math.max(1, offices.length)] ?? plain('–');
  const [lead, scribe] = [turn(cell.leads), turn(cell.scribes)];
  const actions = Object.values(state.actions).filter((action) => localDay(zone, action.due) <= localDay(zone, due)).length;
  const concerns = Object.keys(state.concerns).length;
  return address(definition, at, concernedBy(definition, at), {
    kind: 'huddle-near',
    about: `huddle of ${when}`,
    title: titled(definition, say(`The huddle begins at ${when}`, `Mae’r cyfarfod byr yn dechrau am ${when}`)),
    lines: [
      definition.name,
      say(`Led by ${lead.en}, written by ${scribe.en}`, `Yn arwain: ${lead.cy}; yn cofnodi: ${scribe.cy}`),
      say(`Actions due or overdue: ${actions}; open concerns: ${concerns}`, `Camau i’w cwblhau neu’n hwyr: ${actions}; pryderon agored: ${concerns}`),
    ],
    link: `/huddle/${definition.id}`,
    canWait: false,
  });
}

function planMessages(definition: BoardDefinition, at: number, due: number, kind: 'huddle-called' | 'huddle-skipped'): Message[] {
  const when = clock(definition.zone, due, at);
  const title =
    kind === 'huddle-called'
      ? say(`A huddle is called for ${when}`, `Galwyd cyfarfod byr am ${when}`)
      : say(`The huddle of ${when} is not held`, `Ni chynhelir cyfarfod byr ${when}`);
  return address(definition, at, concernedBy(definition, at), {
    kind,
    about: `huddle of ${when}`,
    title: titled(definition, title),
    lines: [definition.name, say('The reason stands on the board', 'Mae’r rheswm ar y bwrdd')],
    link: `/huddle/${definition.id}`,
    canWait: false,
  });
}

/** Between cells: of what kind, from whom and until when. What was written stands on the two boards. */
function passedMessages(
  state: BoardState,
  definition: BoardDefinition,
  at: number,
  event: Extract<BoardEvent, { kind: 'Arrived' | 'AnswerArrived' | 'AnswerMissed' }>,
): Message[] {
  const from = 'from' in event ? event.from : undefined;
  const one = from === undefined ? state.passed[event.no] : state.arrived[`${from}:${event.no}`];
  if (!one) return [];
  const other = one.name ?? plain(from ?? ('to' in one ? one.to : ''));
  const type = TYPES[one.way][one.type] ?? plain(one.type);
  const by = one.answerBy === undefined ? undefined : clock(definition.zone, one.answerBy, at);
  const [kind, title] = passedTitle(event, one.way, other);
  return address(definition, at, concernedBy(definition, at), {
    kind,
    about: from === undefined ? `passed ${event.no}` : `${from} ${event.no}`,
    title: titled(definition, title),
    lines: [
      definition.name,
      type,
      by === undefined || kind === 'answer-back' ? undefined : say(`An answer is expected by ${by}`, `Disgwylir ateb erbyn ${by}`),
      say('What was written stands on the board', 'Mae’r hyn a ysgrifennwyd ar y bwrdd'),
    ].flatMap((line) => line ?? []),
    link: `/cell/${definition.id}`,
    canWait: one.way === 'down' && kind !== 'unanswered',
  });
}

function passedTitle(event: Extract<BoardEvent, { kind: 'Arrived' | 'AnswerArrived' | 'AnswerMissed' }>, way: Way, { en, cy }: Label): [MessageKind, Label] {
  if (event.kind === 'AnswerArrived') {
    const said = { yes: say('yes', 'ie'), no: say('no', 'na'), noted: say('noted', 'nodwyd') }[event.answer];
    return ['answer-back', say(`Answer from ${en}: ${said.en}`, `Ateb gan ${cy}: ${said.cy}`)];
  }
  if (event.kind === 'AnswerMissed')
    return event.from === undefined
      ? ['unanswered', say(`No answer from ${en}`, `Dim ateb gan ${cy}`)]
      : ['unanswered', say(`${en} is without your answer`, `Mae ${cy} heb eich ateb`)];
  const titles = {
    up: say(`Escalated to you by ${en}`, `Uwchgyfeiriwyd atoch gan ${cy}`),
    down: say(`Word from ${en}`, `Neges gan ${cy}`),
    sideways: say(`${en} asks for help`, `Mae ${cy} yn gofyn am gymorth`),
  };
  return ['passed-here', titles[way]];
}

/**
 * A message that nobody got goes one group further. Every group is passed once for each thing it is about, because its own
 * stuck message then stands in the state: a ladder of broken groups ends, however it is knotted.
 */
function rerouted(
  state: BoardState,
  definition: BoardDefinition,
  at: number,
  stuck: { message: string; group: GroupId; about: string; since: number },
): Message[] {
  const { groups, levelGroup } = definition.response!;
  const same = Object.entries(state.stuck).filter(([id, one]) => id !== stuck.message && one.about === stuck.about);
  if (same.some(([, one]) => one.group === stuck.group)) return [];
  const from = groups[stuck.group];
  const passed = new Set([stuck.group, ...same.map(([, one]) => one.group)]);
  const ladder = [...(from?.climb ?? []).map((step) => step.group), ...(from?.otherwise === undefined ? [] : [from.otherwise]), levelGroup];
  const next = ladder
    .flatMap((group) => (group === undefined ? [] : [onDuty(definition, group, at)]))
    // What is about missing data never goes to clinicians, not even by this way.
    .find((group) => !passed.has(group) && (from?.kind !== 'data' || groups[group]?.kind === 'data'));
  if (next === undefined) return [];
  const name = from?.name ?? plain(stuck.group);
  const since = clock(definition.zone, stuck.since, at);
  const alert = Object.values(state.alerts).find((one) => `alert ${one.no}` === stuck.about);
  const rule = alert && ruleOf(state, alert.rule);
  return address(definition, at, [next], {
    kind: 'undelivered',
    about: stuck.about,
    title: titled(definition, say(`Not delivered to ${name.en}: ${stuck.about}`, `Heb ei gyflwyno i ${name.cy}: ${inWelsh(stuck.about)}`)),
    lines: [
      definition.name,
      say(`A message to ${name.en} could not be delivered since ${since}`, `Ni ellid cyflwyno neges i ${name.cy} ers ${since}`),
      rule && join(', ', rule.label, placeName(definition, rule.place)),
      card(definition, rule?.card),
    ].flatMap((line) => line ?? []),
    link: alert ? `/alerts/${definition.id}?alert=${alert.no}` : `/alerts/${definition.id}`,
    canWait: false,
    ...(alert ? { alert: { rule: alert.rule, no: alert.no } } : {}),
  });
}

function inWelsh(about: string): string {
  return about
    .replace(/^alert /, 'rhybudd ')
    .replace(/^huddle (of )?/, 'cyfarfod byr ')
    .replace(/^passed /, 'trosglwyddwyd ')
    .replace(/^level /, 'lefel ')
    .replace(/^action /, 'gweithred ');
}

/* Who, and when. */

/** One message for each group on duty; severity watch waits for the end of the group's quiet hours. */
function address(definition: BoardDefinition, at: number, groups: readonly GroupId[], draft: Draft): Message[] {
  const { zone } = definition;
  const response = definition.response!;
  return [...new Set(groups)].map((group) => ({
    group,
    notBefore: draft.canWait ? quietUntil(response.groups[group]?.quiet, zone, at) : at,
    ...draft,
  }));
}

/** The group itself in its hours; outside of them, and on bank holidays, who stands in for it. */
function onDuty(definition: BoardDefinition, id: GroupId, at: number): GroupId {
  const { groups, holidays } = definition.response!;
  const holiday = holidays.includes(isoDate(localDay(definition.zone, at)));
  const passed = new Set<GroupId>();
  for (let group = groups[id]; group && !passed.has(group.id); group = groups[id]) {
    passed.add(group.id);
    const away = holiday || (group.hours !== undefined && !isWithin(group.hours, definition.zone, at));
    if (!away || group.otherwise === undefined) break;
    id = group.otherwise;
  }
  return id;
}

/* Words and numbers. */

function say(en: string, cy: string): Label {
  return { en, cy };
}
function plain(text: string): Label {
  return { en: text, cy: text };
}
function join(by: string, a: Label, b: Label): Label {
  return { en: a.en + by + b.en, cy: a.cy + by + b.cy };
}

/** Made-up data is marked wherever it goes. */
function titled(definition: BoardDefinition, title: Label): Label {
  return definition.simulated ? say(`SIMULATED · ${title.en}`, `EFELYCHEDIG · ${title.cy}`) : title;
}

function placeName(definition: BoardDefinition, place: string | undefined): Label {
  return (place === undefined ? undefined : definition.places[place]?.name) ?? definition.name;
}

function where(definition: BoardDefinition, id: string | undefined): Label | undefined {
  const place = id === undefined ? undefined : definition.places[id];
  if (!place) return undefined;
  const provider = definition.providers[place.provider]?.name;
  return provider && provider.en !== place.name.en ? join(', ', place.name, provider) : place.name;
}

/** What was compared with the line, and the line. */
function judged(definition: BoardDefinition, when: Condition, value: number | null): Label | undefined {
  if (when.kind === 'composite')
    return say(`At least ${when.atLeast} of ${when.of.length} signs are there`, `Mae o leiaf ${when.atLeast} o ${when.of.length} arwydd yno`);
  if (when.kind === 'late') {
    const feed = definition.feeds[when.feed]?.name ?? plain(when.feed);
    return say(`Nothing has come from ${feed.en} in time`, `Nid oes dim wedi dod o ${feed.cy} mewn pryd`);
  }
  const metric = metricOf(definition, when.figure);
  if (!metric) return undefined;
  const share = (n: number): Label => plain(`${decimal(n, 0)} %`);
  const own = (n: number): Label => amount(definition, metric, n);
  const measured = when.kind === 'share' || when.kind === 'usual' ? share : own;
  const line = bandText(when.band, measured);
  const was = value === null ? undefined : measured(value);
  const beside = (what: Label, unit = plain('')): Label =>
    say(
      was ? `${what.en}: ${was.en}${unit.en}; line: ${line.en}${unit.en}` : `${what.en}; line: ${line.en}${unit.en}`,
      was ? `${what.cy}: ${was.cy}${unit.cy}; trothwy: ${line.cy}${unit.cy}` : `${what.cy}; trothwy: ${line.cy}${unit.cy}`,
    );
  const { label } = metric;
  switch (when.kind) {
    case 'line':
      return beside(label);
    case 'share': {
      const whole = metricOf(definition, when.of)?.label ?? plain(when.of);
      return beside(say(`${label.en} as a share of ${whole.en}`, `${label.cy} fel cyfran o ${whole.cy}`));
    }
    case 'rate':
      return beside(say(`${label.en}, change an hour`, `${label.cy}, newid yr awr`), say('/h', '/awr'));
    case 'reach':
      return beside(say(`${label.en}, at this slope within ${span(when.withinMs).en}`, `${label.cy}, ar y raddfa hon o fewn ${span(when.withinMs).cy}`));
    case 'usual':
      return beside(say(`${label.en} against what is usual at this hour`, `${label.cy} o’i gymharu â’r arfer yr awr hon`));
    case 'difference': {
      const less = metricOf(definition, when.less)?.label ?? plain(when.less);
      return beside(say(`${label.en} less ${less.en}`, `${label.cy} llai ${less.cy}`));
    }
    default:
      return when satisfies never;
  }
}

/** How the figure has moved in about an hour; of single series only, whose day line is at hand. */
function trend(state: BoardState, definition: BoardDefinition, when: Condition): Label | undefined {
  if (when.kind === 'composite' || when.kind === 'late') return undefined;
  const metric = metricOf(definition, when.figure);
  const series = state.series[when.figure];
  if (!metric || typeof series?.value !== 'number') return undefined;
  let before: readonly [at: number, value: number] | undefined;
  for (const [at, value] of series.trend) {
    if (value === null || at >= series.at) continue;
    if (before && at > series.at - HOUR_MS / 2) break;
    before = [at, value];
  }
  if (!before) return undefined;
  const by = series.value - before[1];
  const size = amount(definition, metric, Math.abs(by));
  const over = span(series.at - before[0]);
  if (by === 0) return say(`Unchanged in ${over.en}`, `Dim newid mewn ${over.cy}`);
  return by > 0
    ? say(`Up ${size.en} in ${over.en}`, `I fyny ${size.cy} mewn ${over.cy}`)
    : say(`Down ${size.en} in ${over.en}`, `I lawr ${size.cy} mewn ${over.cy}`);
}

function metricOf(definition: BoardDefinition, figure: FigureId): Metric | undefined {
  return definition.metrics[(definition.series[figure] ?? definition.rollups[figure])?.metric ?? ''];
}

function bandText(band: Band, measured: (n: number) => Label): Label {
  const parts: Label[] = [];
  if (band.over !== undefined) parts.push(join(' ', say('over', 'dros'), measured(band.over)));
  if (band.atLeast !== undefined) parts.push(join(' ', say('at least', 'o leiaf'), measured(band.atLeast)));
  if (band.under !== undefined) parts.push(join(' ', say('under', 'o dan'), measured(band.under)));
  if (band.atMost !== undefined) parts.push(join(' ', say('at most', 'hyd at'), measured(band.atMost)));
  return { en: parts.map(({ en }) => en).join(' or '), cy: parts.map(({ cy }) => cy).join(' neu ') };
}

function amount(definition: BoardDefinition, { notation, decimals, unit }: Metric, value: number): Label {
  if (notation !== 'number') return plain(sixties(value, notation === 'mm:ss' ? 60 : 1));
  const text = decimal(value, decimals);
  const symbol = definition.units[unit]?.symbol;
  return symbol?.en ? say(`${text} ${symbol.en}`, `${text} ${symbol.cy}`) : plain(text);
}

function decimal(value: number, decimals: number): string {
  return value
    .toFixed(decimals)
    .replace(/^-0(\.0*)?$/, '0$1')
    .replace('-', '−');
}

function sixties(value: number, unitsPerMinute: number): string {
  const total = Math.round(Math.abs(value) * unitsPerMinute);
  return `${value < 0 && total > 0 ? '−' : ''}${Math.floor(total / 60)}:${two(total % 60)}`;
}

function two(n: number): string {
  return String(n).padStart(2, '0');
}

function span(ms: number): Label {
  const minutes = Math.round(ms / MINUTE_MS);
  if (minutes < 60) return say(`${minutes} min`, `${minutes} mun`);
  const rest = two(minutes % 60);
  return say(`${Math.floor(minutes / 60)} h ${rest}`, `${Math.floor(minutes / 60)} awr ${rest}`);
}

/** Local clock time; with the date when it is another day than that of the message. */
function clock(zone: Zone, moment: number, at: number): string {
  const local = moment + offsetMsAt(zone, moment);
  const minutes = Math.floor((((local % DAY_MS) + DAY_MS) % DAY_MS) / MINUTE_MS);
  const time = `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
  const day = localDay(zone, moment);
  return day === localDay(zone, at) ? time : `${isoDate(day).split('-').reverse().join('/')} ${time}`;
}
