/**
 * InfluxDB line protocol, as Telegraf sends it.
 *   commcell,place=stoke-mandeville ed.in-department=118i,ed.four-hour=62.5 1768573800000000000
 * A field is a metric at the place of the tag `place`; or the measurement is, with the field `value`; or the tag `series` says so;
 * or the feed's map names `measurement.field`. Timestamps are in nanoseconds unless the header Time-Precision says s, ms or us.
 */
import { Refusal } from '../../../access/refusal.js';
import { epochMoment, rfcMoment } from '../../moments.js';
import type { NameBook, Named } from '../../name-book.js';
import type { Adapter, Payload } from '../adapter.js';
import { assertBearable } from '../json/adapter.js';
import { addSample, statedMoment, type Sample } from '../sample.js';

const MOST_LINE = 20_000;
const PRECISIONS = ['s', 'ms', 'us', 'ns'] as const;

/** Parts a text at a sign that is neither escaped nor inside quotes. */
function split(text: string, sign: string, quotes: boolean): string[] {
  const parts: string[] = [];
  let from = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (quotes && text[i] === '"') quoted = !quoted;
    else if (!quoted && text[i] === sign) {
      parts.push(text.slice(from, i));
      from = i + 1;
    }
  }
  parts.push(text.slice(from));
  return parts;
}

const unescaped = (text: string): string => text.replace(/\\([,= \\"])/g, '$1');

interface Line {
  measurement: string;
  tags: Map<string, string>;
  fields: [key: string, value: string][];
  stamp: string | undefined;
}

function parseLine(line: string): Line | undefined {
  const parts = split(line, ' ', true).filter((part) => part !== '');
  if (parts.length < 2 || parts.length > 3) return undefined;
  const [measurement, ...tagParts] = split(parts[0]!, ',', false);
  const pairs = (texts: readonly string[], quotes: boolean): [string, string][] | undefined => {
    const found = texts.map((text) => split(text, '=', quotes));
    return found.every((pair) => pair.length === 2 && pair[0] !== '' && pair[1] !== '')
      ? found.map(([key, value]) => [unescaped(key!), quotes ? value! : unescaped(value!)])
      : undefined;
  };
  const tags = pairs(tagParts, false);
  const fields = pairs(split(parts[1]!, ',', true), true);
  if (!tags || !fields || measurement === '') return undefined;
  const [tagMap, keys] = [new Map(tags), new Set(fields.map(([key]) => key))];
  if (tagMap.size !== tags.length || keys.size !== fields.length) return undefined;
  return { measurement: unescaped(measurement!), tags: tagMap, fields, stamp: parts[2] };
}

function nameOf({ measurement, tags }: Line, field: string, names: NameBook): { written: string; named: Named | undefined } {
  const series = tags.get('series');
  if (series !== undefined) return { written: series, named: { series, convert: 'as-is' } };
  const inner = [...tags]
    .filter(([key]) => key !== 'unit')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}="${value}"`)
    .join(',');
  const name = `${measurement}.${field}`;
  const written = inner === '' ? name : `${name}{${inner}}`;
  const place = tags.get('place');
  return { written, named: names.mapped(written, name) ?? names.of(field, place) ?? (field === 'value' ? names.of(measurement, place) : undefined) };
}

function valueOf(token: string): Sample['value'] {
  if (token.startsWith('"')) return token.length > 1 && token.endsWith('"') ? { words: unescaped(token.slice(1, -1)) } : { number: token };
  // 118i and 118u are whole numbers, the letter is their type; anything else is left for the one grammar to judge.
  return { number: /^-?\d+[iu]$/.test(token) ? token.slice(0, -1) : token };
}

export const influxAdapter: Adapter = {
  contentTypes: ['text/plain', 'application/vnd.influxdb.line-protocol'],
  takes: ({ contentType, headers }) =>
    contentType === 'application/vnd.influxdb.line-protocol' || (contentType === 'text/plain' && !/;\s*version=/i.test(headers['content-type'] ?? '')),
  read(sent) {
    const precision = PRECISIONS.find((one) => one === (sent.headers['time-precision'] ?? 'ns'));
    if (!precision) throw new Refusal(400, 'precision', 'The header Time-Precision is not understood.', `It is one of: ${PRECISIONS.join(', ')}.`);
    const lines = sent.text.split('\n');
    const payload: Payload = { rows: [], unreadable: [] };
    let count = 0;
    lines.forEach((whole, i) => {
      const line = whole.trim();
      if (line === '' || line.startsWith('#')) return;
      const row = i + 1;
      const parsed = line.length > MOST_LINE ? undefined : parseLine(line);
      if (!parsed) {
        payload.unreadable.push({ row, field: 'reading', code: 'unreadable', detail: 'This line is not "measurement,tag=… field=… timestamp".' });
        return;
      }
      assertBearable((count += parsed.fields.length) + payload.unreadable.length);
      const moment = parsed.stamp === undefined ? statedMoment(sent, rfcMoment) : epochMoment(parsed.stamp, precision);
      for (const [field, token] of parsed.fields)
        addSample(payload, {
          row,
          column: field.slice(0, 120),
          ...nameOf(parsed, field, sent.names),
          value: valueOf(token),
          moment,
          unit: parsed.tags.get('unit'),
        });
    });
    assertBearable(payload.rows.length + payload.unreadable.length);
    return payload;
  },
};
