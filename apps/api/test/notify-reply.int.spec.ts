/** The page behind a reply link: looking changes nothing, the button acknowledges what was seen. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { BoardEvent } from '@comm-cell/board/events';
import Fastify from 'fastify';
import { dataSource, prepareDatabase } from '../src/database/schema.js';
import { Journal } from '../src/journal/journal.js';
import { Keepers } from '../src/keeper/keepers.js';
import { Contact } from '../src/notify/contact.entity.js';
import { ReplyLinks } from '../src/notify/reply-links.js';
import { ReplyPage } from '../src/notify/reply-page.js';
import { ruleOf, smallBoard } from '../../../tests/support/boards.js';
import { startPostgres, type TestPostgres } from '../../../tests/support/postgres.js';

const label = (words: string) => ({ en: words, cy: `${words} (cy)` });
const RULE = ruleOf('long@here', { kind: 'line', figure: 'm.1@here', band: { over: 45 } }, { label: label('Too <many> waiting'), owner: 'site', card: 'any' });

let postgres: TestPostgres;
const closing: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  postgres = await startPostgres();
});
afterEach(async () => {
  for (const end of closing.splice(0).reverse()) await end();
});
afterAll(async () => {
  await postgres.stop();
});

interface Rig {
  /** A POST when there is something to post. */
  ask(path: string, posted?: string): Promise<{ status: number; body: string; cacheControl: string | null }>;
  keepers: Keepers;
  path: string;
  /** Of action 1. */
  actionPath: string;
  journaled(...events: BoardEvent[]): Promise<void>;
}

async function rig(): Promise<Rig> {
  const url = await postgres.database();
  await prepareDatabase(url, new Date());
  const journal = new Journal(url);
  const fail = (error: Error): never => {
    throw error;
  };
  const keepers = new Keepers(journal, url, () => {}, fail);
  const group = { id: 'site', name: label('Site managers'), kind: 'site' as const, climb: [] };
  const response = { groups: { site: group }, holidays: [], cards: { any: { id: 'any', title: label('Card'), steps: [] } }, schemes: {}, levels: {} };
  await keepers.define({ ...smallBoard(), response }, 'test');
  const keeper = keepers.get('small')!;
  const journaled = async (...events: BoardEvent[]): Promise<void> => void (await keeper.submit({ source: 'test', decide: () => ({ events, outcome: null }) }));
  const by = { id: 'x', name: 'X' };
  const now = Date.now();
  await journaled(
    { kind: 'RulesAgreed', rules: [RULE], retired: [], origin: 'file', by },
    { kind: 'AlertTurned', rule: RULE.id, no: 1, turn: 'opened', due: now, severity: 'act' },
    { kind: 'AlertTurned', rule: RULE.id, no: 1, turn: 'raised', due: now, severity: 'act' },
  );
  const database = await dataSource(url, [Contact]).initialize();
  await database
    .getRepository(Contact)
    .insert({ boardId: 'small', contactId: 'c1', groupId: 'site', channel: 'email', address: 'a@b.example', name: 'Somebody', enabled: true });
  const links = new ReplyLinks(database);
  const page = Fastify();
  page.post('/elsewhere', (_request, reply) => reply.send('x'));
  new ReplyPage(links, keepers).register(page);
  const server = await page.listen({ port: 0, host: '127.0.0.1' });
  const ask: Rig['ask'] = async (path, posted) => {
    const form = { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: posted ?? '' };
    const answer = await fetch(server + path, posted === undefined ? {} : form);
    return { status: answer.status, body: await answer.text(), cacheControl: answer.headers.get('cache-control') };
  };
  closing.push(
    () => journal.close(),
    () => keepers.stop(),
    () => database.destroy(),
    () => page.close(),
  );
  const path = (about: number | `a${number}`): Promise<string> => links.make('small', about, 'c1', now + 60_000);
  return { ask, keepers, path: await path(1), actionPath: await path('a1'), journaled };
}

const alertOf = ({ keepers }: Rig) => keepers.get('small')!.snapshot.state.alerts[RULE.id]!;
const versionOn = (html: string): string => /name="version" value="(\d+)"/.exec(html)![1]!;

describe('the reply page', () => {
  test('shows the alert and changes nothing; the button acknowledges it, as the group', async () => {
    const it = await rig();
    const before = alertOf(it);
    const shown = await it.ask(it.path);
    expect(shown.status).toBe(200);
    expect(shown.cacheControl).toBe('no-store');
    expect(shown.body).toContain('Too &#60;many&#62; waiting');
    expect(alertOf(it)).toEqual(before);
    const done = await it.ask(it.path, `version=${versionOn(shown.body)}`);
    expect(done.status).toBe(200);
    expect(done.body).toContain('Acknowledged. Thank you.');
    expect(done.body).not.toContain('<button>');
    expect(alertOf(it).acknowledged?.by).toEqual({ id: 'reply-c1', name: 'Site managers' });
    // Whose contact it is stands nowhere on the board.
    expect(JSON.stringify(it.keepers.get('small')!.snapshot.state)).not.toContain('Somebody');
  });

  test('does not acknowledge what has moved on since the page was shown', async () => {
    const it = await rig();
    const { body } = await it.ask(it.path);
    await it.journaled({ kind: 'AlertTurned', rule: RULE.id, no: 1, turn: 'data-lost', due: Date.now() });
    const refused = await it.ask(it.path, `version=${versionOn(body)}`);
    expect(refused.status).toBe(409);
    expect(refused.body).toContain('moved on');
    expect(alertOf(it).acknowledged).toBeUndefined();
    const again = await it.ask(it.path, `version=${versionOn(refused.body)}`);
    expect(again.status).toBe(200);
    expect(alertOf(it).acknowledged).toBeDefined();
  });

  test('says so when the alert is over, and opens nothing for a link that was not made here', async () => {
    const it = await rig();
    for (const payload of ['', 'version=', 'version=x', 'version=999']) expect((await it.ask(it.path, payload)).status).toBe(409);
    await it.journaled({ kind: 'AlertTurned', rule: RULE.id, no: 1, turn: 'closed', due: Date.now() });
    expect((await it.ask(it.path)).body).toContain('This alert is over.');
    for (const url of ['/reply/x', `${it.path}x`, it.path.replace('.1.', '.2.'), '/reply/small.1.c1.zzzzzz.aaaaaaaaaaaaaaaaaaaaaa'])
      for (const posted of [undefined, 'version=3']) expect([url, (await it.ask(url, posted)).status]).toEqual([url, 404]);
    expect((await it.ask('/elsewhere', 'a=b')).status).toBe(415);
  });
});

describe('the reply page of an action', () => {
  const raised = (what: string): BoardEvent => ({ kind: 'ActionRaised', no: 1, what, owner: 'site', due: Date.now() + 60_000, by: { id: 'x', name: 'X' } });
  const actionOf = ({ keepers }: Rig) => keepers.get('small')!.snapshot.state.actions[1];

  test('takes a word, then the result, as the group; it does not say what the action is', async () => {
    const it = await rig();
    await it.journaled(raised('Call the lift engineer'));
    const shown = await it.ask(it.actionPath);
    expect([shown.status, shown.cacheControl]).toEqual([200, 'no-store']);
    expect(shown.body).toContain('Action 1');
    expect(shown.body).not.toContain('lift engineer');
    expect(actionOf(it)!.note).toBeUndefined();
    expect((await it.ask(it.actionPath, 'note=On+the+way')).body).toContain('Noted on the board');
    expect(actionOf(it)).toMatchObject({ note: 'On the way', quarters: 0 });
    for (const wrong of ['', 'result=', 'version=1', 'note=a&result=b', `result=${'x'.repeat(201)}`, 'result=a%0Ab'])
      expect([wrong, (await it.ask(it.actionPath, wrong)).status]).toEqual([wrong, 422]);
    expect((await it.ask(it.actionPath, 'result=It+runs')).status).toBe(200);
    expect(actionOf(it)).toBeUndefined();
    const over = await it.ask(it.actionPath, 'result=Again');
    expect([over.status, over.body.includes('This action is closed.')]).toEqual([409, true]);
    expect(JSON.stringify(it.keepers.get('small')!.snapshot.state)).not.toContain('Somebody');
  });

  test('a link to an alert is none to an action of the same number', async () => {
    const it = await rig();
    await it.journaled(raised('x'));
    expect((await it.ask(it.path.replace('.1.', '.a1.'), 'result=x')).status).toBe(404);
    expect((await it.ask(it.path, 'result=x')).status).toBe(409);
    expect(actionOf(it)).toBeDefined();
  });
});
