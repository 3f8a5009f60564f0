/** What is at the other end, for real and on loopback: an HTTP server that behaves as told, a mail server. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export interface Received {
  path: string;
  headers: http.IncomingHttpHeaders;
  body: string;
}
export type Manner = (nth: number, answer: http.ServerResponse, received: Received) => void;

export const ok: Manner = (_nth, answer) => void answer.writeHead(200).end();
export const status =
  (code: number, headers: http.OutgoingHttpHeaders = {}): Manner =>
  (_nth, answer) =>
    void answer.writeHead(code, headers).end();
export const hang: Manner = () => {};
export const close: Manner = (_nth, answer) => void answer.socket!.destroy();
export const late =
  (ms: number): Manner =>
  (_nth, answer) =>
    void setTimeout(() => answer.writeHead(200).end(), ms);
/** One manner for each request in turn; the last one stays. */
export const inTurn =
  (...manners: Manner[]): Manner =>
  (nth, answer, received) =>
    manners[Math.min(nth, manners.length) - 1]!(nth, answer, received);

export class HttpSink {
  readonly received: Received[] = [];
  manner: Manner = ok;
  #server = http.createServer((request, answer) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      const received = { path: request.url!, headers: request.headers, body };
      this.received.push(received);
      this.manner(this.received.length, answer, received);
    });
  });

  static async start(): Promise<HttpSink> {
    const sink = new HttpSink();
    await new Promise<void>((resolve) => sink.#server.listen(0, '127.0.0.1', resolve));
    return sink;
  }
  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }
  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }
  /** The ids of what came, in order, repeats included. */
  ids(): string[] {
    return this.received.map(({ headers }) => headers['webhook-id'] as string);
  }
  stop(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}

export class MailSink {
  readonly mails: { to: string[]; text: string }[] = [];
  /** Refuses the mail with this answer. */
  refuse: string | undefined;
  /** Takes it and never says so. */
  silent = false;
  #server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData: (stream, session, done) => {
      let text = '';
      stream.setEncoding('utf8');
      stream.on('data', (piece: string) => (text += piece));
      stream.on('end', () => {
        if (this.refuse !== undefined) return done(Object.assign(new Error(this.refuse), { responseCode: 451 }));
        this.mails.push({ to: session.envelope.rcptTo.map(({ address }) => address), text });
        if (!this.silent) done();
      });
    },
  });

  static async start(): Promise<MailSink> {
    const sink = new MailSink();
    sink.#server.on('error', () => {});
    await new Promise<void>((resolve) => sink.#server.listen(0, '127.0.0.1', () => resolve()));
    return sink;
  }
  get url(): string {
    return `smtp://127.0.0.1:${(this.#server.server.address() as AddressInfo).port}`;
  }
  ids(): string[] {
    return this.mails.map(({ text }) => /^X-Message-Id: (.+)\r$/im.exec(text)![1]!);
  }
  stop(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}
