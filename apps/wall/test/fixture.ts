/** A stand-in for the API: serves the built page under the real content policy and speaks the live protocol. */
import { gzipSync } from 'node:zlib';
import { comeDue } from '@comm-cell/board/decide/react';
import { Fold } from '@comm-cell/board/evolve';
import type { BoardEvent, Entry } from '@comm-cell/board/events';
import { type BoardState, stateText } from '@comm-cell/board/state';
import { BEAT_MS, PROTOCOL, type BeatMessage, type ClientMessages, type ServerMessages } from '@comm-cell/contract/live';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { Server } from 'socket.io';
import { SCENARIOS, happen, noise, scene, valueFor } from './scenarios.js';

export const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self' ws: wss:; require-trusted-types-for 'script'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

interface Board {
  epoch: string;
  seq: number;
  state: BoardState;
  entries: Entry[];
  beats: boolean;
  spoilt: boolean;
  build: string;
}

export interface Fixture {
  url: string;
  boards: Map<string, Board>;
  drawn: { board: string; seq: number; hash: string; at: number }[];
  /** Serverside time offset, to stand in for a device whose clock is off. */
  offsetMs: number;
  /** Refuse sockets and pages without a session until one was posted. */
  needsToken: boolean;
  /** Something happened; `silent`: the displays are not told, as if the message were lost. */
  emit(board: string, events: BoardEvent[], silent?: boolean): void;
  /** Sends entries that this server itself does not fold, as a newer one would. */
  tell(board: string, entries: Entry[]): void;
  beat(board: string): void;
  close(): Promise<void>;
}

/** @public Loaded by serve.mjs through Vite, which reads TypeScript. */
export async function serve(dist: string, source: string, port: number): Promise<Fixture> {
  const boards = new Map<string, Board>();
  const offset = { ms: 0 };
  const now = (): number => Date.now() + offset.ms;
  for (const id of SCENARIOS)
    boards.set(id, { epoch: `${id}-1`, seq: 1_000, state: scene(id, source, now()), entries: [], beats: true, spoilt: false, build: '' });
  let needsToken = false;
  let session = false;
  const drawn: Fixture['drawn'] = [];

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url!, 'http://fixture');
    const json = (status: number, body: unknown): void => void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (pathname === '/v1/boards')
      return json(
        200,
        [...boards].map(([id, { state }]) => ({ id, name: state.definition!.name, simulated: state.definition!.simulated })),
      );
    if (pathname === '/v1/displays/session') {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      session = (JSON.parse(body) as { token: string }).token === 'letmein';
      return json(session ? 200 : 401, {});
    }
    const file = normalize(extname(pathname) ? pathname : '/index.html');
    try {
      const body = await readFile(join(dist, file));
      response
        .writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream', 'content-security-policy': POLICY, 'cache-control': 'no-store' })
        .end(body);
    } catch {
      response.writeHead(404).end();
    }
  }
  const http = createServer((request, response) => void answer(request, response));
  const io = new Server<ClientMessages, ServerMessages>(http, { transports: ['websocket'], serveClient: false });
  io.use((_socket, next) => (needsToken && !session ? next(Object.assign(new Error('needs a token'), { data: { code: 'needs-token' } })) : next()));
  const hashOf = (board: Board): string => createHash('sha256').update(stateText(board.state)).digest('hex');
  const beatOf = (id: string, board: Board): BeatMessage => ({
    board: id,
    protocol: PROTOCOL,
    epoch: board.epoch,
    seq: board.seq,
    hash: board.spoilt ? 'f'.repeat(64) : hashOf(board),
    serverTime: now(),
    build: board.build,
  });
  io.on('connection', (socket) => {
    socket.on('board:join', ({ board: id, epoch, since }, reply) => {
      const board = boards.get(id);
      if (!board) return reply({ ok: false, code: 'unknown-board', detail: '' });
      void socket.join(id);
      const known = { ok: true, epoch: board.epoch, seq: board.seq, serverTime: now(), build: board.build } as const;
      const first = board.entries[0]?.seq ?? board.seq + 1;
      if (epoch === board.epoch && since !== undefined && since >= first - 1)
        reply({ ...known, from: since + 1, events: board.entries.filter(({ seq }) => seq > since) });
      else reply({ ...known, packed: gzipSync(JSON.stringify(board.state)), packedAt: board.seq, events: [] });
      if (board.beats) socket.emit('board:beat', beatOf(id, board));
    });
    socket.on('board:drawn', (report) => void (drawn.length < 10_000 && drawn.push(report)));
  });
  const beat = (id: string): void => void io.to(id).emit('board:beat', beatOf(id, boards.get(id)!));
  const timer = setInterval(() => {
    for (const [id, board] of boards) if (board.beats) beat(id);
  }, BEAT_MS);

  function emit(id: string, events: BoardEvent[], silent = false): void {
    const board = boards.get(id)!;
    const fold = new Fold(board.state);
    const at = now();
    const led = events.length > 0 ? events.flatMap((event) => happen(fold, event, at)) : comeDue(fold, at);
    if (led.length === 0) return;
    board.state = fold.finish();
    const entries = led.map((event, i) => ({ seq: board.seq + 1 + i, at, event }));
    board.seq += entries.length;
    board.entries = [...board.entries, ...entries].slice(-500);
    if (!silent) io.to(id).emit('board:batch', { board: id, from: entries[0]!.seq, to: board.seq, events: entries });
  }
  const tell = (id: string, entries: Entry[]): void =>
    void io.to(id).emit('board:batch', { board: id, from: entries[0]!.seq, to: entries.at(-1)!.seq, events: entries });
  // The usual board lives: a few readings every second, as from a real system.
  const random = noise('life');
  const life = setInterval(() => {
    // No events: what time alone brings about.
    for (const id of boards.keys()) emit(id, []);
    const { state } = boards.get('usual')!;
    const definition = state.definition!;
    const feeds = Object.values(definition.feeds).filter(({ expected }) => 'everyMs' in expected && expected.everyMs <= 3_600_000);
    const feed = feeds[Math.floor(random() * feeds.length)]!;
    const readings = feed.series.flatMap((id) => {
      const metric = definition.metrics[definition.series[id]!.metric]!;
      if (metric.kind === 'text') return [];
      const before = state.series[id]?.value;
      const value = typeof before === 'number' ? before * (1 + (random() - 0.5) * 0.03) : valueFor(definition.series[id]!, 'ok', random);
      return [{ series: id, at: now() - 2_000, value: Number(value.toFixed(metric.decimals)) }];
    });
    if (readings.length > 0) emit('usual', [{ kind: 'ReadingsRecorded', feed: feed.id, batch: `life-${now()}`, readings }]);
  }, 1_000);

  await new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve));
  const address = http.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : port}`,
    boards,
    drawn,
    get offsetMs() {
      return offset.ms;
    },
    set offsetMs(ms) {
      offset.ms = ms;
    },
    get needsToken() {
      return needsToken;
    },
    set needsToken(value) {
      needsToken = value;
    },
    emit,
    tell,
    beat,
    async close() {
      clearInterval(timer);
      clearInterval(life);
      await io.close();
    },
  };
}
