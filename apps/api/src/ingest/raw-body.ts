/** Bodies are kept as they came: their hash is part of the receipt, and adapters judge the source text itself. */
import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Refusal } from '../access/refusal.js';
import { CONTENT_TYPES } from './adapters/registry.js';
import { FILE_TYPES } from './files/table.js';
import { NotJson, parseStrictJson } from './strict-json.js';

export const BODY_LIMIT = 1_048_576;

/** What somebody sent, as it came. */
export class RawBody {
  #text: string | undefined;

  constructor(
    readonly contentType: string,
    readonly bytes: Buffer,
    /** By name in small letters, the type's own parameters included. */
    readonly headers: Readonly<Record<string, string | undefined>> = {},
  ) {}

  get text(): string {
    if (this.#text !== undefined) return this.#text;
    if (!isUtf8(this.bytes)) throw new Refusal(415, 'encoding', 'The body is not UTF-8.', 'Save or send it as UTF-8 (in a spreadsheet: "CSV UTF-8").');
    return (this.#text = this.bytes.toString('utf8'));
  }

  get hash(): Buffer {
    return createHash('sha256').update(`${this.contentType}\n`).update(this.bytes).digest();
  }
}

/** Headers that say something about the content; no others are kept. */
const TELLING = /^(ce-[a-z0-9]+|content-type|reading-count|observed-at|time-precision)$/;

export function tellingHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const told: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) if (typeof value === 'string' && TELLING.test(name)) told[name] = value;
  return told;
}

export function plainType(contentType: string | undefined): string {
  return (contentType ?? '').split(';')[0]!.trim().toLowerCase();
}

/** Readings and files keep their source; every other JSON body is parsed strictly for its codec. */
const RAW = /^\/v1\/(feeds\/[^/]+\/(batches|history|files)|boards\/[^/]+\/feeds\/[^/]+\/files(\/look)?)$/;

export function acceptBodies(server: FastifyInstance): void {
  const isRaw = (request: FastifyRequest): boolean => RAW.test(request.url.split('?')[0]!);
  server.removeAllContentTypeParsers();
  const types = [...new Set(['application/json', ...CONTENT_TYPES, ...FILE_TYPES])];
  server.addContentTypeParser(types, { parseAs: 'buffer', bodyLimit: BODY_LIMIT }, (request, bytes: Buffer, done) => {
    try {
      if (request.headers['content-encoding'] !== undefined && request.headers['content-encoding'] !== 'identity') {
        throw new Refusal(415, 'compressed', 'Compressed bodies are not taken.', 'Send the body as it is, without Content-Encoding.');
      }
      const body = new RawBody(plainType(request.headers['content-type']), bytes, tellingHeaders(request.headers));
      if (isRaw(request)) done(null, body);
      else if (body.contentType === 'application/json') done(null, parseStrictJson(body.text));
      else throw new Refusal(415, 'media-type', 'This address takes JSON.', 'Send application/json.');
    } catch (error) {
      done(
        error instanceof NotJson
          ? new Refusal(400, 'not-json', 'The body is not JSON that means one thing only.', `Mend the JSON: ${error.message}.`)
          : (error as Error),
      );
    }
  });
}
