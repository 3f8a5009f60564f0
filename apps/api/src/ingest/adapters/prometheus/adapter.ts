/**
 * Prometheus text exposition (timestamps in milliseconds) and OpenMetrics (in seconds, closed by "# EOF").
 *   ed_in_department{place="stoke-mandeville"} 118 1768573800000
 * A series is told by the label `series`, by the feed's map, or by metric and place. Everything that is no series of the feed is
 * refused by name, never passed over.
 */
import { Refusal } from '../../../access/refusal.js';
import { epochMoment, rfcMoment } from '../../moments.js';
import type { NameBook, Named } from '../../name-book.js';
import type { Adapter, Payload, Sent } from '../adapter.js';
import { assertBearable } from '../json/adapter.js';
import { addSample, statedMoment } from '../sample.js';

const OPEN_METRICS = 'application/openmetrics-text';
const MOST_LINE = 4_000;

interface Line {
  name: string;
  labels: Map<string, string>;
  rest: string[];
}

/** `name{label="value",…} value timestamp`; undefined when it is not that. */
function parseLine(line: string): Line | undefined {
  const name = /^[a-zA-Z_:][a-zA-Z0-9_:]*/.exec(line)?.[0];
  if (name === undefined) return undefined;
  const labels = new Map<string, string>();
  let at = name.length;
  if (line[at] === '{') {
    at++;
    const label = /\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*(,|(?=\}))/y;
    for (;;) {
      label.lastIndex = at;
      const found = label.exec(line);
      if (!found) break;
      if (labels.has(found[1]!)) return undefined;
      labels.set(
        found[1]!,
        found[2]!.replace(/\\(.)/g, (_, sign: string) => (sign === 'n' ? '\n' : sign)),
      );
      at = label.lastIndex;
    }
    while (line[at] === ' ') at++;
    if (line[at] !== '}') return undefined;
    at++;
  }
  const rest = line.slice(at);
  if (labels.size === 0 && !/^\s/.test(rest)) return undefined;
  return { name, labels, rest: rest.trim().split(/\s+/) };
}

function nameOf({ name, labels }: Line, names: NameBook): { written: string; named: Named | undefined } {
  const { series, unit: _unit, ...others } = Object.fromEntries(labels) as Record<string, string | undefined>;
  if (series !== undefined) return { written: series, named: { series, convert: 'as-is' } };
  const inner = Object.keys(others)
    .sort()
    .map((key) => `${key}="${others[key]}"`)
    .join(',');
  const written = inner === '' ? name : `${name}{${inner}}`;
  return { written, named: names.mapped(written, name) ?? names.of(name, labels.get('place')) };
}

export const prometheusAdapter: Adapter = {
  contentTypes: [OPEN_METRICS, 'text/plain'],
  takes: ({ contentType, headers }) => contentType === OPEN_METRICS || (contentType === 'text/plain' && /;\s*version=/i.test(headers['content-type'] ?? '')),
  read(sent: Sent) {
    const isOpen = sent.contentType === OPEN_METRICS;
    const lines = sent.text.split('\n');
    if (isOpen) {
      while (lines.at(-1)?.trim() === '') lines.pop();
      if (lines.at(-1)?.trimEnd() !== '# EOF')
        throw new Refusal(422, 'truncated', 'The exposition does not end with "# EOF": some of it may be missing.', 'Send it whole.');
    }
    assertBearable(lines.reduce((count, line) => count + (line.trim() === '' || line.startsWith('#') ? 0 : 1), 0));
    const payload: Payload = { rows: [], unreadable: [] };
    lines.forEach((written, i) => {
      const row = i + 1;
      // What follows " # " is an exemplar: it is about one event, not a reading.
      const line = (isOpen ? written.split(' # ')[0]! : written).trim();
      if (line === '' || line.startsWith('#')) return;
      const parsed = line.length > MOST_LINE ? undefined : parseLine(line);
      if (!parsed || parsed.rest.length > 2 || parsed.rest[0] === '') {
        payload.unreadable.push({ row, field: 'reading', code: 'unreadable', detail: 'This line is not "name{labels} value timestamp".' });
        return;
      }
      const [value, stamp] = parsed.rest as [string, string?];
      const moment = stamp === undefined ? statedMoment(sent, rfcMoment) : epochMoment(stamp, isOpen ? 's' : 'ms');
      addSample(payload, { row, ...nameOf(parsed, sent.names), value: { number: value }, moment, unit: parsed.labels.get('unit') });
    });
    return payload;
  },
};
