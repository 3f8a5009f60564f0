/**
 * FHIR R4 MeasureReport, alone or in a Bundle, as SANER reports beds and ventilators. A figure is a population's count or a group's
 * score; it is named by a coding whose code is a series, or in the feed's map by `group/population` or `population` (a score:
 * `group/score`). The moment is the end of the period, or the report's date; of a bare day the map says the time. Absent with a
 * data-absent-reason is "not reported", never 0. Reports about one person are not taken.
 */
import { Refusal } from '../../../access/refusal.js';
import { fhirMoment } from '../../moments.js';
import type { Named } from '../../name-book.js';
import { BentNumber } from '../../strict-json.js';
import type { Adapter, Payload, Sent } from '../adapter.js';
import { assertBearable, parseJson } from '../json/adapter.js';
import { addSample, type Sample } from '../sample.js';

type Thing = Record<string, unknown>;
const thing = (value: unknown): Thing => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Thing) : {});
const list = (value: unknown): Thing[] => (Array.isArray(value) ? value.map(thing) : []);
const word = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value.slice(0, 200) : undefined);

function refused(mend: string): Refusal {
  return new Refusal(422, 'not-a-measure-report', 'This is not a MeasureReport that can be used.', mend);
}

function codes(concept: unknown): string[] {
  return list(thing(concept).coding).flatMap(({ code }) => word(code) ?? []);
}

function absentReason(extended: unknown): string | undefined {
  for (const { url, valueCode } of list(thing(extended).extension))
    if (word(url)?.endsWith('/data-absent-reason')) return `data absent: ${word(valueCode) ?? 'unknown'}`.slice(0, 120);
  return undefined;
}

/** What JSON parsed as a number, as its token: the exact parser has kept those that a double would bend. */
function tokenOf(value: unknown): string {
  if (value instanceof BentNumber) return value.token;
  return typeof value === 'number' ? String(value) : typeof value === 'string' ? `"${value}"` : typeof value;
}

function valueOf(value: unknown, extended: unknown): Sample['value'] {
  if (value !== undefined) return { number: tokenOf(value) };
  const why = absentReason(extended);
  return why === undefined ? { number: 'nothing' } : { absent: why };
}

function reports(body: unknown): Thing[] {
  const resource = thing(body);
  if (resource.resourceType === 'MeasureReport') return [resource];
  if (resource.resourceType !== 'Bundle') throw refused('Send a MeasureReport, or a Bundle of them.');
  const found = list(resource.entry).map(({ resource: one }) => thing(one));
  if (found.some((one) => one.resourceType !== 'MeasureReport')) throw refused('The Bundle holds something else than MeasureReports.');
  return found;
}

function readReport(report: Thing, first: number, sent: Sent, payload: Payload): number {
  if (report.type === 'individual' || report.type === 'subject-list') throw refused('Reports about single people are never taken here; send summaries.');
  if (report.status !== 'complete') throw refused('Its status is not "complete".');
  const { names } = sent;
  const end = word(thing(report.period).end) ?? word(report.date);
  const moment = end === undefined ? { fault: 'the report has neither an end of its period nor a date' } : fhirMoment(end, names.map?.time);
  let row = first;
  const add = (own: string[], paths: string[], value: Sample['value'], unit?: string): void => {
    const series = own.find((code) => code.includes('@'));
    const named: Named | undefined = names.mapped(...paths) ?? (series === undefined ? undefined : { series, convert: 'as-is' });
    addSample(payload, { row: row++, written: paths[0] ?? 'a figure without a code', named, value, moment, unit });
  };
  for (const group of list(report.group)) {
    const groups = codes(group.code);
    const score = thing(group.measureScore);
    if (group.measureScore !== undefined || group._measureScore !== undefined)
      add(
        groups,
        groups.map((code) => `${code}/score`),
        valueOf(score.value, Object.keys(score).length > 0 ? score._value : group._measureScore),
      );
    for (const population of list(group.population)) {
      const own = codes(population.code);
      const paths = own.flatMap((code) => [...groups.map((one) => `${one}/${code}`), code]);
      add(own, paths, valueOf(population.count, population._count));
    }
  }
  return row;
}

export const fhirAdapter: Adapter = {
  contentTypes: ['application/fhir+json'],
  read(sent) {
    const payload: Payload = { rows: [], unreadable: [] };
    let row = 0;
    for (const report of reports(parseJson(sent.text))) {
      row = readReport(report, row, sent, payload);
      assertBearable(row);
    }
    return payload;
  },
};
