import type { Adapter, Sent } from './adapter.js';
import { cloudEventsAdapter } from './cloudevents/adapter.js';
import { csvAdapter } from './csv/adapter.js';
import { fhirAdapter } from './fhir/adapter.js';
import { influxAdapter } from './influx/adapter.js';
import { jsonAdapter } from './json/adapter.js';
import { ndjsonAdapter } from './ndjson/adapter.js';
import { prometheusAdapter } from './prometheus/adapter.js';

/** Asked in this order: what is told by a header comes before what is told by the type alone. */
export const ADAPTERS: readonly Adapter[] = [cloudEventsAdapter, jsonAdapter, csvAdapter, ndjsonAdapter, prometheusAdapter, influxAdapter, fhirAdapter];

export const CONTENT_TYPES: readonly string[] = ADAPTERS.flatMap(({ contentTypes }) => contentTypes);

export function adapterFor(sent: Pick<Sent, 'contentType' | 'headers'>): Adapter | undefined {
  return ADAPTERS.find((one) => (one.takes ? one.takes(sent) : one.contentTypes.includes(sent.contentType)));
}
