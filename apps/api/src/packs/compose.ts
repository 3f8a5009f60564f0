/** Facts written out in one language, as plain blocks that every format draws in its own way. Pure. */
import type { Label } from '@comm-cell/board/definition';
import { shownWithin } from '@comm-cell/board/spc/xmr';
import { HOUR_MS, MINUTE_MS, offsetMsAt } from '@comm-cell/board/time';
import type { PackBlock, PackChart, PackFacts, PackFigure, PackPart, PackSection } from '@comm-cell/contract/packs';
import { type PackWords, packWords } from './pack-words.js';

const RESTATED_SHOWN = 40;
/** A space at which no line is broken. */
const NO_BREAK = '\u00a0';
/** Characters of a hash that stand on paper. */
const HASH_SHOWN = 12;
const TICKS = 5;
const DAYS = 8;

export function partsOf(facts: PackFacts): PackPart[] {
  return (facts.language === 'both' ? (['en', 'cy'] as const) : [facts.language]).map((tongue) => new Written(facts, tongue).part());
}

/** Facts in one language. */
class Written {
  readonly #words: PackWords;

  constructor(
    readonly facts: PackFacts,
    readonly tongue: 'en' | 'cy',
  ) {
    this.#words = packWords[tongue];
  }

  part(): PackPart {
    const { facts } = this;
    const words = this.#words;
    const of =
      facts.kind === 'incident'
        ? (['front', 'timeline', 'outages', 'notes'] as const)
        : (['front', 'levels', 'waits', 'alerts', 'actions', 'concerns'] as const);
    const rest = facts.kind === 'incident' ? [] : (['outages', 'notes', 'changes'] as const);
    const figures: readonly (keyof PackWords['sections'])[] = facts.figures.length > 0 ? ['figures', 'restated'] : [];
    const last: readonly (keyof PackWords['sections'])[] = [...rest, ...(facts.figures.length > 0 ? (['definitions'] as const) : [])];
    const sections = [...of.slice(0, 1), ...(facts.picture ? (['picture'] as const) : []), ...of.slice(1), ...figures, ...last];
    return {
      language: this.tongue,
      title: facts.title ?? `${words.kinds[facts.kind]}: ${this.#label(facts.board.name)}`,
      subtitle: `${this.#label(facts.board.name)} · ${this.#period()}`,
      footer: [
        ...(facts.board.simulated ? [words.simulated] : []),
        ...(facts.board.notice ? [this.#label(facts.board.notice)] : []),
        facts.audience === 'public' ? words.forPublic : words.forPrivate,
      ],
      page: words.page,
      sections: sections.map((id): PackSection => ({ id, title: words.sections[id], blocks: this.#blocks(id) })),
    };
  }

  #blocks(id: keyof PackWords['sections']): PackBlock[] {
    switch (id) {
      case 'front':
        return this.#front();
      case 'picture':
        return this.#picture();
      case 'levels':
        return this.#levels();
      case 'waits':
        return this.#waits();
      case 'alerts':
        return this.#alerts();
      case 'actions':
        return this.#actions();
      case 'concerns':
        return this.#concerns();
      case 'figures':
        return this.facts.figures.flatMap((figure) => this.#figure(figure));
      case 'restated':
        return this.#restated();
      case 'outages':
        return this.#outages();
      case 'changes':
        return this.#changes();
      case 'notes':
        return this.#notes();
      case 'timeline':
        return this.#timeline();
      case 'definitions':
        return this.#definitions();
    }
  }

  #front(): PackBlock[] {
    const { facts } = this;
    const words = this.#words;
    const [known, of] = facts.figures.reduce(([k, n], figure) => [k + figure.known, n + figure.periods], [0, 0]);
    const { seq, hash, rolledUp } = facts.journal;
    const rows = [
      [words.board, this.#label(facts.board.name)],
      [words.periodHead, this.#period()],
      [words.dataAsAt, `${this.#moment(facts.madeAt)}, ${words.journalAt(seq, hash.slice(0, HASH_SHOWN))}`],
      [words.completeness, of === 0 ? words.noFigures : words.complete(known, of, this.#number((100 * known) / of, 1))],
      [words.counts, words.counted(facts.alertsRaised, facts.actions.length, facts.concerns.length, facts.outages.length)],
      ...(facts.audience === 'public' ? [] : [[words.madeBy, `${facts.by.name}, ${this.#moment(facts.madeAt)}`]]),
    ];
    return [
      ...(facts.whole ? [] : [note(words.notOver)]),
      ...(rolledUp < seq && facts.figures.length > 0 ? [note(words.behind(seq - rolledUp))] : []),
      { kind: 'table', caption: words.sections.front, head: [], rows, numbers: [] },
      ...this.#commentary(facts.commentary),
    ];
  }

  #picture(): PackBlock[] {
    const at = this.#moment(this.facts.picture!.at);
    return [
      { kind: 'picture', alt: this.#words.pictureAlt(at) },
      { kind: 'text', look: 'note', text: this.#words.pictureAt(at) },
    ];
  }

  #levels(): PackBlock[] {
    const words = this.#words;
    const rows = this.facts.levels.map(({ name, mark, scheme, indicative, steps, unknown }) => {
      const timesOf = (which: 'calculated' | 'declared'): string =>
        [
          ...steps.flatMap(({ n, [which]: ms }) => (ms > 0 ? [`${mark} ${n}: ${this.#hours(ms)}`] : [])),
          ...(unknown[which] > 0 ? [`${words.notKnown}: ${this.#hours(unknown[which])}`] : []),
        ].join('; ');
      return [this.#label(name), `${this.#label(scheme)}${indicative ? ' *' : ''}`, timesOf('calculated'), timesOf('declared')];
    });
    const blocks = this.#table('levels', [words.level, words.scheme, words.calculated, words.declared], rows);
    return this.facts.levels.some(({ indicative }) => indicative) ? [...blocks, note(`* ${words.indicative}`)] : blocks;
  }

  #waits(): PackBlock[] {
    const words = this.#words;
    const rows = this.facts.waits.map((wait) => [this.#label(wait.label), this.#label(wait.place), this.#value(wait.value, wait), this.#date(wait.day)]);
    return this.#table('waits', [words.measure, words.place, words.longest, words.on], rows, [2]);
  }

  #alerts(): PackBlock[] {
    const words = this.#words;
    const head = [words.number, words.alert, words.severity, words.raised, words.answered, words.ended, words.action];
    const rows = this.facts.alerts.map(({ no, label, place, severity, raisedAt, answeredAt, endedAt, who, actions }) => [
      String(no),
      `${this.#label(label)}, ${this.#label(place)}`,
      severity ? words.severities[severity] : '–',
      this.#moment(raisedAt),
      answeredAt === null ? '–' : `${this.#moment(answeredAt)}${who === null ? '' : `, ${who}`}`,
      endedAt === null ? words.open : this.#moment(endedAt),
      actions.join(', ') || '–',
    ]);
    return this.#table('alerts', head, rows, [0]);
  }

  #actions(): PackBlock[] {
    const words = this.#words;
    const head = [words.number, words.action, words.owner, words.due, words.forAlert, words.ended, words.result];
    const rows = this.facts.actions.map(({ no, what, owner, due, alert, closedAt, result }) => [
      String(no),
      what ?? words.withheld,
      owner ?? words.withheld,
      this.#moment(due),
      alert === null ? '–' : String(alert),
      closedAt === null ? words.open : this.#moment(closedAt),
      result ?? '–',
    ]);
    return this.#table('actions', head, rows, [0, 4]);
  }

  #concerns(): PackBlock[] {
    const words = this.#words;
    const head = [words.number, words.concern, words.owner, words.due, words.raised, words.ended, words.result];
    const rows = this.facts.concerns.map(({ no, text, owner, due, raisedAt, closedAt, result }) => [
      String(no),
      text ?? words.withheld,
      owner ?? '–',
      due === null ? '–' : this.#moment(due),
      this.#moment(raisedAt),
      closedAt === null ? words.open : this.#moment(closedAt),
      result ?? '–',
    ]);
    return this.#table('concerns', head, rows, [0]);
  }

  #figure(figure: PackFigure): PackBlock[] {
    const words = this.#words;
    const { spc, warnings } = figure;
    const title = this.#nameOf(figure);
    const latest = spc.variation;
    if (!latest) return [{ kind: 'text', look: 'lead', text: title }, note(words.nothing), ...this.#commentary(figure.commentary)];
    const last = spc.groups.at(-1)!;
    const write = (value: number): string => this.#value(value, figure, 1);
    const missing = spc.points.filter(({ value }) => value === null).length;
    const verdict = [
      words.latest(write(latest.value), this.#date(latest.at)),
      `${words.icons[latest.icon]}.`,
      latest.cause === null ? words.commonMeans : words.causes[latest.cause],
      ...(spc.assurance ? [`${words.assurances[spc.assurance]}.`] : []),
      ...(last.mean === null || last.lpl === null || last.upl === null
        ? []
        : [words.meanAndLimits(write(last.mean), write(shownWithin(last.lpl, figure.bounds)!), write(shownWithin(last.upl, figure.bounds)!))]),
      ...(figure.target === null ? [] : [words.targetIs(this.#target(figure))]),
    ].join(' ');
    const beware = [
      ...(spc.trial ? [words.trial(last.baseline)] : []),
      ...(missing > 0 ? [words.missing(missing)] : []),
      ...warnings.map((warning) => words.warnings[warning]),
    ];
    return [
      { kind: 'chart', chart: this.#chart(figure, title, verdict) },
      { kind: 'text', look: 'plain', text: verdict },
      ...(beware.length > 0 ? [note(beware.join(' '))] : []),
      ...this.#commentary(figure.commentary),
    ];
  }

  #chart(figure: PackFigure, title: string, verdict: string): PackChart {
    const words = this.#words;
    const { spc, bounds, target } = figure;
    const goal = target === null ? null : 'atMost' in target ? target.atMost : target.atLeast;
    const level = (of: 'mean' | 'upl' | 'lpl'): PackChart['levels'][number]['points'] =>
      spc.points.flatMap((point, i): [number, number | null][] => {
        const value = shownWithin(point[of], bounds);
        const next = spc.points[i + 1];
        return next && next.group !== point.group
          ? [
              [point.at, value],
              [(point.at + next.at) / 2, null],
            ]
          : [[point.at, value]];
      });
    const levels: PackChart['levels'] = [
      { look: 'mean', points: level('mean') },
      { look: 'limit', points: level('upl') },
      { look: 'limit', points: level('lpl') },
      ...(goal === null ? [] : [{ look: 'target' as const, points: spc.points.map(({ at }): [number, number] => [at, goal]) }]),
    ];
    const values = [...spc.points.map(({ value }) => value), ...levels.flatMap(({ points }) => points.map(([, value]) => value))].filter((one) => one !== null);
    const [from, to] = [spc.points[0]!.at, spc.points.at(-1)!.at];
    const step = Math.max(1, Math.ceil(spc.points.length / DAYS));
    const unit = this.#label(figure.unit);
    return {
      title,
      subtitle: [unit || words.count, words.by[figure.by], words.hows[figure.how]].join(' · '),
      alt: `${title}. ${verdict}`,
      zone: this.facts.board.zone,
      from,
      to,
      ticks: roundBetween(Math.min(...values), Math.max(...values)).map((value) => ({ value, text: this.#value(value, { ...figure, unit: NO_UNIT }) })),
      days: spc.points.filter((_, i) => i % step === 0).map(({ at }) => ({ at, text: this.#shortDate(at) })),
      points: spc.points.map(({ at, value, kind, toward }) => ({
        at,
        value,
        high: toward === 'high',
        look:
          kind === 'common_cause' ? 'common' : kind === 'special_cause_improvement' ? 'improvement' : kind === 'special_cause_concern' ? 'concern' : 'neutral',
      })),
      levels,
      legend: words.chart,
    };
  }

  /** What nobody could see at the time is counted; what read otherwise is listed. */
  #restated(): PackBlock[] {
    const words = this.#words;
    const { figures } = this.facts;
    const rows = figures.flatMap((figure) =>
      figure.restated.flatMap(({ at, shown, known }) =>
        shown === null ? [] : [[this.#nameOf(figure), this.#date(at), this.#value(shown, figure, 1), known === null ? '–' : this.#value(known, figure, 1)]],
      ),
    );
    const late = figures.flatMap((figure) => {
      const n = figure.restated.filter(({ shown }) => shown === null).length;
      return n === 0 ? [] : [note(words.cameLater(this.#nameOf(figure), n, figure.periods))];
    });
    if (rows.length === 0 && late.length > 0) return late;
    const blocks = this.#table('restated', [words.figure, words.period1, words.published, words.validated], rows.slice(0, RESTATED_SHOWN), [2, 3]);
    return [...blocks, ...(rows.length > RESTATED_SHOWN ? [note(words.more(rows.length - RESTATED_SHOWN))] : []), ...late];
  }

  #outages(): PackBlock[] {
    const words = this.#words;
    const rows = this.facts.outages.map(({ feed, provider, kind, from, to, reason }) => [
      this.#label(feed),
      this.#label(provider),
      `${words.outageKinds[kind]}${reason === null ? '' : `: ${reason}`}`,
      this.#moment(from),
      to === null ? words.open : this.#moment(to),
    ]);
    return this.#table('outages', [words.feed, words.provider, words.what, words.from, words.to], rows);
  }

  #changes(): PackBlock[] {
    const words = this.#words;
    const rows = this.facts.changes.map(({ at, seq, what, about, reason, by }) => [
      this.#moment(at),
      `${words.changed[what]}${
        about.length === 0
          ? ''
          : `: ${about
              .slice(0, 5)
              .map((one) => this.#label(one))
              .join(', ')}${about.length > 5 ? ' …' : ''}`
      }`,
      reason ?? '–',
      by ?? '–',
      String(seq),
    ]);
    return this.#table('changes', [words.when, words.what, words.why, words.whose, words.provenance], rows, [4]);
  }

  #notes(): PackBlock[] {
    const words = this.#words;
    const rows = this.facts.notes.map(({ seq, about, text, who, edited }) => [
      this.#moment(about),
      `${text ?? words.withheld}${edited > 0 ? ` (${words.edited(edited)})` : ''}`,
      who ?? '–',
      String(seq),
    ]);
    return this.#table('notes', [words.moment, words.note, words.whose, words.provenance], rows, [3]);
  }

  #timeline(): PackBlock[] {
    const words = this.#words;
    const { of, lines } = this.facts.timeline ?? { of: 0, lines: [] };
    const events: Readonly<Record<string, string>> = words.events;
    const rows = lines.map(({ at, kind, what, about, no, text, who, seq, hash }) => [
      this.#moment(at),
      [events[kind] ?? kind, no === null ? '' : String(no), kind === 'AlertTurned' ? (words.turns[what] ?? what) : what].filter(Boolean).join(' '),
      [about ? this.#label(about) : '', text ?? ''].filter(Boolean).join(': ') || '–',
      who ?? '–',
      `${seq}${NO_BREAK}${hash.slice(0, HASH_SHOWN)}`,
    ]);
    const blocks = this.#table('timeline', [words.when, words.what, words.words, words.whose, words.provenance], rows);
    if (rows.length === 0) return blocks;
    return [note(of > rows.length ? `${words.cut(rows.length, of)} ${words.provenanceHint}` : words.provenanceHint), ...blocks];
  }

  #definitions(): PackBlock[] {
    const words = this.#words;
    const rows = this.facts.figures.map((figure) => [
      this.#nameOf(figure),
      this.#label(figure.unit) || words.count,
      figure.combined === null ? words.metricKinds[figure.kind] : (words.combined[figure.combined] ?? figure.combined),
      words.directions[figure.direction],
      figure.target === null ? '–' : this.#target(figure),
      figure.feeds.map((feed) => this.#label(feed)).join(', '),
    ]);
    return [
      { kind: 'text', look: 'note', text: words.definitionsAt(this.#moment(Math.min(this.facts.to, this.facts.madeAt))) },
      {
        kind: 'table',
        caption: words.sections.definitions,
        head: [words.figure, words.unit, words.measured, words.better, words.target, words.source],
        rows,
        numbers: [],
      },
      { kind: 'text', look: 'note', text: words.spcMeans },
    ];
  }

  #commentary(text: string | null): PackBlock[] {
    return text === null ? [] : [{ kind: 'text', look: 'commentary', text }];
  }
  #table(section: keyof PackWords['none'], head: string[], rows: string[][], numbers: number[] = []): PackBlock[] {
    return this.#orNone(section, rows.length === 0 ? [] : [{ kind: 'table', caption: this.#words.sections[section], head, rows, numbers }]);
  }
  #orNone(section: keyof PackWords['none'], blocks: PackBlock[]): PackBlock[] {
    return blocks.length > 0 ? blocks : [note(this.#words.none[section])];
  }

  #label(label: Label): string {
    return label[this.tongue];
  }
  #nameOf({ label, place }: { label: Label; place: Label }): string {
    return `${this.#label(label)}, ${this.#label(place)}`;
  }
  #local(at: number): Date {
    return new Date(at + offsetMsAt(this.facts.board.zone, at));
  }
  #date(at: number): string {
    const local = this.#local(at);
    return `${local.getUTCDate()} ${this.#words.months[local.getUTCMonth()]} ${local.getUTCFullYear()}`;
  }
  #shortDate(at: number): string {
    const local = this.#local(at);
    return `${local.getUTCDate()} ${this.#words.monthsShort[local.getUTCMonth()]}`;
  }
  #moment(at: number): string {
    const local = this.#local(at);
    return `${this.#shortDate(at)} ${local.getUTCFullYear()}`.replaceAll(' ', NO_BREAK) + ` ${local.toISOString().slice(11, 16)}`;
  }
  /** Whole days are named by their last one; anything else by its clock. */
  #period(): string {
    const { from, to } = this.facts;
    const atMidnight = [from, to].every((at) => this.#local(at).toISOString().slice(11, 19) === '00:00:00');
    return atMidnight ? this.#words.period(this.#date(from), this.#date(to - MINUTE_MS)) : this.#words.period(this.#moment(from), this.#moment(to));
  }
  #hours(ms: number): string {
    return this.#words.hours(this.#number(ms / HOUR_MS, 1));
  }
  #number(value: number, decimals: number): string {
    return new Intl.NumberFormat('en-GB', { minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(value).replace('-', '−');
  }
  #value(value: number, { notation, decimals, unit }: Pick<PackFigure, 'notation' | 'decimals' | 'unit'>, finer = 0): string {
    if (notation !== 'number') {
      const total = Math.round(Math.abs(value) * (notation === 'mm:ss' ? 60 : 1));
      return `${value < 0 && total > 0 ? '−' : ''}${Math.floor(total / 60)}:${String(total % 60).padStart(2, '0')}`;
    }
    const symbol = this.#label(unit);
    const text = this.#number(value, Number.isInteger(value) ? decimals : decimals + finer);
    return symbol === '' ? text : symbol === '%' || symbol.startsWith('/') ? text + symbol : `${text}${NO_BREAK}${symbol}`;
  }
  #target(figure: PackFigure): string {
    const { target } = figure;
    if (target === null) return '–';
    return 'atMost' in target ? `≤ ${this.#value(target.atMost, figure)}` : `≥ ${this.#value(target.atLeast, figure)}`;
  }
}

const NO_UNIT: Label = { en: '', cy: '' };

function note(text: string): PackBlock {
  return { kind: 'text', look: 'note', text };
}

/** Round numbers that cover the values: steps of 1, 2 or 5 times a power of ten. Source: Heckbert, "Nice numbers for graph labels", Graphics Gems, 1990. */
function roundBetween(low: number, high: number): number[] {
  const rough = (high - low || Math.abs(high) || 1) / TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((one) => one * power).find((one) => one >= rough * 0.999)!;
  const [first, last] = [Math.floor(low / step + 1e-9), Math.ceil(high / step - 1e-9)];
  return Array.from({ length: Math.max(2, last - first + 1) }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}
