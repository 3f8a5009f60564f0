/** The live protocol against a real api over bad lines: convergence, resync, origins, tokens, limits, a store that goes away (I19, I24–I27, I39, I50). */
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { ProposedDefinition } from '@comm-cell/board/decide/define-board';
import { type JoinAnswer, PROTOCOL } from '@comm-cell/contract/live';
import { io } from 'socket.io-client';
import { WebSocket } from 'ws';
import { Api, DISPLAY_COOKIE, DISPLAY_TOKEN, prepareBoard, until } from '../support/api.js';
import { smallBoard } from '../support/boards.js';
import { faultsOf, Ledger } from '../support/crash.js';
import { badLine, Display, type DisplaySettings, hashOf, unpacked } from '../support/display.js';
import { startPostgres, type TestPostgres } from '../support/postgres.js';
import { Proxy } from '../support/proxy.js';

/** Thirty series, the last of words: with those a batch can be as large as batches get. */
function board(): ProposedDefinition {
  const plain = smallBoard({ series: 30 });
  const metric = plain.metrics['m.30']!;
  return {
    ...plain,
    units: { ...plain.units, words: { id: 'words', symbol: { en: '', cy: '' }, quantity: 'text' } },
    metrics: { ...plain.metrics, 'm.30': { ...metric, unit: 'words', kind: 'text' } },
  };
}

let postgres: TestPostgres;
let url: string;
let key: string;
let epoch: string;
let api: Api;
let store: Proxy;
const closing: (() => unknown)[] = [];

beforeAll(async () => {
  postgres = await startPostgres();
  url = await postgres.database();
  const prepared = await prepareBoard(url, board());
  [key, epoch] = [prepared.keys.ed!, prepared.epoch];
  store = await Proxy.to(() => Number(new URL(url).port));
  const address = new URL(url);
  address.host = `127.0.0.1:${store.port}`;
  api = await Api.start({ DATABASE_URL: address.href });
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
afterAll(async () => {
  await api.stop();
  await store.close();
  await postgres.stop();
});

function display(settings: Partial<DisplaySettings> = {}): Display {
  const one = new Display({ address: api.address, board: 'small', ...settings });
  closing.push(() => one.close());
  return one;
}
async function proxy(): Promise<Proxy> {
  const one = await Proxy.to(() => api.port);
  closing.push(() => one.close());
  return one;
}

let moment = Date.now() - 10 * 3_600_000;
async function post(batches: number, readings = 3, to = api): Promise<void> {
  for (let i = 0; i < batches; i++) {
    const body = {
      readings: Array.from({ length: readings }, (_, n) => ({
        series: `m.${1 + (n % 29)}@here`,
        observedAt: new Date((moment += 2)).toISOString(),
        value: (i * 31 + n) % 9_999,
      })),
    };
    expect((await to.post('ed', key, body)).status).toBe(201);
  }
}
const seq = async (): Promise<number> => (await api.board<{ seq: number }>('small')).seq;

describe('a display over a line that loses, doubles and reorders', () => {
  test('always converges to the state of the server, and never goes back (I25, I26)', async () => {
    const displays = [0.01, 0.05, 0.1, 0.2, 0.3, 0.3].map((share, i) => display({ line: badLine(97 + i, share) }));
    const steady = display();
    await until(() => steady.joins.state === 1, 'the steady display has joined');
    for (let round = 0; round < 6; round++) {
      await post(25);
      await pause(300);
    }
    const head = await seq();
    await Promise.all([...displays, steady].map((one) => one.provenAt(head)));
    for (const one of displays) expect([one.different, one.wentBack, hashOf(one.state)]).toEqual([0, false, hashOf(steady.state)]);
    // The lines were bad enough to matter.
    expect(displays.slice(2).reduce((sum, one) => sum + one.joins.events, 0)).toBeGreaterThan(10);
    expect(steady.joins).toEqual({ state: 1, events: 0, refused: 0 });
  });

  test('positive control: a display that applies whatever comes ends up with another state, and the beat says so', async () => {
    const careless = display({ line: badLine(5, 0.3), careless: true });
    await until(() => careless.joins.state === 1, 'it has joined');
    await post(40);
    // It stands wherever the line left it: told the right seq, it has the wrong board.
    const steady = display();
    await until(() => steady.joins.state === 1, 'the steady one has joined');
    await pause(500);
    expect(hashOf(careless.state)).not.toBe(hashOf(steady.state));
  });
});

describe('joining', () => {
  const ask = async (request: object): Promise<JoinAnswer> => {
    const socket = io(api.address, { transports: ['websocket'], forceNew: true, extraHeaders: { cookie: DISPLAY_COOKIE } });
    closing.push(() => socket.disconnect());
    return (await socket.timeout(10_000).emitWithAck('board:join', request)) as JoinAnswer;
  };

  test('with a seq of this history brings exactly what is missing', async () => {
    await post(5);
    const head = await seq();
    const answer = await ask({ protocol: PROTOCOL, board: 'small', epoch, since: head - 3 });
    expect(answer).toMatchObject({ ok: true, from: head - 2 });
    expect(answer.ok && 'events' in answer && answer.events.map((entry) => entry.seq)).toEqual(
      [head - 2, head - 1, head].filter((n) => n <= (answer.ok ? answer.seq : 0)),
    );
    expect(await ask({ protocol: PROTOCOL, board: 'small', epoch, since: head })).toMatchObject({ ok: true });
  });

  test.each([
    ['from the future', () => ({ epoch, since: 1_000_000 })],
    ['of another history', () => ({ epoch: '00000000-0000-4000-8000-000000000000', since: 3 })],
    ['of no history', () => ({ since: 3 })],
    ['of no seq', () => ({ epoch })],
  ])('with a place %s brings the whole state', async (_name, known) => {
    const answer = await ask({ protocol: PROTOCOL, board: 'small', ...known() });
    expect(answer).toMatchObject({ ok: true, epoch });
    expect(answer.ok && 'packed' in answer && unpacked(answer.packed)).toMatchObject({ definition: { id: 'small' } });
  });

  test('with a place older than what is at hand brings the whole state', async () => {
    await Promise.all([1, 2, 3, 4].map(() => post(1_050, 1)));
    expect(await ask({ protocol: PROTOCOL, board: 'small', epoch, since: 2 })).toHaveProperty('packed');
  });

  test('is refused in words for another protocol, an unknown board and nonsense', async () => {
    expect(await ask({ protocol: PROTOCOL + 1, board: 'small' })).toMatchObject({ ok: false, code: 'update-required' });
    expect(await ask({ protocol: PROTOCOL, board: 'nowhere' })).toMatchObject({ ok: false, code: 'unknown-board' });
    expect(await ask({ protocol: PROTOCOL, board: '__proto__' })).toMatchObject({ ok: false, code: 'unknown-board' });
    for (const request of [
      {},
      [],
      'small',
      5,
      null,
      { protocol: PROTOCOL, board: 'small', since: -1 },
      { protocol: PROTOCOL, board: 'small', since: 1.5 },
      { protocol: PROTOCOL, board: 'small', more: 1 },
    ]) {
      expect(await ask(request as object)).toMatchObject({ ok: false, code: 'bad-request' });
    }
  });
});

describe('the line', () => {
  test.each([0, 100, 300, 2_000, 20_000])('cut after %i bytes from the server: the display comes back and converges', async (cutAt) => {
    const line = await proxy();
    line.weather = { cutAt };
    const one = display({ address: line.address });
    await until(async () => (await post(1)) === undefined && line.connections >= 2, 'the line was cut and taken up again');
    line.weather = {};
    line.cut();
    await one.provenAt(await seq());
    expect([one.different, one.wentBack]).toEqual([0, false]);
  });

  test('delayed, slow, refused for a while: converges after each', async () => {
    const line = await proxy();
    const one = display({ address: line.address });
    for (const weather of [{ delayMs: 150 }, { rate: 20_000 }, { refuse: true }]) {
      line.weather = weather;
      if (weather.refuse) line.cut();
      await post(5);
      await pause(300);
      line.weather = {};
      await one.provenAt(await seq());
    }
    expect([one.different, one.wentBack]).toEqual([0, false]);
  });

  test('half-open: neither side is told, and both notice', async () => {
    const line = await proxy();
    const one = display({ address: line.address });
    await one.provenAt(await seq());
    line.weather = { silent: true };
    await until(() => !one.socket.connected, 'the display notices', 40_000);
    line.weather = {};
    await post(2);
    await one.provenAt(await seq());
  });

  test('a server that is frozen sends no beat, so that nobody takes it for live; afterwards all goes on (I19)', async () => {
    const other = await Api.start({ DATABASE_URL: url });
    closing.push(() => other.stop());
    const one = display({ address: other.address });
    await one.provenAt(await seq());
    let beats = 0;
    one.socket.on('board:beat', () => beats++);
    other.freeze();
    await post(2);
    await pause(11_000);
    expect(beats).toBe(0);
    other.thaw();
    await one.provenAt(await seq());
  });
});

describe('who may watch', () => {
  const handshake = (headers: Record<string, string>, port = api.port): Promise<number> =>
    new Promise((resolve, reject) => {
      const request = httpRequest({
        port,
        host: '127.0.0.1',
        path: '/socket.io/?EIO=4&transport=websocket',
        headers: { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==', ...headers },
      });
      request.on('upgrade', (_response, socket) => {
        socket.destroy();
        resolve(101);
      });
      request.on('response', (response) => {
        response.resume();
        resolve(response.statusCode!);
      });
      request.on('error', reject);
      request.end();
    });

  test('pages of other origins open no socket, whatever they call themselves (I39)', async () => {
    const own = `127.0.0.1:${api.port}`;
    const evil = [
      'http://evil.example',
      'https://evil.example',
      'null',
      'http://localhost',
      `http://localhost:${api.port}`,
      'http://127.0.0.1',
      `http://127.0.0.1:${api.port + 1}`,
      `http://${own}.evil.example`,
      `http://evil.example/${own}`,
      `http://evil.example#${own}`,
      `http://evil.example?${own}`,
      `http://${own}@evil.example`,
      `http://x${own}`,
      `http://127.0.0.1.evil.example:${api.port}`,
      `ftp://${own}`,
      `file://${own}`,
      `chrome-extension://${own}`,
      `data:text/html,${own}`,
      'about:blank',
      `javascript://${own}`,
      `http://[::1]:${api.port}`,
      `blob:http://evil.example/${own}`,
      '',
      ' ',
    ];
    for (const origin of evil) expect([origin, await handshake({ origin, cookie: DISPLAY_COOKIE })]).toEqual([origin, 400]);
    expect(await handshake({ origin: `http://${own}`, cookie: DISPLAY_COOKIE })).toBe(101);
    expect(await handshake({ cookie: DISPLAY_COOKIE })).toBe(101);
  });

  test('without a token nothing is told, and the page learns what it needs; the token opens', async () => {
    const refusal = (cookie: string): Promise<unknown> =>
      new Promise((resolve) => {
        const socket = io(api.address, { transports: ['websocket'], forceNew: true, reconnection: false, extraHeaders: cookie ? { cookie } : {} });
        closing.push(() => socket.disconnect());
        socket.on('connect_error', (error) => resolve((error as { data?: { code: string } }).data?.code));
        socket.on('connect', () => resolve('connected'));
      });
    for (const cookie of ['', 'commcell_display=', 'commcell_display=%E0', `commcell_display=${DISPLAY_TOKEN}x`, `other=${DISPLAY_TOKEN}`])
      expect([cookie, await refusal(cookie)]).toEqual([cookie, 'needs-token']);
    const wrong = await api.request('/v1/displays/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token: 'x'.repeat(30) }),
    });
    expect(wrong.status).toBe(401);
    const foreign = await api.request('/v1/displays/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: 'http://evil.example' },
      body: JSON.stringify({ token: DISPLAY_TOKEN }),
    });
    expect(foreign.status).toBe(403);
    const right = await api.request('/v1/displays/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token: DISPLAY_TOKEN }),
    });
    expect(right.status).toBe(204);
    const cookie = right.headers.get('set-cookie')!;
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Strict/);
    expect(await refusal(cookie.split(';')[0]!)).toBe('connected');
  });

  test('a demo on another address than loopback needs a token too', async () => {
    const open = await Api.start({ DATABASE_URL: url, DEMO: 'on', HOST: '0.0.0.0' });
    closing.push(() => open.stop());
    const answer = await open.request('/v1/boards');
    expect(answer.status).toBe(401);
  });
});

describe('hostile frames', () => {
  test('more than 64 kB, broken packets, floods: the sender is cut off, the others notice nothing', async () => {
    const steady = display();
    await until(() => steady.joins.state === 1, 'the steady display has joined');
    const frames: (string | Buffer)[] = [
      'x'.repeat(70_000),
      '0',
      '1',
      '2',
      '3',
      '4',
      '5',
      '6',
      '40',
      '40{',
      '40{"a":',
      '41',
      '42',
      '42[',
      '42["board:join"]',
      '42["board:join",null]',
      '42["board:join",{"protocol":1,"board":"small"}]',
      '421["board:join",{"__proto__":{}}]',
      '43',
      '44',
      '45',
      '451-["x",{"_placeholder":true,"num":0}]',
      '45999999-["x"]',
      '4599999999999999999999-["x"]',
      '46["x"]',
      '4',
      '4/',
      '40/nowhere,',
      '42/admin,["x"]',
      '42["disconnect"]',
      '42["error"]',
      '42["newListener"]',
      '42["__proto__"]',
      '42["board:drawn",{}]',
      '42["board:drawn",{"board":"small","epoch":"x","seq":1e999,"hash":"x","at":1}]',
      '42[1]',
      '42[{}]',
      '42[]',
      '42"x"',
      'b',
      'bAAAA',
      '\u0000',
      '\ud800',
      '9'.repeat(1_000),
      '[[[['.repeat(5_000),
      `42["board:join",${'['.repeat(20_000)}`,
      Buffer.from([0, 1, 2, 255]),
      Buffer.alloc(60_000),
    ];
    for (const frame of frames) {
      for (const greeting of [[], ['40']]) {
        const socket = new WebSocket(`ws://127.0.0.1:${api.port}/socket.io/?EIO=4&transport=websocket`, { headers: { cookie: DISPLAY_COOKIE } });
        await new Promise((resolve) => socket.once('open', resolve));
        socket.on('error', () => {});
        for (const one of [...greeting, frame, frame, frame]) socket.send(one);
        await new Promise((resolve) => setTimeout(resolve, 5));
        socket.terminate();
      }
    }
    for (const bytes of [
      'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n\r\n',
      'nonsense\r\n\r\n',
      Buffer.alloc(1_000),
      `GET / HTTP/1.1\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`,
    ]) {
      const raw = connect(api.port, '127.0.0.1');
      raw.on('error', () => {});
      raw.resume().end(bytes);
      await new Promise((resolve) => raw.once('close', resolve));
    }
    const big = new WebSocket(`ws://127.0.0.1:${api.port}/socket.io/?EIO=4&transport=websocket`, { headers: { cookie: DISPLAY_COOKIE } });
    await new Promise((resolve) => big.once('open', resolve));
    const closed = new Promise<number>((resolve) => big.once('close', resolve));
    big.on('error', () => {});
    big.send('4'.repeat(65 * 1024));
    expect(await closed).toBe(1009);
    expect(api.running).toBe(true);
    await post(1);
    await steady.provenAt(await seq());
    expect(steady.joins.state).toBe(1);
    expect(api.printed).not.toMatch(/ERROR|Unexpected fault/);
  });

  test('polling is not spoken', async () => {
    expect((await api.request('/socket.io/?EIO=4&transport=polling')).status).toBe(400);
    expect((await api.request('/socket.io/socket.io.js')).status).toBeGreaterThanOrEqual(400);
  });
});

describe('a reader that stalls', () => {
  test('is left behind with a bounded queue, the others are served, and it converges once it reads again (I27)', async () => {
    const line = await proxy();
    const stalled = display({ address: line.address });
    const steady = display();
    await until(() => stalled.joins.state === 1 && steady.joins.state === 1, 'both have joined');
    line.weather = { stalled: true };
    const before = line.received;
    const words = 'Resus is full. '.repeat(18);
    let made = 0;
    for (let i = 0; i < 60; i++) {
      const body = JSON.stringify({
        readings: Array.from({ length: 2_800 }, () => ({ series: 'm.30@here', observedAt: new Date((moment += 1)).toISOString(), value: words })),
      });
      expect((await api.post('ed', key, body)).status).toBe(201);
      made += body.length;
    }
    const memory = api.memory();
    const head = await seq();
    await steady.provenAt(head);
    expect(stalled.seq).toBeLessThan(head);
    line.weather = {};
    await stalled.provenAt(head);
    // What the system's own buffers held still arrives; a server that queued would send all of it.
    expect(made).toBeGreaterThan(50_000_000);
    expect(line.received - before).toBeLessThan(made / 2);
    expect(memory).toBeLessThan(700_000_000);
    expect([stalled.different, stalled.wentBack, steady.different]).toEqual([0, false, 0]);
  }, 240_000);
});

describe('a store that goes away', () => {
  const ready = async (): Promise<number> => (await api.request('/health/ready')).status;

  test.each([
    ['refuses', { refuse: true }],
    ['hangs', { silent: true }],
  ])(
    'and %s: no beat, no receipt, 503 with Retry-After; afterwards everything goes on and nothing acknowledged is lost (I24, I50)',
    async (_name, weather) => {
      const one = display();
      await one.provenAt(await seq());
      const ledger = new Ledger(`store-${_name}`);
      const writing = ledger.write((id, body) => api.post('ed', key, body, { id, signal: AbortSignal.timeout(20_000) }), 10);
      await until(() => ledger.acked.length > 20, 'some batches are acknowledged');
      store.weather = weather;
      if ('refuse' in weather) store.cut();
      await pause(1_000);
      let beats = 0;
      one.socket.on('board:beat', () => beats++);
      const acked = ledger.acked.length;
      const refused = await api.post('ed', key, { readings: [] }, { id: `down-${_name}` });
      expect(refused.status).toBe(503);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      await until(async () => (await ready()) === 503, 'readiness says that the store is down', 15_000);
      expect(ledger.acked.length - acked).toBeLessThanOrEqual(1);
      expect(beats).toBe(0);
      expect((await api.request('/health/live')).status).toBe(200);
      store.weather = {};
      store.cut();
      await until(async () => (await ready()) === 200, 'the store is back');
      const again = ledger.acked.length;
      await until(() => ledger.acked.length > again + 10, 'batches are acknowledged again');
      ledger.end();
      await writing;
      await ledger.settle((id, body) => api.post('ed', key, body, { id }));
      await one.provenAt(await seq());
      expect((await faultsOf(postgres, url, [ledger])).filter((fault) => !fault.endsWith('was never sent'))).toEqual([]);
    },
    180_000,
  );
});
