/**
 * The whole path by hand: node http → group commit → every display. No rules, no keys, no journal, no state: what
 * the machine itself allows. `bare.mjs ws` writes one ready-made frame to every socket, `bare.mjs socket.io` emits to a room.
 */
import http from 'node:http';
import pg from 'pg';
import { GroupCommit } from './group-commit.mjs';
import { batchOf } from './batch.mjs';

const [kind] = process.argv.slice(2);
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 4 });
const server = http.createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', async () => {
    const { success, data } = batchOf.safeParse(JSON.parse(Buffer.concat(chunks).toString()));
    if (success) await commits.push(data.readings);
    const body = success ? `{"accepted":${data.readings.length}}` : '{}';
    response.writeHead(success ? 201 : 422, { 'content-type': 'application/json', 'content-length': body.length });
    response.end(body);
  });
});

const broadcast = kind === 'ws' ? await plainSockets() : await socketIo();
const commits = new GroupCommit(pool, broadcast);
server.listen(0, '127.0.0.1', () => process.send({ ready: true, port: server.address().port }));

async function plainSockets() {
  const { Sender, WebSocketServer } = await import('ws');
  const sockets = new WebSocketServer({ server, perMessageDeflate: false });
  return (readings) => {
    const frame = Buffer.concat(Sender.frame(Buffer.from(JSON.stringify({ readings })), { readOnly: false, mask: false, rsv1: false, opcode: 1, fin: true }));
    for (const socket of sockets.clients) if (socket.readyState === 1) socket._socket.write(frame);
  };
}

async function socketIo() {
  const { Server } = await import('socket.io');
  const io = new Server(server, { transports: ['websocket'], serveClient: false, perMessageDeflate: false });
  io.on('connection', (socket) => socket.join('board'));
  return (readings) => io.to('board').emit('delta', { readings });
}
