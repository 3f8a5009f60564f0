/** Posts readings over plain keep-alive connections: as cheap as possible, so that the server is what is measured. */
import net from 'node:net';
import { latencies, microseconds } from './machine.mjs';

/** One connection, one request at a time. */
export class Connection {
  #socket;
  #answer = '';
  #waiting;

  constructor(port, key) {
    const credentials = key === undefined ? '' : `Authorization: Bearer ${key}\r\n`;
    this.head = ` HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${credentials}Content-Type: application/json\r\nContent-Length: `;
    this.#socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.setEncoding('latin1').on('data', (text) => this.#read(text));
    this.#socket.on('error', () => {}).on('close', () => this.#settle(0));
  }

  /** Answers the status; 0 when the connection broke. The body is ASCII. */
  post({ route, body }) {
    return new Promise((resolve) => {
      this.#waiting = resolve;
      this.#socket.write(`POST ${route}${this.head}${body.length}\r\n\r\n${body}`, 'latin1');
    });
  }

  close() {
    this.#socket.destroy();
  }

  #read(text) {
    this.#answer += text;
    const end = this.#answer.indexOf('\r\n\r\n');
    if (end < 0) return;
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(this.#answer.slice(0, end))?.[1] ?? 0);
    if (this.#answer.length < end + 4 + length) return;
    const status = Number(this.#answer.slice(9, 12));
    this.#answer = this.#answer.slice(end + 4 + length);
    this.#settle(status);
  }

  #settle(status) {
    const resolve = this.#waiting;
    this.#waiting = undefined;
    resolve?.(status);
  }
}

/**
 * Open loop: `perSecond` posts, whatever the server does. A latency counts from the instant its post was due, so that a stall
 * is not hidden. `make(i, due)` answers route and body.
 */
export async function postOnTime({ connect, perSecond, seconds, make }) {
  const idle = [];
  const all = [];
  const acks = [];
  const under = [];
  let bad = 0;
  const send = async (i, due) => {
    const connection = idle.pop() ?? connect();
    if (!all.includes(connection)) all.push(connection);
    const status = await connection.post(make(i, due));
    if (status === 201) acks.push(microseconds() - due);
    else bad++;
    if (status !== 0) idle.push(connection);
  };
  const total = perSecond * seconds;
  const step = 1e6 / perSecond;
  const begin = microseconds() + 20_000;
  for (let i = 0; i < total;) {
    while (i < total && begin + i * step <= microseconds()) under.push(send(i, Math.round(begin + i++ * step)));
    const waitMs = (begin + i * step - microseconds()) / 1000;
    await new Promise((resolve) => (waitMs > 1.5 ? setTimeout(resolve, waitMs - 1) : setImmediate(resolve)));
  }
  await Promise.all(under);
  for (const connection of all) connection.close();
  return { posts: total, bad, ack: acks.length > 0 ? latencies(acks) : undefined };
}

/** Closed loop: every connection posts its next body as soon as the last one is answered. */
export async function postFlatOut({ connections, seconds, make }) {
  const acks = [];
  let bad = 0;
  const end = performance.now() + seconds * 1000;
  const began = performance.now();
  await Promise.all(
    connections.map(async (connection, lane) => {
      for (let i = 0; performance.now() < end; i++) {
        const post = make(lane, i);
        const sent = microseconds();
        if ((await connection.post(post)) === 201) acks.push(microseconds() - sent);
        else bad++;
      }
    }),
  );
  return { posts: acks.length, perSecond: acks.length / ((performance.now() - began) / 1000), bad, ack: acks.length > 0 ? latencies(acks) : undefined };
}
