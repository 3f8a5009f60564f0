/** Bodies are kept as they came: their hash is part of the receipt, and adapters judge the source text itself. */
import { isUtf8 } from 'node:buffer';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Refusal } from '../access/refusal.js';
import { NotJson, parseStrictJson } from './strict-json.js';

export interface RawBody {
  contentType: string;
  bytes: Buffer;
  text: string;
}

export const BODY_LIMIT = 1_048_576;

function readText(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new Refusal(415, 'encoding', 'The body is not UTF-8.', 'Save or send it as UTF-8 (in a spreadsheet: "CSV UTF-8").');
  return bytes.toString('utf8');
}

/** Batches keep their source; every other JSON body is parsed strictly for its codec. */
export function acceptBodies(server: FastifyInstance): void {
  const isBatch = (request: FastifyRequest): boolean => request.url.split('?')[0]!.endsWith('/batches');
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(['application/json', 'text/csv'], { parseAs: 'buffer', bodyLimit: BODY_LIMIT }, (request, bytes: Buffer, done) => {
    try {
      if (request.headers['content-encoding'] !== undefined && request.headers['content-encoding'] !== 'identity') {
        throw new Refusal(415, 'compressed', 'Compressed bodies are not taken.', 'Send the body as it is, without Content-Encoding.');
      }
      const contentType = request.headers['content-type']!.split(';')[0]!.trim().toLowerCase();
      const text = readText(bytes);
      if (isBatch(request)) done(null, { contentType, bytes, text } satisfies RawBody);
      else if (contentType === 'application/json') done(null, parseStrictJson(text));
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
