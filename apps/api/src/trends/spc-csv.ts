/** A control chart as CSV: definitions first, so that a figure taken into a paper can say what it is. */
import type { BoardDefinition } from '@comm-cell/board/definition';
import type { SpcAnswer } from '@comm-cell/contract/trends';
import { stringify } from 'csv-stringify/sync';

const COLUMNS = [
  'period_from',
  'value',
  'mean',
  'upper_limit',
  'lower_limit',
  'near_upper',
  'near_lower',
  'kind',
  'rule',
  'group',
  'trial',
  'parts_known',
  'parts',
] as const;

const iso = (at: number): string => new Date(at).toISOString();

export function spcCsv(definition: BoardDefinition, answer: SpcAnswer): string {
  const { figure, spc, parts } = answer;
  const series = definition.series[figure];
  const metric = definition.metrics[(series ?? definition.rollups[figure])!.metric]!;
  const about: (readonly [string, string])[] = [
    ['board', definition.name.en],
    ['bwrdd', definition.name.cy],
    ['figure', figure],
    ['metric', metric.label.en],
    ['mesur', metric.label.cy],
    ['unit', definition.units[metric.unit]!.symbol.en],
    ...(series ? ([['place', definition.places[series.place]?.name.en ?? series.place]] as const) : []),
    ['from', iso(answer.from)],
    ['to', iso(answer.to)],
    ['period', answer.by],
    ['summary', answer.how],
    ['values', answer.as === 'known' ? 'newest revisions' : 'as first reported'],
    ['chart', answer.chart === 'xmr' ? 'XmR, limits mean ± 2.66 × mean moving range' : 'T chart: days between events, Nelson transform'],
    ['outlying moving ranges', spc.screened ? 'left out of the limits' : 'in the limits'],
    ['improvement', answer.improvement],
    ['target', answer.target === null ? '' : String(answer.target)],
    ['variation', spc.variation?.icon ?? ''],
    ['assurance', spc.assurance ?? ''],
    ...spc.groups.flatMap(({ from, reason }) => (reason === undefined ? [] : ([[`limits anew from ${iso(from)}`, reason]] as const))),
    ...answer.warnings.map((warning) => ['warning', warning] as const),
    ...(definition.notice ? ([['notice', definition.notice.en]] as const) : []),
    ...(definition.simulated ? ([['simulated', 'made-up data']] as const) : []),
  ];
  const rows = spc.points.map((point, i) => [
    iso(point.at),
    point.value,
    point.mean,
    point.upl,
    point.lpl,
    point.nearUpper,
    point.nearLower,
    point.value === null ? 'not_reported' : point.kind,
    point.cause,
    point.group + 1,
    spc.groups[point.group]!.trial ? 'yes' : 'no',
    answer.chart === 'xmr' ? parts.known[i] : null,
    answer.chart === 'xmr' ? parts.of : null,
  ]);
  // What begins like a formula is no formula in a spreadsheet.
  return stringify([...about, [], [...COLUMNS], ...rows], { escape_formulas: true, bom: true, record_delimiter: 'windows' });
}
