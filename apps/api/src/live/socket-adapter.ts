import { type INestApplicationContext, Logger } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { Displays } from '../access/displays.js';
import { renewedCookie } from '../access/displays-paired.js';
import type { IncomingMessage } from 'node:http';
import type { Server, ServerOptions, Socket } from 'socket.io';

/** More new displays in a second than this are asked to come back: a storm must not starve those that are in. */
const HANDSHAKES_A_SECOND = 500;

/** socket.io as the live protocol wants it: websocket only, own origin only, small messages, quick to notice. */
export class SocketAdapter extends IoAdapter {
  readonly #displays: Displays;
  readonly #log = new Logger('Live');
  #second = 0;
  #handshakes = 0;

  constructor(app: INestApplicationContext) {
    super(app);
    this.#displays = app.get(Displays);
  }

  override createIOServer(port: number, options?: ServerOptions): Server {
    const server = super.createIOServer(port, {
      ...options,
      transports: ['websocket'],
      serveClient: false,
      perMessageDeflate: false,
      maxHttpBufferSize: 64 * 1024,
      pingInterval: 10_000,
      pingTimeout: 8_000,
      connectTimeout: 10_000,
      allowRequest: (request, callback) => {
        const second = Math.floor(performance.now() / 1000);
        if (second !== this.#second) [this.#second, this.#handshakes] = [second, 0];
        if (++this.#handshakes > HANDSHAKES_A_SECOND) return callback('busy, come back in a moment', false);
        if (!this.#displays.isOwnOrigin(request.headers.origin, request.headers.host)) return callback('foreign origin', false);
        callback(null, true);
      },
    } as ServerOptions) as Server;
    sendInOnePiece(server);
    // Browsers keep a cookie for 400 days at most: a paired screen gets it anew whenever it connects, so that it never logs out by itself.
    server.engine.on('initial_headers', (headers: Record<string, string>, { headers: { cookie } }: IncomingMessage) => {
      const renewed = renewedCookie(cookie);
      if (renewed !== undefined) headers['set-cookie'] = renewed;
    });
    return server;
  }

  /**
   * Handlers answer by the acknowledgement themselves, so nothing is to be made of what they return. A stream for each message of
   * each display, as there is by default, would cost a thousand displays six megabytes.
   */
  override bindMessageHandlers(socket: Socket, handlers: readonly { message: string; callback(data: unknown, answer: unknown): unknown }[]): void {
    for (const { message, callback } of handlers) {
      socket.on(message, (...sent: unknown[]) => {
        const answer = typeof sent.at(-1) === 'function' ? sent.pop() : undefined;
        new Promise((resolve) => resolve(callback(sent[0], answer))).catch((error: unknown) => this.#log.error(error));
      });
    }
  }
}

/** What of socket.io's adapter makes the frame that goes to all of a room. */
type Framing = new (...of: unknown[]) => { _encode(packet: unknown, options: { wsPreEncodedFrame?: Buffer[] }): unknown };

/**
 * What goes to many is framed once, but in two pieces, head and body, and the kernel is handed both at every display: in one piece
 * a delivery is cheaper. An adapter of a later release that frames otherwise goes on as it does.
 */
export function sendInOnePiece(server: Server): void {
  const Plain = server.adapter() as unknown as Framing;
  class InOnePiece extends Plain {
    override _encode(packet: unknown, options: { wsPreEncodedFrame?: Buffer[] }): unknown {
      const encoded = super._encode(packet, options);
      if (options.wsPreEncodedFrame) options.wsPreEncodedFrame = [Buffer.concat(options.wsPreEncodedFrame)];
      return encoded;
    }
  }
  server.adapter(InOnePiece as unknown as Parameters<Server['adapter']>[0]);
}
