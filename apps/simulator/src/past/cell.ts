/** The cell's own life: its huddles at their times, what is raised in them and what becomes of it, ideas, goals, the charter. */
import type { HuddleNote } from '@comm-cell/board/cell';
import type { FigureId, Label } from '@comm-cell/board/definition';
import { raiseAction } from '@comm-cell/board/decide/actions';
import { acceptCharter, writeCharter } from '@comm-cell/board/decide/charter';
import { changeConcern, closeConcern, concernOf, declineConcern, raiseConcern } from '@comm-cell/board/decide/concerns';
import { agreeGoal, reviewGoal } from '@comm-cell/board/decide/goals';
import { closeHuddle, markAttendance, moveHuddle, noteHuddle, openHuddle } from '@comm-cell/board/decide/huddle';
import { answerIdea, moveIdea, proposeIdea } from '@comm-cell/board/decide/ideas';
import { huddlesBetween, plannedMs } from '@comm-cell/board/rules/cell-times';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '@comm-cell/board/time';
import { hash } from '../system/dice.js';
import { endAction } from './errands.js';
import { CHARTER, CONCERNS, type ConcernTale, DECISIONS, DECLINED, DEPUTY, ERRANDS, IDEAS, NOTES, RESOURCES, REVIEWS, WENT_WELL } from '../tales.js';
import { OFFICES, type Telling } from './telling.js';

const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';
const by = OFFICES.lead;

type Cell = NonNullable<Telling['board']['cell']>;
/** One huddle of the story: which one, how many follow, its number on the board. */
interface Sitting {
  i: number;
  left: number;
  no: number;
}

export class CellLife {
  /** What each huddle does under "concerns", by its place in the story. */
  readonly #steps = new Map<number, ((at: number) => void)[]>();

  constructor(
    private readonly telling: Telling,
    private readonly cell: Cell,
  ) {}

  plan(): void {
    const { telling, cell } = this;
    const { agenda, from, until } = telling;
    const dues = huddlesBetween(telling.state, from + HOUR_MS, until - 1.6 * plannedMs(cell)).map(({ due }) => due);
    for (const [i, due] of dues.entries()) {
      // One begins late. A few are opened a little early.
      const late = dues.length - i === 8 ? 7 * MINUTE_MS : telling.some(140 * SECOND_MS, 'opened', i) - 80 * SECOND_MS;
      agenda.add(due + late, (at) => this.#hold(i, dues.length - 1 - i, at));
    }
    const concerns = CONCERNS.flatMap((tale) => {
      const figure = this.#figureOf(tale);
      return figure === undefined ? [] : [{ tale, figure }];
    });
    // In two weeks the first is over and the last has only begun; a shorter past does not get so far.
    const apart = Math.max(2, (dues.length - 3) / Math.max(1, concerns.length - 1));
    for (const [i, { tale, figure }] of concerns.entries()) this.#tell(tale, figure, Math.round(i * apart));
    const settled = this.#figureOf(DECLINED);
    if (settled !== undefined) this.#step(dues.length - 1, (at) => this.#decline(settled, at));
    this.#improve();
  }

  /** The first figure that a tile of the wall is about, or shows. */
  #figureOf({ metrics }: Pick<ConcernTale, 'metrics'>): FigureId | undefined {
    const tiles = Object.values(this.telling.board.tiles);
    const shown = [...tiles.map(({ headline }) => headline), ...tiles.flatMap(({ lines }) => lines.map(({ figure }) => figure))];
    return metrics.flatMap((metric) => shown.find((figure) => figure.startsWith(`${metric}@`)) ?? [])[0];
  }

  #hold(i: number, left: number, opened: number): void {
    const { telling, cell } = this;
    const { agenda } = telling;
    const outcome = telling.does(opened, by, (state) => openHuddle(state, { by }, opened));
    if (!('no' in outcome)) return;
    const sitting = { i, left, no: outcome.no };
    // One has no quorum.
    const most = left === 5 ? cell.quorum - 1 : cell.members.length;
    for (const [k, { provider }] of cell.members.entries()) {
      agenda.add(opened + (6 + 5 * k) * SECOND_MS, (at) => this.#attend(sitting, provider, k < most, at));
    }
    let at = opened + MINUTE_MS;
    for (const { id, kind, minutes } of cell.agenda) {
      agenda.add(at, (now) => this.#come(sitting, id, now));
      agenda.add(at + 25 * SECOND_MS, (now) => this.#speakOf(kind, sitting, now));
      at += minutes * MINUTE_MS * ((i % 5 === 2 ? 0.9 : 0.55) + 0.45 * telling.share(`minutes of ${id}`, i));
    }
    agenda.add(at, (now) => this.#close(sitting, now));
  }

  #attend({ i, no }: Sitting, provider: string, may: boolean, at: number): void {
    const { telling } = this;
    const luck = telling.share(`seat of ${provider}`, i);
    const office = telling.officeOf(provider)!;
    const attendance = !may || luck < 0.06 ? 'absent' : luck < 0.16 ? 'deputy' : 'here';
    const name = attendance === 'deputy' ? { name: `${telling.say(DEPUTY)}: ${telling.say(office)}` } : {};
    telling.does(at, by, (state) => markAttendance(state, { no, provider, attendance, ...name, by }));
  }

  #come({ i, no }: Sitting, item: string, at: number): void {
    const { telling } = this;
    const tile = telling.pick(
      telling.board.overview.flatMap(({ tiles }) => tiles),
      `tile under ${item}`,
      i,
    );
    telling.does(at, by, (state) => moveHuddle(state, { no, item, tile, by }));
  }

  #speakOf(kind: Cell['agenda'][number]['kind'], sitting: Sitting, at: number): void {
    const { i } = sitting;
    const luck = this.telling.share(`said under ${kind}`, i);
    if (kind === 'concerns') for (const step of this.#steps.get(i) ?? []) step(at);
    else if (kind === 'actions') this.#send(sitting, at);
    else if (kind === 'last-24h' && luck < 0.4)
      this.#note(sitting, { box: 'went-well', text: this.telling.say(this.telling.pick(WENT_WELL, 'went well', i)), by }, at);
    else if (kind === 'now' && luck < 0.4) this.#note(sitting, { box: 'note', text: this.telling.say(this.telling.pick(NOTES, 'note', i)), by }, at);
    else if (kind === 'next-24h') this.#decide(sitting, luck, at);
  }

  #decide(sitting: Sitting, luck: number, at: number): void {
    const { telling, cell } = this;
    this.#note(sitting, { box: 'decision', text: telling.say(telling.pick(DECISIONS, 'decision', sitting.i)), by }, at);
    if (luck > 0.5 || cell.members.length < 2) return;
    const { text, amount } = telling.pick(RESOURCES, 'resource', sitting.i);
    const [from, to] = cell.members.map(({ provider }) => telling.board.providers[provider]!.name);
    const resource = { amount: telling.say(amount, text.en), from: telling.say(to!, text.en), to: telling.say(from!, text.en), until: at + 9 * HOUR_MS };
    this.#note(sitting, { box: 'resource', text: telling.say(text), resource, by }, at);
  }

  #note({ no }: Sitting, note: Omit<HuddleNote, 'at'>, at: number): void {
    this.telling.does(at, by, (state) => noteHuddle(state, { no, ...note }, at));
  }

  /** Somebody goes away with something to do. Most keep their word, one does not. */
  #send({ i, left }: Sitting, at: number): void {
    const { telling, cell } = this;
    const fitting = ERRANDS.flatMap((errand) => {
      const member = cell.members.find(({ provider }) => telling.board.providers[provider]!.kind === errand.kind);
      return member ? [{ ...errand, member }] : [];
    });
    const errand = fitting[(i + hash(telling.board.id)) % fitting.length];
    if (!errand) return;
    const { member, what, result } = errand;
    const neglected = left === 1;
    const due = at + (neglected ? 8 * HOUR_MS : 4 * HOUR_MS + telling.some(16 * HOUR_MS, 'errand due', i));
    const raised = telling.does(at, by, (state) =>
      raiseAction(state, { what: telling.say(what), owner: telling.say(member.office, what.en), provider: member.provider, due, by }, at),
    );
    if (!('no' in raised) || neglected) return;
    const after = i % 5 === 1 ? 5 * HOUR_MS : -telling.some(3 * HOUR_MS, 'errand done', i);
    endAction(telling, raised.no, at, due + after, OFFICES.site, telling.say(result, what.en));
  }

  #close({ i, no }: Sitting, at: number): void {
    const { telling } = this;
    const snapshot = Array.from({ length: 10 }, (_, k) => telling.pick([...LETTERS], `snapshot ${i}`, k)).join('');
    const frozen = telling.chronicle.freeze(at, snapshot);
    telling.does(at, by, (state) => closeHuddle(state, { no, frozen, by }));
  }

  #step(i: number, run: (at: number) => void): void {
    this.#steps.set(i, [...(this.#steps.get(i) ?? []), run]);
  }

  /** A concern goes a step on with each of the huddles after it was raised. */
  #tell(tale: ConcernTale, figure: FigureId, first: number): void {
    const { telling } = this;
    const say = (label: Label): string => telling.say(label, tale.text.en);
    const provider = telling.providerOf(figure);
    const office = telling.officeOf(provider);
    const whose = provider !== undefined && office ? { provider, owner: say(office) } : { owner: by.name };
    let no = 0;
    const change = (i: number, news: Omit<Parameters<typeof changeConcern>[1], 'no' | 'by'>): void =>
      this.#step(i, (at) => void telling.does(at, by, (state) => changeConcern(state, { no, ...news, by }, at)));
    this.#step(first, (at) => {
      const raised = telling.does(at, by, (state) => raiseConcern(state, { text: say(tale.text), about: { figure }, ...whose, by }, at));
      if ('no' in raised) no = raised.no;
    });
    change(first + 1, { status: 'contained', containment: say(tale.containment) });
    change(first + 2, { status: 'cause-known', cause: say(tale.cause) });
    this.#step(first + 3, (at) => {
      const due = at + 3 * DAY_MS;
      const countermeasure = say(tale.countermeasure);
      telling.does(at, by, (state) => changeConcern(state, { no, status: 'countermeasure', countermeasure, owner: whose.owner, due, by }, at));
      const raised = telling.does(at, by, (state) => raiseAction(state, { what: say(tale.action), due, concern: no, ...whose, by }, at));
      if ('no' in raised) endAction(telling, raised.no, at, due - 6 * HOUR_MS, OFFICES.site, say(tale.result));
    });
    change(first + 6, { status: 'checking' });
    const closing = { result: say(tale.result), tags: tale.tags.map((tag) => say(tag)), by };
    this.#step(first + 8, (at) => void telling.does(at, by, (state) => closeConcern(state, { no, ...closing })));
  }

  #decline(figure: FigureId, at: number): void {
    const { telling } = this;
    if (concernOf(telling.state, figure)) return;
    telling.does(at, by, (state) => declineConcern(state, { figure, reason: telling.say(DECLINED.reason), until: at + 7 * DAY_MS, by }, at));
  }

  /** What changes slowly: the charter and who stands by it, ideas, goals. */
  #improve(): void {
    const { telling, cell } = this;
    const { agenda, from, until } = telling;
    const written = from + 5 * HOUR_MS;
    agenda.add(written, (at) => telling.does(at, by, (state) => writeCharter(state, { version: 0, text: CHARTER, by })));
    // The last one has not come round to it.
    for (const [i, { provider, office }] of cell.members.slice(0, -1).entries())
      agenda.add(written + (3 + 9 * i) * HOUR_MS, (at) =>
        telling.does(at, by, (state) => acceptCharter(state, { version: 1, provider, name: telling.say(office), by })),
      );
    for (const { days, text, answer, trial, done } of IDEAS) {
      let no = 0;
      const begun = from + days * DAY_MS + 3 * HOUR_MS;
      agenda.add(begun, (at) => {
        const proposed = telling.does(at, OFFICES.duty, (state) => proposeIdea(state, { text: telling.say(text), by: OFFICES.duty }));
        if ('no' in proposed) no = proposed.no;
      });
      if (answer)
        agenda.add(begun + DAY_MS, (at) =>
          telling.does(at, by, (state) => answerIdea(state, { no, accepted: answer.accepted, answer: telling.say(answer.text, text.en), by })),
        );
      if (trial)
        agenda.add(begun + 3 * DAY_MS, (at) => telling.does(at, by, (state) => moveIdea(state, { no, to: 'trial', note: telling.say(trial, text.en), by })));
      if (done)
        agenda.add(begun + 7 * DAY_MS, (at) => telling.does(at, by, (state) => moveIdea(state, { no, to: 'done', note: telling.say(done, text.en), by })));
    }
    for (const [i, { figure, title, good }] of cell.measures.entries()) {
      const agreed = from + (8 + i) * DAY_MS + 4 * HOUR_MS;
      const [atLeast, atMost] = [good.atLeast ?? good.over, good.atMost ?? good.under];
      if (atLeast === undefined && atMost === undefined) continue;
      const target = atLeast === undefined ? { atMost: atMost! } : { atLeast };
      const owner = telling.say(telling.officeOf(telling.providerOf(figure)) ?? cell.leads[0] ?? title);
      const goal = { title, figure, baseline: { from: agreed - 7 * DAY_MS, to: agreed }, target, due: until + 90 * DAY_MS, owner, reviewDays: 7, by };
      let no = 0;
      agenda.add(agreed, (at) => {
        const outcome = telling.does(at, by, (state) => agreeGoal(state, goal, at));
        if ('no' in outcome) no = outcome.no;
      });
      const { onTrack, note } = REVIEWS[i % REVIEWS.length]!;
      agenda.add(agreed + 3 * DAY_MS, (at) => telling.does(at, by, (state) => reviewGoal(state, { no, onTrack, note: telling.say(note), by })));
    }
  }
}
