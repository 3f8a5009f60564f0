/** How much the server keeps for a display that does not read: measured inside, with the real fan-out, keeper and journal (I27). */
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { recordReadings } from '@comm-cell/board/decide/record-readings';
import { Server } from 'socket.io';
import { prepareBoard, until } from '../../../tests/support/api.js';
import { smallBoard } from '../../../tests/support/boards.js';
import { startPostgres, type TestPostgres } from '../../../tests/support/postgres.js';
import { openSocket } from '../../../tests/support/socket.js';
import { Journal } from '../src/journal/journal.js';
import { BoardKeeper } from '../src/keeper/board-keeper.js';
import { FanOut, type LiveServer, type LiveSocket, roomOf, unsentBytes } from '../src/live/fan-out.js';
import { sendInOnePiece } from '../src/live/socket-adapter.js';

const LIMIT = 256 * 1024;
const ROWS = 3_000;
const BATCHES = 80;

let postgres: TestPostgres;
let journal: Journal;
let keeper: BoardKeeper;
beforeAll(async () => {
  postgres = await startPostgres();
  const url = await postgres.database();
  await prepareBoard(url, smallBoard({ series: 30 }));
  journal = new Journal(url);
  const { board, ...head } = (await journal.heads())[0]!;
  keeper = new BoardKeeper(board, journal, head);
  await keeper.load(() => {});
});
afterAll(async () => {
  await journal.close();
  await postgres.stop();
});

let moment = Date.now() - 20 * 3_600_000;
function submit(): ReturnType<typeof keeper.submit> {
  const rows = Array.from({ length: ROWS }, (_, row) => ({ row, series: `m.${1 + (row % 30)}@here`, at: (moment += 1), value: row, rev: 0 }));
  return keeper.submit({
    source: 'ed',
    rows: ROWS,
    decide: (state, known, at) => recordReadings(state, { feed: 'ed', batch: 'many', rows, unreadable: [] }, known, at),
  });
}

/** A display that joins the room and then stops reading; `send` is what carries the events to it. */
async function mostUnsent(attach: (server: LiveServer) => () => void): Promise<{ most: number; behind(): Promise<void>; close(): Promise<void> }> {
  const http = createServer();
  const server: LiveServer = new Server(http, { transports: ['websocket'], perMessageDeflate: false });
  let display: LiveSocket | undefined;
  server.on('connection', (socket) => {
    display = socket;
    socket.data.board = keeper.board;
    void socket.join(roomOf(keeper.board));
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const detach = attach(server);
  const client = connect((http.address() as AddressInfo).port, '127.0.0.1');
  const headers = ['Host: here', 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='];
  client.write(['GET /socket.io/?EIO=4&transport=websocket HTTP/1.1', ...headers, '', ''].join('\r\n'));
  await new Promise((resolve) => client.once('data', resolve));
  // One masked frame with the text "40": connect to the default namespace.
  client.write(Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x34, 0x30]));
  await until(() => display !== undefined, 'the display is connected');
  let told = false;
  client.on('data', (bytes: Buffer) => (told ||= bytes.includes('board:behind'))).pause();
  let most = 0;
  for (let i = 0; i < BATCHES; i++) {
    await submit();
    most = Math.max(most, unsentBytes(display!));
  }
  return {
    most,
    async behind() {
      client.resume();
      await until(() => told, 'the display is told that it is behind');
    },
    async close() {
      client.destroy();
      detach();
      await server.close();
    },
  };
}

test('no more than 256 kB and the batch in hand wait for a display that does not read; once it reads it is told to join again', async () => {
  const stalled = await mostUnsent((server) => {
    const fanOut = new FanOut(
      server,
      'test',
      () => [keeper],
      () => Promise.resolve(),
    );
    fanOut.follow(keeper);
    return () => fanOut.stop();
  });
  const batch = JSON.stringify(keeper.recentAfter(keeper.snapshot.head.seq - 1)).length + 1_000;
  expect(stalled.most).toBeGreaterThan(0);
  expect(stalled.most).toBeLessThanOrEqual(LIMIT + batch);
  await stalled.behind();
  await stalled.close();
});

test('positive control: what socket.io alone keeps for the same display has no bound', async () => {
  const stalled = await mostUnsent((server) =>
    keeper.subscribe((events) => void server.to(roomOf(keeper.board)).emit('board:batch', { board: keeper.board, from: 0, to: 0, events: [...events] })),
  );
  expect(stalled.most).toBeGreaterThan(4 * LIMIT);
  await stalled.close();
});

/** In how many pieces the socket of a display is handed a message to all of its room, which it then has to read whole. */
async function pieces(make: (server: Server) => void): Promise<number> {
  const http = createServer();
  const server = new Server(http, { transports: ['websocket'], perMessageDeflate: false });
  make(server);
  let written: string[] = [];
  server.on('connection', (socket) => {
    const { _socket: stream } = (socket.conn as unknown as { transport: { socket: { _socket: NodeJS.WritableStream } } }).transport.socket;
    const write = stream.write.bind(stream) as (...of: unknown[]) => boolean;
    stream.write = ((...of: unknown[]) => (written.push(String(of[0])), write(...of))) as typeof stream.write;
    void socket.join('room');
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { socket: client } = await openSocket(`http://127.0.0.1:${(http.address() as AddressInfo).port}`, {});
  const read: unknown[] = [];
  client.on('said', (what: unknown) => read.push(what));
  await until(() => server.sockets.adapter.rooms.has('room'), 'the display is in the room');
  const said = { words: 'Mae’r cleifion yn aros', many: 'x'.repeat(70_000) };
  written = [];
  server.to('room').emit('said', said);
  await until(() => read.length > 0, 'the display has read it');
  expect(read).toEqual([said]);
  const count = written.length;
  client.disconnect();
  await server.close();
  return count;
}

test('what goes to many is handed over in one piece; by socket.io alone in two', async () => {
  expect(await pieces(sendInOnePiece)).toBe(1);
  expect(await pieces(() => {})).toBe(2);
});
