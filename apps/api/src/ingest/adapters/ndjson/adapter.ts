/** One JSON reading a line, as log shippers and queues send them. A line that cannot be read costs that line alone. */
import { NotJson, parseStrictJson } from '../../strict-json.js';
import type { Adapter, Payload } from '../adapter.js';
import { assertBearable, readRow } from '../json/adapter.js';

export const ndjsonAdapter: Adapter = {
  contentTypes: ['application/x-ndjson', 'application/ndjson', 'application/jsonl'],
  read({ text }) {
    const lines = text.replace(/^\uFEFF/, '').split('\n');
    assertBearable(lines.reduce((count, line) => count + (line.trim() === '' ? 0 : 1), 0));
    const payload: Payload = { rows: [], unreadable: [] };
    lines.forEach((line, i) => {
      if (line.trim() === '') return;
      try {
        readRow(i + 1, parseStrictJson(line), payload);
      } catch (error) {
        if (!(error instanceof NotJson)) throw error;
        payload.unreadable.push({
          row: i + 1,
          field: 'reading',
          code: 'not-json',
          detail: `This line is not one JSON object: ${error.message.slice(0, 120)}.`,
        });
      }
    });
    return payload;
  },
};
