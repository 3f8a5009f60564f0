/** Papers for meetings against a real api: facts from the journal, tagged pages, slides, tables, and nothing of anybody in a public one. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ProposedDefinition } from '@comm-cell/board/decide/define-board';
import type { BoardEvent } from '@comm-cell/board/events';
import { DAY_MS, HOUR_MS } from '@comm-cell/board/time';
import type { Session } from '@comm-cell/contract/desk';
import type { Problem } from '@comm-cell/contract/feed';
import type { PackFacts, PackHead, PackMade, PackPart, PackPreview } from '@comm-cell/contract/packs';
import { unzipSync } from 'fflate';
import pg from 'pg';
import { PersonOfBoard } from '../src/access/people.entity.js';
import { People } from '../src/access/people.js';
import { dataSource } from '../src/database/schema.js';
import { Appending, Journal } from '../src/journal/journal.js';
import { Api, type Answer, prepareBoard } from '../../../tests/support/api.js';
import { smallBoard } from '../../../tests/support/boards.js';
import { startPostgres, type TestPostgres } from '../../../tests/support/postgres.js';

const DAYS = 30;
const MIDNIGHT = Math.floor(Date.now() / DAY_MS) * DAY_MS;
const FROM = MIDNIGHT - 14 * DAY_MS;
/** Words that must be on private paper and on no public one. */
const SECRET = 'Bay 4 is short of nurses';
const iso = (at: number): string => new Date(at).toISOString();

let postgres: TestPostgres;
let url: string;
let api: Api;
let cookie: string;
let keys: Record<string, string>;

function board(): ProposedDefinition {
  const plain = smallBoard({ everyMs: HOUR_MS });
  const { 'm.1': first, ...others } = plain.metrics;
  return {
    ...plain,
    name: { en: 'Small board', cy: 'Bwrdd bach yr ŵydd a’r tŷ' },
    metrics: { ...others, 'm.1': { ...first!, label: { en: 'People waiting', cy: 'Pobl yn aros ŵ ŷ' } } },
  };
}

beforeAll(async () => {
  postgres = await startPostgres();
  url = await postgres.database();
  ({ keys } = await prepareBoard(url, board()));
  const at = (days: number, hours = 0): number => MIDNIGHT - days * DAY_MS + hours * HOUR_MS;
  const by = { id: 'p1', name: 'Somebody Known' };
  // What happened, as it would have been recorded then.
  const journal = new Journal(url);
  const happened: [number, BoardEvent][] = [
    [at(5), { kind: 'ActionRaised', no: 1, what: SECRET, owner: 'Somebody Known', due: at(4), by }],
    [at(4), { kind: 'ActionClosed', no: 1, result: 'Two came from the pool', by }],
    [at(3, 2), { kind: 'FeedFellSilent', feed: 'ed', since: at(3, 1) }],
    [at(3, 4), { kind: 'FeedHeardAgain', feed: 'ed' }],
    [at(2), { kind: 'MomentNoted', about: at(3, 1), text: 'The line was cut', by }],
    [at(1), { kind: 'MomentNoted', about: at(3, 1), text: `The line was cut; ${SECRET}`, by }],
  ];
  // The board was defined just now; its journal only goes forward, so these stand in a journal of their own clock.
  const pool = new pg.Pool({ connectionString: url });
  await pool.query(`alter table journal disable trigger user`);
  await pool.query(`update journal set recorded_at = to_timestamp($1::float8 / 1000)`, [at(DAYS + 1)]);
  await pool.query(`alter table journal enable trigger user`);
  await pool.end();
  for (const [when, event] of happened) {
    const head = (await journal.head('small'))!;
    expect(await journal.append(new Appending('small', head, when).add([event], 'test', {}).finish())).toBe('done');
  }
  await journal.close();
  api = await Api.start({ DATABASE_URL: url });
  const value = (hour: number): number => 50 + ((hour * 37) % 11) + (hour >= (DAYS - 1) * 24 ? 40 : 0);
  for (let day = 0; day < DAYS; day++) {
    const readings = Array.from({ length: 24 }, (_, i) => ({ series: 'm.1@here', observedAt: iso(at(DAYS - day, i)), value: value(day * 24 + i) }));
    expect((await api.post('ed', keys['ed']!, { readings }, { id: `day-${day}` })).status).toBe(201);
  }
  // Two days ago one hour was put right.
  const restated = { readings: [{ series: 'm.1@here', observedAt: iso(at(2, 6)), value: 10, revision: 1 }] };
  expect((await api.post('ed', keys['ed']!, restated, { id: 'restated' })).status).toBe(201);
  const database = await dataSource(url, [PersonOfBoard]).initialize();
  const { token } = await new People(database).create(['small'], 'Duty Director', 'duty', null);
  await database.destroy();
  const signedIn = await api.request<Session>('/v1/desk/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  });
  cookie = signedIn.headers.get('set-cookie')!.split(';')[0]!;
});
afterAll(async () => {
  await api?.stop();
  await postgres?.stop();
});

function ask<Body>(route: string, body?: object): Promise<Answer<Body>> {
  return api.request<Body>(`/v1/boards/small/packs${route}`, {
    headers: { cookie, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
  });
}
async function fileOf(id: string, format: string): Promise<Buffer> {
  const answer = await fetch(`${api.address}/v1/boards/small/packs/${id}.${format}`, { headers: { cookie } });
  if (!answer.ok) throw new Error(await answer.text());
  return Buffer.from(await answer.arrayBuffer());
}
const ASKED = {
  from: iso(FROM),
  to: iso(MIDNIGHT),
  figures: ['m.1@here'],
  language: 'both',
  commentary: { overall: 'A hard fortnight.\nŴyn and ŷd.', figures: { 'm.1@here': '=1+1 is no formula' } },
};
async function make(body: object): Promise<string> {
  const { status, body: made } = await ask<PackMade>('', body);
  expect(status).toBe(201);
  return made.id;
}

describe('a meeting pack', () => {
  let id: string;
  beforeAll(async () => {
    id = await make(ASKED);
  });

  test('holds the facts of its period, each with where it comes from', async () => {
    const facts = JSON.parse((await fileOf(id, 'json')).toString()) as PackFacts & { parts: PackPart[] };
    expect(facts.actions).toEqual([expect.objectContaining({ no: 1, what: SECRET, result: 'Two came from the pool', closedAt: MIDNIGHT - 4 * DAY_MS })]);
    expect(facts.outages).toEqual([
      expect.objectContaining({ kind: 'silent', from: MIDNIGHT - 3 * DAY_MS + HOUR_MS, to: MIDNIGHT - 3 * DAY_MS + 4 * HOUR_MS }),
    ]);
    // Written anew by the same person about the same moment: one note, its last wording.
    expect(facts.notes).toEqual([expect.objectContaining({ text: `The line was cut; ${SECRET}`, edited: 1 })]);
    const [figure] = facts.figures;
    expect(figure).toMatchObject({ id: 'm.1@here', known: 14, periods: 14 });
    expect(figure!.restated.map(({ at }) => at)).toEqual([MIDNIGHT - 2 * DAY_MS]);
    expect(figure!.spc.variation!.cause).toBe('outside');
    expect(facts.journal.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(facts.parts.map(({ language }) => language)).toEqual(['en', 'cy']);
  });

  test('is a tagged PDF in both languages, with its own letters', async () => {
    const text = (await fileOf(id, 'pdf')).toString('latin1');
    for (const sign of ['/StructTreeRoot', '/MarkInfo', '/Marked true', '/Lang (en)', '/Lang (cy)', 'pdfuaid', '/Outlines', '/DisplayDocTitle true'])
      expect(text).toContain(sign);
    const count = (sign: RegExp): number => text.match(sign)?.length ?? 0;
    // Every figure has words; heads of tables say what they head.
    expect(count(/\/S \/Figure\b/g)).toBe(2);
    expect(count(/\/Alt \(/g)).toBe(2);
    expect(count(/\/Scope \/Column/g)).toBeGreaterThan(10);
    expect(count(/\/Scope \/(Column|Row)/g)).toBe(count(/\/S \/TH\b/g));
    expect(count(/\/Alt \(/g)).toBe(count(/\/S \/Figure\b/g));
    expect(count(/\/S \/H1\b/g)).toBe(2);
    expect(count(/\/S \/H2\b/g)).toBeGreaterThan(10);
    expect(text).toContain('Inter-Regular');
    expect(text).not.toContain('Helvetica');
  });

  test('is a show of slides whose charts can be changed', async () => {
    const files = unzipSync(await fileOf(id, 'pptx'));
    const text = (name: string): string => Buffer.from(files[name]!).toString();
    const slides = Object.keys(files).filter((name) => /^ppt\/slides\/slide\d+\.xml$/.test(name));
    expect(slides.length).toBeGreaterThan(8);
    expect(Object.keys(files).some((name) => /^ppt\/charts\/chart\d+\.xml$/.test(name))).toBe(true);
    const all = slides.map(text).join('');
    expect(all).toContain('Pobl yn aros ŵ ŷ');
    expect(all).toMatch(/descr="[^"]*outside the limits/);
  });

  test('is a table with definitions, in which nothing is a formula', async () => {
    const csv = (await fileOf(id, 'csv')).toString();
    expect(csv.startsWith('\uFEFF')).toBe(true);
    const row = csv
      .split('\r\n')
      .find((line) => line.startsWith(`m.1@here,${iso(MIDNIGHT - 2 * DAY_MS)}`))!
      .split(',');
    expect(Number(row[2])).toBeLessThan(Number(row[3]));
  });

  test('is in the list, and whoever takes it along is in the trail', async () => {
    const { body } = await ask<PackHead[]>('');
    expect(body.map((one) => one.id)).toContain(id);
    const pool = new pg.Pool({ connectionString: url });
    const { rows } = await pool.query<{ body: string }>(`select body from journal where kind = 'DeedDone'`);
    await pool.end();
    expect(rows.some(({ body: deed }) => deed.includes(`${id}.pdf`))).toBe(true);
  });
});

test('a public paper names nobody and tells nothing that anybody wrote on the board; a private one does', async () => {
  const texts = async (audience: string): Promise<string> => (await fileOf(await make({ ...ASKED, audience }), 'json')).toString();
  const [publicly, privately] = [await texts('public'), await texts('private')];
  for (const word of [SECRET, 'Somebody Known', 'Duty Director', 'Two came from the pool']) {
    expect(publicly).not.toContain(word);
    expect(privately).toContain(word);
  }
  expect(publicly).toContain('A hard fortnight.');
});

test('the timeline of an incident is minute by minute, with place and hash of every event in the journal', async () => {
  const id = await make({ ...ASKED, kind: 'incident', from: iso(MIDNIGHT - 3 * DAY_MS), to: iso(MIDNIGHT - 2 * DAY_MS), figures: [], commentary: {} });
  const { timeline } = JSON.parse((await fileOf(id, 'json')).toString()) as PackFacts;
  expect(timeline!.lines.map(({ kind, at }) => [kind, (at - MIDNIGHT) / HOUR_MS + 72])).toEqual([
    ['FeedFellSilent', 1],
    ['MomentNoted', 1],
    ['FeedHeardAgain', 4],
  ]);
  const pool = new pg.Pool({ connectionString: url });
  const { rows } = await pool.query<{ seq: string; hash: string }>(`select seq, encode(hash, 'hex') as hash from journal where seq = any($1)`, [
    timeline!.lines.map(({ seq }) => seq),
  ]);
  await pool.end();
  const hashes = new Map(rows.map(({ seq, hash }) => [Number(seq), hash]));
  for (const { seq, hash } of timeline!.lines) expect(hash).toBe(hashes.get(seq));
  expect((await fileOf(id, 'pdf')).subarray(0, 5).toString()).toBe('%PDF-');
});

test('a preview is the same words without keeping them; what cannot be is refused with its field', async () => {
  const before = (await ask<PackHead[]>('')).body.length;
  const { status, body } = await ask<PackPreview>('/preview', { ...ASKED, kind: 'week', language: 'cy' });
  expect(status).toBe(200);
  expect(body.parts.map(({ language }) => language)).toEqual(['cy']);
  expect(JSON.stringify(body)).toContain('Ŵyn and ŷd');
  expect((await ask<PackHead[]>('')).body.length).toBe(before);
  const wrong = async (more: object): Promise<(string | undefined)[]> => {
    const answer = await ask<Problem>('', { ...ASKED, ...more });
    expect(answer.status).toBe(422);
    return (answer.body.errors ?? []).map(({ field }) => field);
  };
  expect(await wrong({ from: iso(MIDNIGHT), to: iso(FROM) })).toContain('to');
  expect(await wrong({ kind: 'incident', from: iso(FROM) })).toContain('to');
  expect(await wrong({ audience: 'public', picture: { at: iso(FROM), png: 'AAAA' } })).toContain('picture');
  expect(await wrong({ picture: { at: iso(FROM), png: 'AAAA' } })).toContain('picture.png');
  expect((await ask('', { ...ASKED, figures: ['m.9@nowhere'], commentary: {} })).status).toBe(404);
});
