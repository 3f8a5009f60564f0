/** A line that can go bad: a TCP proxy in front of a server, for what cables, switches and firewalls do to connections. */
import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';

export interface Weather {
  /** New connections are refused. */
  refuse?: boolean;
  /** Half-open: connections stay up, nothing passes in either direction, nobody is told. */
  silent?: boolean;
  /** What the server sends waits so long, ms. */
  delayMs?: number;
  /** Cut when so many bytes have come from the server on one connection. */
  cutAt?: number;
  /** Bytes a second from the server. */
  rate?: number;
  /** Nothing is read from the server: its buffers fill. */
  stalled?: boolean;
}

export class Proxy {
  #weather: Weather = {};
  #pairs = new Set<{ client: Socket; server: Socket; wake(): void }>();
  /** Bytes that came from the server, of all connections. */
  received = 0;
  connections = 0;

  private constructor(
    private readonly listener: Server,
    private readonly target: () => number,
  ) {
    listener.on('connection', (client) => this.#join(client));
  }

  /** `target` is asked at each connection, so that a server may come back at another port. */
  static async to(target: () => number): Promise<Proxy> {
    const listener = createServer({ allowHalfOpen: true });
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    return new Proxy(listener, target);
  }

  get port(): number {
    return (this.listener.address() as AddressInfo).port;
  }
  get address(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** From now on, also for connections that are open. */
  set weather(weather: Weather) {
    this.#weather = weather;
    for (const pair of this.#pairs) pair.wake();
  }

  /** Cuts everything that is open. */
  cut(): void {
    for (const { client, server } of this.#pairs) {
      client.destroy();
      server.destroy();
    }
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.listener.close(resolve));
  }

  #join(client: Socket): void {
    if (this.#weather.refuse) {
      client.resetAndDestroy();
      return;
    }
    this.connections++;
    const server = connect({ port: this.target(), host: '127.0.0.1', allowHalfOpen: true });
    let wakers: (() => void)[] = [];
    const pair = { client, server, wake: (): void => wakers.splice(0).forEach((wake) => wake()) };
    const change = (): Promise<void> => new Promise((resolve) => wakers.push(resolve));
    this.#pairs.add(pair);
    const end = (): void => {
      this.#pairs.delete(pair);
      client.destroy();
      server.destroy();
      pair.wake();
      wakers = [];
    };
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      socket.on('error', end);
      socket.on('close', end);
    }
    const ended = (): boolean => client.destroyed || server.destroyed;
    void (async () => {
      for await (const chunk of client as AsyncIterable<Buffer>) {
        while (this.#weather.silent && !ended()) await change();
        if (ended()) return;
        server.write(chunk);
      }
      server.end();
    })().catch(end);
    void (async () => {
      let passed = 0;
      for await (const chunk of server as AsyncIterable<Buffer>) {
        this.received += chunk.length;
        while ((this.#weather.silent || this.#weather.stalled) && !ended()) await change();
        const { delayMs, cutAt, rate } = this.#weather;
        if (delayMs) await pause(delayMs);
        if (ended()) return;
        if (cutAt !== undefined && passed + chunk.length > cutAt) {
          client.write(chunk.subarray(0, Math.max(0, cutAt - passed)), end);
          return;
        }
        passed += chunk.length;
        if (!client.write(chunk)) await writable(client);
        if (rate) await pause((chunk.length / rate) * 1000);
        while (this.#weather.stalled && !ended()) await change();
      }
      client.end();
    })().catch(end);
  }
}

/** Until more may be written, or the other end is gone. */
function writable(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      socket.off('drain', go).off('close', go);
      resolve();
    };
    socket.on('drain', go).on('close', go);
  });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
