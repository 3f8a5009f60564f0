/**
 * The feed API over the pure model, in memory: rows are judged and folded by the very rules of the server, without
 * database and sockets. It can be told to misbehave.
 */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { mkdtempSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineBoard, type ProposedDefinition } from '@comm-cell/board/decide/define-board';
import { postStatus } from '@comm-cell/board/decide/post-status';
import { recordReadings, type CandidateRow } from '@comm-cell/board/decide/record-readings';
import { Fold } from '@comm-cell/board/evolve';
import { emptyBoard, type BoardState } from '@comm-cell/board/state';
import { batchBody, statusBody } from '@comm-cell/contract/feed';

export interface Received {
  feed: string;
  key: string;
  size: number;
  first: string | undefined;
}

export class Sink {
  readonly batches: Received[] = [];
  readonly statuses: { feed: string; text: string; level: number | undefined }[] = [];
  readonly states = new Map<string, BoardState>();
  readonly quarantined: string[] = [];
  readonly rejected: string[] = [];
  /** Answers in place of the next ones. */
  readonly misbehave: { status: number; retryAfter?: string; takeFirst?: boolean }[] = [];
  readonly #receipts = new Map<string, string>();
  readonly #keys = new Map<string, { board: string; feed: string }>();
  #server: Server | undefined;
  address = '';
  accessFile = '';

  constructor(readonly boards: readonly ProposedDefinition[]) {
    for (const board of boards) {
      const fold = new Fold(emptyBoard);
      for (const event of defineBoard(emptyBoard, board).events) fold.apply(event, Date.now());
      this.states.set(board.id, fold.finish());
      for (const feed of Object.keys(board.feeds)) this.#keys.set(`key-${board.id}-${feed}`, { board: board.id, feed });
    }
  }

  async start(): Promise<void> {
    const server = (this.#server = createServer((request, response) => {
      void this.#answer(request).then(({ status, body, retryAfter }) => {
        if (retryAfter !== undefined) response.setHeader('retry-after', retryAfter);
        response.writeHead(status, { 'content-type': 'application/json' }).end(body);
      });
    }));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    this.accessFile = join(mkdtempSync(join(tmpdir(), 'sink-')), 'demo-access.json');
    const boards = this.boards.map((board) => ({
      id: board.id,
      wall: '',
      keys: Object.values(board.feeds).map((feed) => ({ provider: feed.provider, feeds: [feed.id], key: `key-${board.id}-${feed.id}` })),
    }));
    writeFileSync(this.accessFile, JSON.stringify({ address: this.address, boards, signIns: [] }), { mode: 0o600 });
  }

  async stop(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise<void>((resolve) => (this.#server ? this.#server.close(() => resolve()) : resolve()));
  }

  async #answer(request: IncomingMessage): Promise<{ status: number; body: string; retryAfter?: string }> {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    if (request.url === '/health/ready') return { status: 200, body: '{}' };
    const [, feedInUrl, what] = /^\/v1\/feeds\/([^/]+)(?:\/(batches|status))?$/.exec(request.url ?? '') ?? [];
    const who = this.#keys.get((request.headers.authorization ?? '').replace('Bearer ', ''));
    if (!who || who.feed !== feedInUrl) return { status: 401, body: JSON.stringify({ title: 'Unauthorized', detail: 'This key does not open this feed.' }) };
    const fault = request.method === 'POST' && what === 'batches' ? this.misbehave.shift() : undefined;
    const refusal = fault && { status: fault.status, body: '{}', ...(fault.retryAfter === undefined ? {} : { retryAfter: fault.retryAfter }) };
    if (refusal && !fault.takeFirst) return refusal;
    const state = this.states.get(who.board)!;
    const definition = state.definition!;
    if (what === undefined) {
      const series = definition.feeds[who.feed]!.series.map((id) => ({
        id,
        unit: definition.metrics[definition.series[id]!.metric]!.unit,
        newestAt: state.series[id] ? new Date(state.series[id].at).toISOString() : null,
        newestValue: state.series[id]?.value ?? null,
      }));
      return { status: 200, body: JSON.stringify({ board: who.board, feed: who.feed, provider: definition.feeds[who.feed]!.provider, series }) };
    }
    const now = Date.now();
    const fold = new Fold(state);
    if (what === 'status') {
      const { text: said, level, until } = statusBody.parse(JSON.parse(text));
      const decided = postStatus(
        state,
        { feed: who.feed, text: said, ...(level === undefined ? {} : { level }), ...(until === undefined ? {} : { until: Date.parse(until) }) },
        now,
      );
      if ('refused' in decided.outcome) return { status: 422, body: JSON.stringify({ detail: decided.outcome.refused.detail }) };
      for (const event of decided.events) fold.apply(event, now);
      this.states.set(who.board, fold.finish());
      this.statuses.push({ feed: who.feed, text: said, level });
      return { status: 200, body: '{}' };
    }
    const key = String(request.headers['idempotency-key']);
    const known = this.#receipts.get(key);
    if (known !== undefined) return { status: 200, body: known };
    const { readings } = batchBody.parse(JSON.parse(text));
    const rows: CandidateRow[] = readings.map((row, index) => ({
      row: index,
      series: row.series,
      at: Date.parse(row.observedAt),
      value: row.value ?? null,
      rev: row.revision ?? 0,
      ...(row.unit === undefined ? {} : { unit: row.unit }),
      ...(row.notReported === undefined ? {} : { why: row.notReported }),
    }));
    const { events, outcome } = recordReadings(state, { feed: who.feed, batch: key, rows, unreadable: [] }, new Map(), now);
    for (const event of events) fold.apply(event, now);
    this.states.set(who.board, fold.finish());
    for (const one of outcome.quarantined) this.quarantined.push(`${one.series} ${one.reason}`);
    for (const one of outcome.rejected) this.rejected.push(`${one.code} ${one.detail}`);
    this.batches.push({ feed: who.feed, key, size: readings.length, first: readings[0]?.observedAt });
    const receipt = JSON.stringify({ batchId: key, epoch: 'sink', fromSeq: 1, toSeq: 1, ...outcome });
    this.#receipts.set(key, receipt);
    return refusal ?? { status: 201, body: receipt };
  }
}
