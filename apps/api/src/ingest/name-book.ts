/** What the series of a feed are called by those who send them: by their ids, by metric and place, or as the feed's map says. */
import type { BoardDefinition, FeedId, SeriesId } from '@comm-cell/board/definition';
import type { Conversion, FeedMap } from '@comm-cell/contract/feeds';

export interface Named {
  series: SeriesId;
  convert: Conversion;
}

/** A name of OpenMetrics has letters, digits and underscores only. */
const plain = (id: string): string => id.replace(/[^a-zA-Z0-9_]/g, '_');

export class NameBook {
  readonly map: FeedMap | undefined;
  #named = new Map<string, Named>();
  #byMetric = new Map<string, SeriesId>();

  constructor(definition: Pick<BoardDefinition, 'feeds' | 'series'> | undefined, feed: FeedId, map?: FeedMap) {
    this.map = map;
    for (const id of definition?.feeds[feed]?.series ?? []) {
      const { metric, place } = definition!.series[id]!;
      this.#byMetric.set(`${metric} ${place}`, id);
      this.#byMetric.set(`${plain(metric)} ${place}`, id);
    }
    for (const { name, series, convert } of map?.columns ?? []) this.#named.set(name, { series, convert });
  }

  /** Under one of these names in the feed's map, the most particular first. */
  mapped(...names: string[]): Named | undefined {
    for (const name of names) {
      const named = this.#named.get(name);
      if (named) return named;
    }
    return undefined;
  }

  /** The feed's series of a metric at a place, by their ids. */
  of(metric: string, place: string | undefined): Named | undefined {
    const series = place === undefined ? undefined : this.#byMetric.get(`${metric} ${place}`);
    return series === undefined ? undefined : { series, convert: 'as-is' };
  }
}
