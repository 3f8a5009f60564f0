/** The figures of a paper as CSV with their definitions: as published beside validated since, then what happened. */
import type { PackFacts } from '@comm-cell/contract/packs';
import { stringify } from 'csv-stringify/sync';

const iso = (at: number | null): string => (at === null ? '' : new Date(at).toISOString());

export function packCsv(facts: PackFacts): string {
  const { board, journal, figures, timeline } = facts;
  const about = [
    ['board', board.name.en],
    ['bwrdd', board.name.cy],
    ['kind', facts.kind],
    ['from', iso(facts.from)],
    ['to', iso(facts.to)],
    ['data as at', iso(facts.madeAt)],
    ['journal', String(journal.seq), journal.hash],
    ...(board.notice ? [['notice', board.notice.en]] : []),
    ...(board.simulated ? [['simulated', 'made-up data']] : []),
  ];
  const definitions = [
    ['figure', 'label_en', 'label_cy', 'place_en', 'place_cy', 'unit', 'kind', 'better', 'combined', 'at_most', 'at_least', 'period', 'summary', 'feeds'],
    ...figures.map(({ id, label, place, unit, kind, direction, combined, target, by, how, feeds }) => [
      id,
      label.en,
      label.cy,
      place.en,
      place.cy,
      unit.en,
      kind,
      direction,
      combined ?? '',
      target && 'atMost' in target ? target.atMost : '',
      target && 'atLeast' in target ? target.atLeast : '',
      by,
      how,
      feeds.map((feed) => feed.en).join('; '),
    ]),
  ];
  const values = [
    ['figure', 'period_from', 'value', 'as_published', 'mean', 'upper_limit', 'lower_limit', 'verdict', 'rule'],
    ...figures.flatMap(({ id, spc, restated }) => {
      const first = new Map(restated.map(({ at, shown }) => [at, shown]));
      return spc.points.map(({ at, value, mean, upl, lpl, kind, cause }) => [
        id,
        iso(at),
        value,
        first.has(at) ? first.get(at)! : value,
        mean,
        upl,
        lpl,
        value === null ? 'not_reported' : kind,
        cause ?? '',
      ]);
    }),
  ];
  const events = timeline
    ? [
        ['moment', 'seq', 'hash', 'event', 'what', 'about_en', 'number', 'words', 'by'],
        ...timeline.lines.map(({ at, seq, hash, kind, what, about: of, no, text, who }) => [iso(at), seq, hash, kind, what, of?.en ?? '', no, text, who]),
      ]
    : [];
  const blocks = [about, definitions, values, events].filter((block) => block.length > 0);
  // What begins like a formula is no formula in a spreadsheet.
  return stringify(
    blocks.flatMap((block, i) => (i === 0 ? block : [[], ...block])),
    { escape_formulas: true, bom: true, record_delimiter: 'windows' },
  );
}
