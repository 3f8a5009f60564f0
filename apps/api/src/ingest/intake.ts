/**
 * The one way of a delivery, whichever door it came by: read, judge, journal, answer with a receipt, log. Doors differ in who may
 * knock and in what may be in the parcel, not in what is done with it.
 */
import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { BoardId, FeedId } from '@comm-cell/board/definition';
import type { Decision } from '@comm-cell/board/decide/decision';
import { recordHistory } from '@comm-cell/board/decide/record-history';
import { type KnownReadings, lateRows, type ReadingsOutcome, recordReadings } from '@comm-cell/board/decide/record-readings';
import type { Person } from '@comm-cell/board/events';
import type { BoardState } from '@comm-cell/board/state';
import type { Receipt } from '@comm-cell/contract/feed';
import type { FeedMap, FileReceipt, JudgedRow, PayloadLine } from '@comm-cell/contract/feeds';
import { Refusal } from '../access/refusal.js';
import type { BoardKeeper, Placed } from '../keeper/board-keeper.js';
import { Keepers } from '../keeper/keepers.js';
import type { Payload } from './adapters/adapter.js';
import { adapterFor, CONTENT_TYPES } from './adapters/registry.js';
import { FeedMaps } from './feed-maps.js';
import { tableOf } from './files/look.js';
import { type MappedFile, mapRows } from './files/map-rows.js';
import { HistoryLane } from './history-lane.js';
import { rfcMoment } from './moments.js';
import { NameBook } from './name-book.js';
import { PayloadLog } from './payload-log.js';
import type { RawBody } from './raw-body.js';

export interface Delivery {
  board: BoardId;
  feed: FeedId;
  door: PayloadLine['door'];
  body: RawBody | undefined;
  /** A key's id, or the person who sends it. */
  sender: string | Person;
  /** Idempotency-Key. */
  key?: string | undefined;
  dryRun: boolean;
  /** A map that is being tried, in place of the saved one. */
  map?: FeedMap;
}

export interface Answered {
  status: number;
  receipt: FileReceipt;
}

const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,200}$/;
/** Types whose names are looked up in the feed's map. */
const PLAIN_TYPES = new Set(['application/json', 'text/csv', 'application/x-ndjson', 'application/ndjson', 'application/jsonl']);

function receiptOf(batchId: string, outcome: ReadingsOutcome, placed: Placed): Receipt {
  const { received, accepted, duplicate, rejected, quarantined } = outcome;
  return { batchId, epoch: placed.epoch, fromSeq: placed.fromSeq, toSeq: placed.toSeq, received, accepted, duplicate, rejected, quarantined };
}

/** A batch of which nothing at all could be used is an error to its sender, receipt or no receipt. */
function statusOf(outcome: ReadingsOutcome): number {
  return outcome.received > 0 && outcome.rejected.length === outcome.received ? 422 : 201;
}

/** What became of every row, for a dry run. */
function itemised({ judged = [], rejected, quarantined }: ReadingsOutcome): JudgedRow[] {
  const placed = ({ row, column }: { row: number; column?: string }): string => `${row} ${column ?? ''}`;
  const details = new Map([...rejected, ...quarantined].map((one) => [placed(one), one.detail]));
  const rows: JudgedRow[] = judged.map(({ row, verdict }) => {
    const detail = details.get(placed(row)) ?? row.why;
    const { series, at, value } = row;
    return {
      row: row.row,
      ...(row.column === undefined ? {} : { column: row.column }),
      verdict,
      series,
      at,
      value,
      ...(detail === undefined ? {} : { detail }),
    };
  });
  const known = new Set(rows.map(placed));
  for (const { row, column, detail, code } of rejected)
    if (code !== 'whole-file' && !known.has(placed({ row, ...(column === undefined ? {} : { column }) })))
      rows.push({ row, ...(column === undefined ? {} : { column }), verdict: 'refused', detail });
  return rows.sort((a, b) => a.row - b.row);
}

/**
 * What makes a delivery the same again. The same bytes by the door of history, or of another moment that only a header names, are
 * another delivery: taken for a repetition, they would be acknowledged and be nowhere.
 */
function meaningOf({ door }: Delivery, body: RawBody): Buffer {
  const stated = body.headers['observed-at'];
  if (door !== 'history' && stated === undefined) return body.hash;
  return createHash('sha256')
    .update(JSON.stringify([door === 'history', stated ?? null]))
    .update(body.hash)
    .digest();
}

@Injectable()
export class Intake {
  /** The series of each feed's last delivery, as the board writes them. */
  readonly #names = new Map<string, readonly (string | undefined)[]>();

  constructor(
    private readonly keepers: Keepers,
    private readonly maps: FeedMaps,
    private readonly lane: HistoryLane,
    private readonly log: PayloadLog,
  ) {}

  keeper(board: BoardId): BoardKeeper {
    const keeper = this.keepers.get(board);
    if (!keeper?.snapshot.state.definition)
      throw new Refusal(503, 'not-ready', 'The board of this feed is not ready.', 'Try again in a moment.', undefined, {}, 2);
    return keeper;
  }

  /** Throws a Refusal for what cannot be used as a whole. Either way it stands in the feed's log. */
  async take(delivery: Delivery): Promise<Answered> {
    const { body, dryRun } = delivery;
    if (!body)
      throw new Refusal(415, 'no-body', 'The request has no body that can be read.', 'Send the readings with a Content-Type of application/json or text/csv.');
    const sent = { batch: null as string | null };
    const log = (status: number, told: object, verdict: PayloadLine['verdict']): void => {
      if (dryRun) return;
      const { board, feed, door, sender } = delivery;
      const name = typeof sender === 'string' ? sender : sender.name;
      this.log.keep({ board, feed, door, body, sender: name, batch: sent.batch, status, verdict, told: told as Record<string, unknown> });
    };
    try {
      const work = (): Promise<Answered & { repeated: boolean }> => this.#take(delivery, body, sent);
      const { repeated, ...answered } = await (delivery.door === 'history' ? work() : this.lane.live(work));
      const { rejected, quarantined } = answered.receipt;
      log(answered.status, answered.receipt, repeated ? 'repeated' : rejected.length + quarantined.length > 0 ? 'partly' : 'accepted');
      return answered;
    } catch (error) {
      if (error instanceof Refusal && error.status < 500)
        log(
          error.status,
          { code: error.code, title: error.title, detail: error.mend, ...error.extra, ...(error.errors ? { errors: error.errors } : {}) },
          'refused',
        );
      throw error;
    }
  }

  async #take(delivery: Delivery, body: RawBody, sent: { batch: string | null }): Promise<Answered & { repeated: boolean }> {
    const { board, feed, door, dryRun, sender } = delivery;
    const keeper = this.keeper(board);
    const { payload, name, bodyHash } = await this.#read(delivery, body, keeper.snapshot.state);
    const batchId = delivery.key ?? name();
    if (!IDEMPOTENCY_KEY.test(batchId))
      throw new Refusal(400, 'idempotency-key', 'The Idempotency-Key cannot be used.', 'It has 1 to 200 visible ASCII characters, such as a UUID.');
    sent.batch = batchId;
    this.#useOwnNames(payload, keeper.snapshot.state, `${board} ${feed}`);
    const count = payload.rows.length + payload.unreadable.length;
    const declared = body.headers['reading-count'];
    if (declared !== undefined && declared !== String(count))
      throw new Refusal(
        422,
        'count-differs',
        `The header Reading-Count says ${declared.slice(0, 20)}, but there are ${count} readings.`,
        'Some may be missing: send it whole.',
      );

    const by = typeof sender === 'string' ? {} : { by: sender };
    const command = {
      feed,
      batch: batchId,
      rows: payload.rows,
      unreadable: payload.unreadable,
      ...by,
      whole: door === 'files',
      itemise: dryRun && door === 'files',
    };
    const isHistory = door === 'history';
    const decide = (state: BoardState, known: KnownReadings, at: number): Decision<ReadingsOutcome> =>
      isHistory ? recordHistory(state, command, known, at) : recordReadings(state, command, known, at);
    const submission = {
      source: typeof sender === 'string' ? feed : `person:${sender.id}`,
      rows: payload.rows.length,
      late: (state: BoardState) => (isHistory ? payload.rows : lateRows(state, payload.rows)),
      decide,
    };
    const more = 'leftOut' in payload && payload.leftOut.length > 0 ? { leftOut: payload.leftOut } : {};
    if (dryRun) {
      const outcome = await keeper.preview(submission);
      const receipt = receiptOf(batchId, outcome, { epoch: keeper.snapshot.head.epoch, fromSeq: null, toSeq: null });
      return { status: 200, receipt: { ...receipt, dryRun: true, ...(outcome.judged ? { rows: itemised(outcome) } : {}), ...more }, repeated: false };
    }
    const submit = (): ReturnType<typeof keeper.submit<ReadingsOutcome>> =>
      keeper.submit({
        ...submission,
        receipt: {
          feed,
          key: batchId,
          bodyHash,
          write: (outcome: ReadingsOutcome, placed: Placed) => ({
            status: statusOf(outcome),
            text: JSON.stringify({ ...receiptOf(batchId, outcome, placed), ...more }),
          }),
        },
      });
    const submitted = await (isHistory ? this.lane.history(payload.rows.length, submit) : submit());
    if (!submitted.repeated) {
      return { ...this.#answer({ ...receiptOf(batchId, submitted.outcome, submitted.placed), ...more }, statusOf(submitted.outcome), door), repeated: false };
    }
    if (!submitted.receipt.bodyHash.equals(bodyHash)) {
      throw new Refusal(
        422,
        'key-reused',
        'This Idempotency-Key was used for another body.',
        'Use a new key for new content; repeat a key only with the very same body.',
      );
    }
    const { status, text } = submitted.receipt;
    return { ...this.#answer(JSON.parse(text) as FileReceipt, status === 201 ? 200 : status, door), repeated: true };
  }

  /**
   * Puts the board's own string in place of the equal one that was sent. A series is looked up a dozen times from here on, and a
   * string fresh from a parser is searched among all strings of the process every time. Most deliveries of a feed name the same
   * series in the same order, and to compare is cheaper than to search.
   */
  #useOwnNames({ rows }: Payload | MappedFile, { definition }: BoardState, feed: string): void {
    const before = this.#names.get(feed) ?? [];
    const own = rows.map(({ series }, i) => (series === before[i] ? before[i] : definition!.series[series]?.id));
    rows.forEach((row, i) => (row.series = own[i] ?? row.series));
    this.#names.set(feed, own);
  }

  #answer(given: FileReceipt, status: number, door: Delivery['door']): Answered {
    if (status !== 422) return { status, receipt: given };
    const whole = door === 'files';
    throw new Refusal(
      422,
      whole ? 'file-refused' : 'nothing-usable',
      whole ? 'The file was not stored: some of its figures cannot be used.' : 'No reading of this batch can be used; nothing was stored.',
      whole ? 'Each row says what to mend; send the corrected file.' : 'Each row says what to mend; send the corrected batch under a new Idempotency-Key.',
      given.rejected,
      { ...given },
    );
  }

  /** Its rows, and the name it goes by when its sender gave none. */
  async #read(delivery: Delivery, body: RawBody, state: BoardState): Promise<{ payload: Payload | MappedFile; name: () => string; bodyHash: Buffer }> {
    const { board, feed } = delivery;
    if (delivery.door === 'files') return this.#readFile(delivery, body, state);
    const adapter = adapterFor(body);
    if (!adapter)
      throw new Refusal(
        415,
        'media-type',
        `Batches of type "${body.contentType}" are not understood.`,
        `Send one of: ${[...new Set(CONTENT_TYPES)].join(', ')}.`,
      );
    const map = PLAIN_TYPES.has(body.contentType) ? undefined : (await this.maps.of(board, feed))?.map;
    const names = new NameBook(map || !PLAIN_TYPES.has(body.contentType) ? state.definition! : undefined, feed, map);
    const sent = { contentType: body.contentType, text: body.text, headers: body.headers, names };
    const payload = adapter.read(sent);
    const bodyHash = meaningOf(delivery, body);
    return { payload, name: () => adapter.nameOf?.(sent) ?? `body-${bodyHash.toString('hex')}`, bodyHash };
  }

  async #readFile(
    { board, feed, map: tried }: Delivery,
    body: RawBody,
    { definition, definedAt }: BoardState,
  ): Promise<{ payload: MappedFile; name: () => string; bodyHash: Buffer }> {
    const map = tried ?? (await this.maps.of(board, feed))?.map;
    if (!map?.layout)
      throw new Refusal(
        422,
        'no-map',
        'It is not said yet how files of this feed are read.',
        `Open /feeds/${board} and drop such a file there once: its columns are mapped on the screen.`,
      );
    const stated = body.headers['observed-at'];
    const moment = stated === undefined ? { fault: 'the file names no moments; send the header "Observed-At" with the one it is of' } : rfcMoment(stated);
    const texts = new Set(Object.values(definition!.series).flatMap(({ id, metric }) => (definition!.metrics[metric]!.kind === 'text' ? [id] : [])));
    const payload = mapRows(await tableOf(body.bytes, map.layout), map, texts, moment);
    // The same file under another map, board or moment is another delivery.
    const meaning = createHash('sha256')
      .update(JSON.stringify([map, definedAt, stated ?? null]))
      .update('\n')
      .update(body.bytes)
      .digest();
    return { payload, name: () => `file-${meaning.toString('hex')}`, bodyHash: meaning };
  }
}
