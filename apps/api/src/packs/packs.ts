/** Papers: put together from the journal and the trends, kept as facts, written out whenever somebody opens one. */
import { randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { BoardDefinition, BoardId, FigureId } from '@comm-cell/board/definition';
import type { Person } from '@comm-cell/board/events';
import type { Rule, RuleId } from '@comm-cell/board/rule';
import type { BoardState } from '@comm-cell/board/state';
import { DAY_MS } from '@comm-cell/board/time';
import type { PackBody, PackFacts, PackFigure, PackFormat, PackHead, PackPreview, PackWait } from '@comm-cell/contract/packs';
import { figureQuery, type SpcAnswer, spcQuery, trendsQuery } from '@comm-cell/contract/trends';
import { Deeds } from '../access/deeds.js';
import { Refusal } from '../access/refusal.js';
import { BoardReads } from '../database/scoped.js';
import { DeskBoards } from '../desk/desk-boards.js';
import { Journal, StoreDown } from '../journal/journal.js';
import { type Chronicle, chronicleOf } from './chronicle.js';
import { partsOf } from './compose.js';
import { packCsv } from './csv.js';
import { factsOf, timelineOf } from './facts.js';
import { Press } from './press.js';
import { PackTrends } from './sources.js';

const ID_SIGNS = 'abcdefghijkmnpqrstuvwxyz23456789';
const ID_LONG = 10;
const LISTED = 100;
/** A chart of a short period is of more than that period, so that it has limits worth the name. */
const CHART_LEAST_MS = 42 * DAY_MS;
/** Longer than this and a point is a week. */
const DAILY_MOST_MS = 200 * DAY_MS;
const WAITS = 8;
/** Figures of time that are looked through for the longest waits, so many at once. */
const WAIT_FIGURES_MOST = 48;
const AT_ONCE = 12;
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

const STORE = `insert into packs (board_id, pack_id, made_at, facts, picture) values ($1, $2, to_timestamp($3::float8 / 1000), $4, $5)`;
const ONE = `select facts, picture from packs where board_id = $1 and pack_id = $2`;
const LIST = `
select pack_id as id, f ->> 'kind' as kind, f ->> 'title' as title, (f ->> 'from')::float8 as from, (f ->> 'to')::float8 as to, f ->> 'language' as language,
  f ->> 'audience' as audience, (f ->> 'madeAt')::float8 as "madeAt", f -> 'by' as by
from (select pack_id, made_at, facts::jsonb as f from packs where board_id = $1 order by made_at desc limit $2) as newest order by made_at desc`;
const ROLLED = `select coalesce((select h.seq from reading_hours_head h where h.board_id = $1), 0)::float8 as seq`;

@Injectable()
export class Packs {
  constructor(
    private readonly boards: DeskBoards,
    private readonly reads: BoardReads,
    private readonly journal: Journal,
    private readonly trends: PackTrends,
    private readonly press: Press,
    private readonly deeds: Deeds,
  ) {}

  /** The newest first. */
  async list(board: BoardId): Promise<PackHead[]> {
    this.boards.board(board);
    return this.#scoped(board, async (query) => (await query.query<PackHead>(LIST, [board, LISTED])).rows);
  }

  async preview(board: BoardId, by: Person, body: PackBody): Promise<PackPreview> {
    return { parts: partsOf(await this.#facts(board, by, body)) };
  }

  /** Answers the name it can be asked for by. */
  async make(board: BoardId, by: Person, body: PackBody): Promise<string> {
    const picture = body.picture ? Buffer.from(body.picture.png, 'base64') : null;
    if (picture && !picture.subarray(0, PNG.length).equals(PNG))
      throw new Refusal(422, 'not-a-picture', 'The picture is no PNG.', 'Save the wall as a picture in the board room, and send that.', [
        { field: 'picture.png', code: 'not-a-picture', detail: 'is no PNG' },
      ]);
    const facts = await this.#facts(board, by, body);
    const id = Array.from({ length: ID_LONG }, () => ID_SIGNS[randomInt(ID_SIGNS.length)]).join('');
    await this.journal.pool.query(STORE, [board, id, facts.madeAt, JSON.stringify(facts), picture]).catch((error: unknown) => {
      throw new StoreDown(error);
    });
    await this.deeds.tell([board], { deed: 'exported', by, about: 'pack', detail: `${id} made, ${facts.kind}, ${facts.audience}` });
    return id;
  }

  async open(board: BoardId, id: string, format: PackFormat, by: Person): Promise<{ facts: PackFacts; bytes: Uint8Array }> {
    this.boards.board(board);
    const row = await this.#scoped(board, async (query) => (await query.query<{ facts: string; picture: Buffer | null }>(ONE, [board, id])).rows[0]);
    if (!row) throw new Refusal(404, 'unknown-pack', `There is no paper "${id.slice(0, 20)}" on this board.`, 'Look at the list of papers again.');
    const facts = JSON.parse(row.facts) as PackFacts;
    const bytes = await this.#written(facts, row.picture, format);
    await this.deeds.tell([board], { deed: 'exported', by, about: 'pack', detail: `${id}.${format}` });
    return { facts, bytes };
  }

  async #written(facts: PackFacts, picture: Buffer | null, format: PackFormat): Promise<Uint8Array> {
    if (format === 'csv') return Buffer.from(packCsv(facts));
    if (format === 'json') return Buffer.from(JSON.stringify({ ...facts, parts: partsOf(facts) }));
    return this.press.print({ facts, picture: picture && new Uint8Array(picture), format });
  }

  async #facts(board: BoardId, by: Person, body: PackBody): Promise<PackFacts> {
    const { state } = this.boards.board(board);
    const [from, to, madeAt] = [Date.parse(body.from), Date.parse(body.to), Date.now()];
    if (from >= madeAt)
      throw new Refusal(422, 'ahead', 'This period has not begun.', 'Choose one of the past.', [{ field: 'from', code: 'ahead', detail: 'lies ahead' }]);
    const told = await this.#scoped(board, (query) => chronicleOf(query, board, from, to));
    if (!told)
      throw new Refusal(422, 'too-much', 'More happened in this period than a paper can hold.', 'Choose a shorter one.', [
        { field: 'to', code: 'too-much', detail: 'the period is too long' },
      ]);
    const { definition } = told;
    const publicly = body.audience === 'public';
    const figures: PackFigure[] = [];
    for (const id of body.figures) figures.push(await this.#figure(board, definition, id, from, to, body.commentary.figures[id] ?? null));
    const rolled = await this.#scoped(board, async (query) => (await query.query<{ seq: number }>(ROLLED, [board])).rows[0]!.seq);
    const period = {
      definition,
      rules: rulesOf(state, told),
      events: told.events,
      notes: told.notes,
      from,
      to: Math.min(to, madeAt),
      publicly,
      providers: body.kind === 'incident' && body.providers ? new Set(body.providers) : undefined,
    };
    return {
      kind: body.kind,
      title: body.title ?? null,
      from,
      to,
      language: body.language,
      audience: body.audience,
      madeAt,
      by: publicly ? { id: '', name: '' } : by,
      board: { id: board, name: definition.name, simulated: definition.simulated, notice: definition.notice ?? null, zone: definition.zone },
      journal: { ...stands(told), rolledUp: rolled },
      whole: to <= madeAt,
      commentary: body.commentary.overall ?? null,
      picture: body.picture ? { at: Date.parse(body.picture.at) } : null,
      figures,
      ...factsOf(period),
      waits: body.kind === 'incident' ? [] : await this.#waits(board, definition, from, to),
      timeline: body.kind === 'incident' ? timelineOf(period) : null,
    };
  }

  /** What is known now is judged; where it is not what first came, both are told. */
  async #figure(board: BoardId, definition: BoardDefinition, id: FigureId, from: number, to: number, commentary: string | null): Promise<PackFigure> {
    figureQuery.parse({ figure: id });
    const by = to - from > DAILY_MOST_MS ? 'week' : 'day';
    const asked = { figure: id, by, from: new Date(Math.min(from, to - CHART_LEAST_MS)).toISOString(), to: new Date(to).toISOString() };
    const known = await this.trends.spc(board, spcQuery.parse({ ...asked, as: 'known' }));
    const shown = await this.trends.spc(board, spcQuery.parse({ ...asked, as: 'shown' }));
    const series = definition.series[id];
    const rollup = definition.rollups[id];
    const metric = definition.metrics[(series ?? rollup)?.metric ?? ''];
    if (!metric)
      throw new Refusal(422, 'unknown-figure', `The board had no figure "${id}" in this period.`, 'Choose one it had.', [
        { field: 'figures', code: 'unknown-figure', detail: `"${id}" was not on the board` },
      ]);
    const place = series?.place ?? id.slice(id.lastIndexOf('@') + 1);
    const parts = rollup ? [...rollup.of, ...(rollup.over ?? [])] : [id];
    const feeds = [...new Set(parts.flatMap((part) => definition.series[part]?.feed ?? []))];
    const within = (known.spc.points as SpcAnswer['spc']['points']).filter(({ at }) => at >= from && at < to);
    const first = new Map(shown.spc.points.map(({ at, value }) => [at, value]));
    return {
      id,
      label: metric.label,
      place: definition.places[place]?.name ?? (place === 'system' ? definition.name : { en: place, cy: place }),
      unit: definition.units[metric.unit]!.symbol,
      notation: metric.notation,
      decimals: metric.decimals,
      kind: metric.kind,
      direction: metric.direction,
      feeds: feeds.map((feed) => definition.feeds[feed]!.name),
      combined: rollup?.how ?? null,
      target: (series ?? rollup)?.target ?? null,
      by: known.by,
      how: known.how,
      improvement: known.improvement,
      bounds: known.bounds,
      spc: known.spc,
      warnings: known.warnings,
      known: within.filter(({ value }) => value !== null).length,
      periods: within.length,
      restated: within.flatMap(({ at, value }) => (first.get(at) === value ? [] : [{ at, shown: first.get(at) ?? null, known: value }])),
      commentary,
    };
  }

  async #waits(board: BoardId, definition: BoardDefinition, from: number, to: number): Promise<PackWait[]> {
    const ofTime = Object.values(definition.series).filter(({ metric }) => {
      const { unit, direction, kind } = definition.metrics[metric]!;
      return definition.units[unit]?.quantity === 'time' && direction === 'higher-is-worse' && kind !== 'text';
    });
    const ids = ofTime.map(({ id }) => id).slice(0, WAIT_FIGURES_MOST);
    const waits: PackWait[] = [];
    for (let i = 0; i < ids.length; i += AT_ONCE) {
      const asked = { figures: ids.slice(i, i + AT_ONCE).join(','), by: 'day', how: 'max', from: new Date(from).toISOString(), to: new Date(to).toISOString() };
      const { trends } = await this.trends.trends(board, trendsQuery.parse(asked));
      for (const { figure, at, value } of trends) {
        const { metric: id, place } = definition.series[figure]!;
        const { label, notation, decimals, unit } = definition.metrics[id]!;
        const known = value.flatMap((one, day) => (one === null ? [] : [{ value: one, day: at[day]! }]));
        const longest = known.reduce<{ value: number; day: number } | undefined>((most, one) => (most && most.value >= one.value ? most : one), undefined);
        if (longest) waits.push({ label, place: definition.places[place]!.name, unit: definition.units[unit]!.symbol, notation, decimals, ...longest });
      }
    }
    return waits.sort((a, b) => b.value - a.value).slice(0, WAITS);
  }

  async #scoped<Result>(board: BoardId, work: Parameters<typeof this.reads.scoped<Result>>[1]): Promise<Result> {
    return this.reads.scoped(board, work).catch((error: unknown) => {
      throw error instanceof Refusal ? error : new StoreDown(error);
    });
  }
}

/** Rules as they are called now, and those that were agreed in the period as they were called then. */
function rulesOf(state: BoardState, { events }: Chronicle): ReadonlyMap<RuleId, Pick<Rule, 'label' | 'place'>> {
  const present = Object.values(state.rules).flatMap(({ rule, was }) => rule ?? was ?? []);
  const agreed = events.flatMap(({ event }) => (event.kind === 'RulesAgreed' ? event.rules : []));
  return new Map([...present, ...agreed].map((rule) => [rule.id, rule]));
}

function stands({ stands: { seq, hash } }: Chronicle): { seq: number; hash: string } {
  return { seq, hash };
}
