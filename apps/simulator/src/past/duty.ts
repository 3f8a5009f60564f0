/** What people on duty do between the meetings: they answer alerts, declare levels, sign figures off, share what they have to spare. */
import { raiseAction, tickStep } from '@comm-cell/board/decide/actions';
import { acknowledge, handOver, take } from '@comm-cell/board/decide/answer-alert';
import type { Decision } from '@comm-cell/board/decide/decision';
import { declareLevel } from '@comm-cell/board/decide/declare-level';
import { claimCapacity, offerCapacity } from '@comm-cell/board/decide/offer-capacity';
import { presentFigures, signOff } from '@comm-cell/board/decide/sign-off';
import type { BoardEvent, Person } from '@comm-cell/board/events';
import { isRaised } from '@comm-cell/board/rules/alert';
import { figuresOf } from '@comm-cell/board/rules/watched';
import type { Alert, BoardState } from '@comm-cell/board/state';
import { HOUR_MS, localDay, MINUTE_MS, minuteOfDay, momentOfLocal, weekday } from '@comm-cell/board/time';
import { endAction } from './errands.js';
import { ANSWERS, CANNOT, HANDED_OVER, LEVEL_REASONS, OFFER } from '../tales.js';
import { OFFICES, type Telling } from './telling.js';

/** Local clock times at which somebody looks at the levels. */
const ROUNDS = ['07:40', '11:40', '15:40', '19:40'];
/** Figures are signed off so long before that is asked for. */
const SIGNED_EARLIER_MS = 15 * MINUTE_MS;

/** What somebody does about an alert so long after they answered it, if it is still raised then. */
type Later = (after: number, by: Person, decide: (state: BoardState, alert: Alert, at: number) => Decision<object>) => void;
const NOTHING: Decision<object> = { events: [], outcome: {} };
/** With so many open, nobody raises another one. */
const MOST_ACTIONS = 9;

type Turned = Extract<BoardEvent, { kind: 'AlertTurned' }>;

export class Duty {
  constructor(private readonly telling: Telling) {}

  plan(): void {
    const { board, agenda, from, until } = this.telling;
    const daily = (clock: string, run: (at: number, day: number) => unknown, earlierMs = 0): void => {
      for (let day = localDay(board.zone, from); day <= localDay(board.zone, until); day++) {
        const at = momentOfLocal(board.zone, day, minuteOfDay(clock)) - earlierMs;
        if (at > from + HOUR_MS) agenda.add(at, (now) => run(now, day));
      }
    };
    for (const clock of ROUNDS) daily(clock, (at) => this.#lookAtLevels(at));
    daily('13:10', (at, day) => this.#share(at, day));
    for (const { id, signOff: asked } of Object.values(board.providers)) {
      for (const clock of asked?.at ?? []) daily(clock, (at, day) => asked!.days.includes(weekday(day)) && this.#sign(id, at), SIGNED_EARLIER_MS);
    }
  }

  hear(event: BoardEvent, at: number): void {
    if (event.kind === 'AlertTurned' && (event.turn === 'raised' || event.turn === 'released')) this.#notice(event, at);
  }

  /** Somebody is told; most answer within minutes, not all do. */
  #notice({ rule, no }: Turned, at: number): void {
    const { telling } = this;
    const { agenda } = telling;
    const of = telling.state.rules[rule]?.rule;
    if (!of) return;
    const luck = telling.share(`alert ${rule}`, no);
    const urgent = of.severity === 'act' || of.severity === 'critical';
    if (luck > (urgent ? 0.88 : 0.6)) return;
    const by = luck < 0.5 ? OFFICES.duty : OFFICES.site;
    const answeredAt = at + 2 * MINUTE_MS + telling.some((urgent ? 16 : 45) * MINUTE_MS, 'answered', no);
    const later: Later = (after, who, decide) =>
      agenda.add(answeredAt + after, (now) =>
        telling.does(now, who, (state, moment) => {
          const alert = state.alerts[rule];
          const still = alert?.no === no && isRaised(alert) && alert.behind === undefined;
          return still ? decide(state, alert, moment) : NOTHING;
        }),
      );
    later(0, by, (state, alert, now) => (alert.acknowledged ? NOTHING : acknowledge(state, { no, version: alert.version, by }, now)));
    if (!urgent) return;
    const { card } = of;
    if (card !== undefined && luck < 0.55) this.#followCard(card, no, by, later);
    if (luck < 0.25) later(4 * MINUTE_MS, OFFICES.site, (state, { version }, now) => take(state, { no, version, by: OFFICES.site }, now));
    if (luck > 0.25 && luck < 0.4) this.#act(figuresOf(of.when)[0], no, answeredAt + 12 * MINUTE_MS, later);
    if (luck > 0.84) later(25 * MINUTE_MS, OFFICES.duty, (state, alert, now) => this.#handOver(state, alert, now));
  }

  #followCard(card: string, no: number, by: Person, later: Later): void {
    const { telling } = this;
    const steps = telling.board.response?.cards[card]?.steps.filter(({ phase }) => phase === 'first-15' || phase === 'first-hour') ?? [];
    for (const [i, { id: step, phase }] of steps.entries()) {
      const luck = telling.share(`${card} ${step}`, no);
      if (luck > 0.8) continue;
      const after = (phase === 'first-15' ? 1 + 3 * i : 15 + 6 * i) * MINUTE_MS;
      const cannot = luck < 0.06 ? { cannot: telling.say(CANNOT) } : {};
      later(after, by, (state) => tickStep(state, { card, run: `alert:${no}`, step, ...cannot, by }));
    }
  }

  #act(figure: string | undefined, alert: number, at: number, later: Later): void {
    const { telling } = this;
    const provider = figure === undefined ? undefined : telling.providerOf(figure);
    const office = telling.officeOf(provider);
    const tale = Object.entries(ANSWERS).find(([metrics]) => figure?.startsWith(metrics))?.[1];
    if (provider === undefined || !office || !tale) return;
    const by = OFFICES.duty;
    const [what, owner] = [telling.say(tale.what), telling.say(office, tale.what.en)];
    const due = at + HOUR_MS + telling.some(3 * HOUR_MS, 'answer due', alert);
    later(12 * MINUTE_MS, by, (state, _, now) => {
      const open = Object.values(state.actions);
      if (open.length >= MOST_ACTIONS || open.some((action) => action.what === what)) return NOTHING;
      const raised = raiseAction(state, { what, owner, provider, due, alert, by }, now);
      if ('no' in raised.outcome)
        endAction(
          telling,
          raised.outcome.no,
          now,
          due - 10 * MINUTE_MS - telling.some(30 * MINUTE_MS, 'answer done', alert),
          by,
          telling.say(tale.result, tale.what.en),
        );
      return raised;
    });
  }

  #handOver(state: BoardState, { no, version, group: from }: Alert, at: number): Decision<object> {
    const group = this.telling.board.response?.groups[from]?.climb[0]?.group;
    if (group === undefined || group === from) return NOTHING;
    return handOver(state, { no, version, group, reason: this.telling.say(HANDED_OVER), by: OFFICES.duty }, at);
  }

  /** A level is declared when it runs out, and when what is worked out has moved. */
  #lookAtLevels(at: number): void {
    const { telling } = this;
    const by = OFFICES.lead;
    const { response } = telling.board;
    for (const { id, scheme: schemeId } of Object.values(response?.levels ?? {})) {
      const scheme = response!.schemes[schemeId]!;
      if (scheme.mode === 'calculated') continue;
      const worked = scheme.mode === 'declared' ? Math.min(scheme.levels.length, 2) : telling.state.levels[id]?.high;
      const declared = telling.state.declared[id];
      if (worked === undefined || !scheme.levels.some(({ n }) => n === worked)) continue;
      if (declared?.n === worked && declared.reviewBy > at + 5 * HOUR_MS) continue;
      const reason = LEVEL_REASONS[declared === undefined || declared.n === worked ? 'same' : declared.n < worked ? 'up' : 'down'];
      telling.does(at, by, (state) => declareLevel(state, { level: id, n: worked, reason: telling.say(reason), by }, at));
    }
  }

  #sign(provider: string, at: number): void {
    const by = OFFICES.site;
    this.telling.does(at, by, (state) => signOff(state, { provider, seen: presentFigures(state, provider), by }));
  }

  /** Community teams say what they have to spare; somebody takes some of it. */
  #share(at: number, day: number): void {
    const { telling } = this;
    const { board, agenda } = telling;
    const from = Object.values(board.providers).find(({ kind }) => kind === 'community')?.id;
    const to = Object.values(board.providers).find(({ kind }) => kind === 'acute')?.id;
    if (from === undefined || to === undefined || day % 2 === 1) return;
    const by = OFFICES.duty;
    const count = 2 + Math.floor(3 * telling.share('spare', day));
    const offered = telling.does(at, by, (state) =>
      offerCapacity(state, { provider: from, what: telling.say(OFFER.what), count, until: at + 6 * HOUR_MS, by }, at),
    );
    if (!('no' in offered)) return;
    agenda.add(at + 10 * MINUTE_MS + telling.some(HOUR_MS, 'claimed', day), (claimedAt) =>
      telling.does(claimedAt, OFFICES.site, (state) =>
        claimCapacity(state, { no: offered.no, provider: to, count: count - 1, note: telling.say(OFFER.claim, OFFER.what.en), by: OFFICES.site }, claimedAt),
      ),
    );
  }
}
