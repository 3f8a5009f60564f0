/**
 * CloudEvents 1.0 over HTTP: structured (one JSON envelope), batch (an array of them) and binary (attributes in `ce-` headers, the
 * body is the data). `data` is a batch or a single reading; binary data may be of any other type this door reads. The envelope is
 * checked by the reference library; the data never passes through it, because it would bend numbers.
 */
import type { CandidateRow, RejectedRow } from '@comm-cell/board/decide/record-readings';
import { CloudEvent, ValidationError } from 'cloudevents';
import { Refusal } from '../../../access/refusal.js';
import type { Adapter, Payload, Sent } from '../adapter.js';
import { csvAdapter } from '../csv/adapter.js';
import { assertBearable, jsonAdapter, parseJson, readBatch, readRow } from '../json/adapter.js';
import { ndjsonAdapter } from '../ndjson/adapter.js';

const STRUCTURED = 'application/cloudevents+json';
const BATCH = 'application/cloudevents-batch+json';
const DATA: readonly Adapter[] = [jsonAdapter, csvAdapter, ndjsonAdapter];

type Attributes = Record<string, unknown> & { id: string; source: string };

function invalid(mend: string): Refusal {
  return new Refusal(422, 'not-a-cloudevent', 'This is not a CloudEvent that can be used.', mend);
}

/** Throws unless these are the attributes of a CloudEvent 1.0. */
function checked(given: unknown): Attributes {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw invalid('Send a JSON object with specversion, id, source, type and data.');
  const { data: _data, data_base64: _base64, ...attributes } = given as Record<string, unknown>;
  const bent = Object.entries(attributes).find(([, value]) => !['string', 'number', 'boolean'].includes(typeof value));
  if (bent) throw invalid(`The attribute "${bent[0].slice(0, 40)}" must be plain text, a number or true or false.`);
  if (attributes.specversion !== '1.0') throw invalid('The attribute specversion must be "1.0".');
  try {
    new CloudEvent(attributes as Partial<CloudEvent>, true);
  } catch (error) {
    const told = error instanceof ValidationError || error instanceof TypeError ? error.message.split('\n')[0]!.slice(0, 200) : 'its attributes are wrong';
    throw invalid(`Mend its attributes: ${told}.`);
  }
  return attributes as Attributes;
}

/** A batch, or a single reading. */
function readData(data: unknown): Payload {
  if (typeof data === 'object' && data !== null && !('readings' in data)) {
    const payload: Payload = { rows: [], unreadable: [] };
    readRow(0, data, payload);
    return payload;
  }
  return readBatch(data);
}

function readOther(contentType: string, text: string, sent: Sent): Payload {
  const adapter = DATA.find((one) => one.contentTypes.includes(contentType));
  if (!adapter)
    throw new Refusal(
      415,
      'media-type',
      `Data of type "${contentType.slice(0, 60)}" is not understood inside a CloudEvent.`,
      `Send one of: ${DATA.flatMap((one) => one.contentTypes).join(', ')}.`,
    );
  return adapter === jsonAdapter ? readData(parseJson(text)) : adapter.read({ ...sent, contentType, text });
}

function readEvent(envelope: unknown, sent: Sent): Payload {
  const attributes = checked(envelope);
  const { data, data_base64: base64 } = envelope as { data?: unknown; data_base64?: unknown };
  const type = typeof attributes.datacontenttype === 'string' ? attributes.datacontenttype.split(';')[0]!.trim().toLowerCase() : 'application/json';
  if (base64 !== undefined) {
    if (typeof base64 !== 'string' || data !== undefined) throw invalid('Send either data or data_base64.');
    return readOther(type, Buffer.from(base64, 'base64').toString('utf8'), sent);
  }
  if (data === undefined) throw invalid('It has no data: {"readings": [ … ]} or a single reading.');
  if (typeof data === 'string') return readOther(type, data, sent);
  return readData(data);
}

/** Of several events the rows are numbered through, in their order. */
function joined(payloads: readonly Payload[]): Payload {
  const whole: Payload = { rows: [], unreadable: [] };
  let first = 0;
  for (const { rows, unreadable } of payloads) {
    const behind = <Row extends CandidateRow | RejectedRow>(row: Row): Row => ({ ...row, row: row.row + first });
    whole.rows.push(...rows.map(behind));
    whole.unreadable.push(...unreadable.map(behind));
    first += rows.length + unreadable.length;
  }
  return whole;
}

/** Attributes of the binary form; header values are percent-encoded. */
function ofHeaders(headers: Sent['headers']): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (!name.startsWith('ce-') || value === undefined) continue;
    try {
      attributes[name.slice(3)] = decodeURIComponent(value);
    } catch {
      throw invalid(`The header ${name} is not percent-encoded as CloudEvents asks.`);
    }
  }
  return attributes;
}

const isBinary = ({ headers }: Pick<Sent, 'headers'>): boolean => headers['ce-specversion'] !== undefined;

export const cloudEventsAdapter: Adapter = {
  contentTypes: [STRUCTURED, BATCH],
  takes: (sent) => sent.contentType === STRUCTURED || sent.contentType === BATCH || isBinary(sent),
  read(sent) {
    if (sent.contentType === BATCH) {
      const events = parseJson(sent.text);
      if (!Array.isArray(events)) throw invalid('A batch is a JSON array of events.');
      assertBearable(events.length);
      const whole = joined(events.map((event) => readEvent(event, sent)));
      assertBearable(whole.rows.length + whole.unreadable.length);
      return whole;
    }
    if (sent.contentType === STRUCTURED) return readEvent(parseJson(sent.text), sent);
    checked(ofHeaders(sent.headers));
    return readOther(sent.contentType, sent.text, sent);
  },
  /** source and id name an event once and for all, says the specification. */
  nameOf(sent) {
    if (sent.contentType === BATCH) return undefined;
    const { source, id } = checked(sent.contentType === STRUCTURED ? parseJson(sent.text) : ofHeaders(sent.headers));
    const name = encodeURIComponent(`${source} ${id}`);
    return name.length <= 190 ? `event-${name}` : undefined;
  },
};
