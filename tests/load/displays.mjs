/**
 * N raw displays in one process, as cheap as possible and alike for every server: they read frames, answer pings, and look for
 * the value of a reading, which tells the instant at which it was due (stampOf).
 *   displays.mjs {"kind":"live" | "socket.io" | "ws","port":…,"count":…,"board":…,"cookie":…,"again":true,"find":…}
 * `find`: only the value behind each such text counts.
 */
import { randomBytes } from 'node:crypto';
import net from 'node:net';
import { latencies, microseconds, WRAP } from './machine.mjs';

const { kind, port, count, board, cookie, again = false, find = '"value":' } = JSON.parse(process.argv[2]);
const PATH = kind === 'ws' ? '/' : '/socket.io/?EIO=4&transport=websocket';
const CONNECT_AT_ONCE = 50;
/** As the wall does: half a second at first, then with full jitter up to 15 s. */
const RETRY_FIRST_MS = 500;
const RETRY_MOST_MS = 15_000;

let late = [];
let joined = 0;
let frames = 0;
let bytes = 0;
const standing = new Set();

class Display {
  epoch;
  seq;
  #socket;
  #unread = Buffer.alloc(0);
  #upgraded = false;
  #attempts = 0;

  /** Resolves when the display stands: connected, and its join answered. */
  connect() {
    return new Promise((resolve) => {
      this.stands = resolve;
      this.#open();
    });
  }

  #open() {
    this.#upgraded = false;
    this.#unread = Buffer.alloc(0);
    const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket = socket;
    socket.on('connect', () => {
      const lines = [`GET ${PATH} HTTP/1.1`, `Host: 127.0.0.1:${port}`, 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'];
      lines.push(`Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`, ...(cookie ? [`Cookie: ${cookie}`] : []));
      socket.write(`${lines.join('\r\n')}\r\n\r\n`);
    });
    socket.on('data', (chunk) => this.#read(chunk));
    socket.on('error', () => {});
    socket.on('close', () => this.#closed());
  }

  /** Turned away at the door, a display comes again; one that stood does so if it was told to. */
  #closed() {
    if (standing.delete(this) && !again) return;
    const most = Math.min(RETRY_MOST_MS, RETRY_FIRST_MS * 2 ** this.#attempts++);
    setTimeout(() => this.#open(), RETRY_FIRST_MS + Math.random() * (most - RETRY_FIRST_MS));
  }

  #read(chunk) {
    let data = this.#unread.length > 0 ? Buffer.concat([this.#unread, chunk]) : chunk;
    if (!this.#upgraded) {
      const end = data.indexOf('\r\n\r\n');
      if (end >= 0 && !data.latin1Slice(0, 12).endsWith('101')) return this.#socket.destroy();
      if (end >= 0) {
        this.#upgraded = true;
        data = data.subarray(end + 4);
        if (kind === 'ws') this.#stand();
      }
    }
    while (this.#upgraded && data.length >= 2) {
      const short = data[1] & 127;
      const head = short === 126 ? 4 : short === 127 ? 10 : 2;
      if (data.length < head) break;
      const length = short === 126 ? data.readUInt16BE(2) : short === 127 ? Number(data.readBigUInt64BE(2)) : short;
      if (data.length < head + length) break;
      this.#message(data, head, head + length);
      data = data.subarray(head + length);
    }
    this.#unread = data;
  }

  #message(data, from, to) {
    bytes += to - from;
    if (kind === 'ws') return this.#delta(data.latin1Slice(from, to));
    const type = data.latin1Slice(from, Math.min(to, from + 3));
    if (type.startsWith('42')) this.#delta(data.latin1Slice(from, to));
    else if (type === '2') this.#send('3');
    else if (type.startsWith('0')) this.#send('40');
    else if (type.startsWith('40')) this.#welcomed();
    else if (type === '430' || type === '461') this.#answered(data.latin1Slice(from, Math.min(to, from + 200)));
  }

  #welcomed() {
    if (kind !== 'live') return this.#stand();
    const known = this.epoch === undefined ? {} : { epoch: this.epoch, since: this.seq };
    this.#send(`420${JSON.stringify(['board:join', { protocol: 2, board, ...known }])}`);
  }

  #answered(start) {
    const [, epoch, , seq] = /"ok":true,"epoch":"([^"]+)"(,"from":\d+)?,"seq":(\d+)/.exec(start) ?? [];
    if (epoch === undefined) return this.#socket.destroy();
    this.epoch = epoch;
    this.seq = Number(seq);
    this.#stand();
  }

  #stand() {
    this.#attempts = 0;
    joined++;
    standing.add(this);
    this.stands();
  }

  #delta(text) {
    frames++;
    const now = microseconds();
    if (kind === 'live' && again) this.seq = Number(/"to":(\d+)/.exec(text)?.[1] ?? this.seq);
    for (let at = text.indexOf(find); at >= 0; at = text.indexOf(find, at)) {
      at = text.indexOf('"value":', at) + 8;
      late.push((now - Number.parseInt(text.slice(at, at + 10), 10) + WRAP) % WRAP);
    }
  }

  /** Frames of a client are masked; a mask of zeros is one. */
  #send(text) {
    const payload = Buffer.from(text);
    const head = payload.length < 126 ? [0x81, 0x80 | payload.length] : [0x81, 0xfe, payload.length >> 8, payload.length & 255];
    this.#socket.write(Buffer.concat([Buffer.from([...head, 0, 0, 0, 0]), payload]));
  }
}

process.on('message', (message) => {
  if (message.reset) {
    late = [];
    frames = bytes = joined = 0;
    process.send({ reset: true });
  }
  if (message.report)
    process.send({ report: { got: late.length, frames, bytes, joined, standing: standing.size, late: late.length > 0 ? latencies(late) : undefined } });
});
process.on('disconnect', () => process.exit());

const began = performance.now();
const displays = Array.from({ length: count }, () => new Display());
if (again) await Promise.all(displays.map((display) => display.connect()));
else for (let i = 0; i < count; i += CONNECT_AT_ONCE) await Promise.all(displays.slice(i, i + CONNECT_AT_ONCE).map((display) => display.connect()));
process.send({ connected: standing.size, connectMs: performance.now() - began });
