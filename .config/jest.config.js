/**
 * Jest in ESM mode. The suffix of a file says what it costs: `.spec.ts` is pure and takes milliseconds, `.int.spec.ts`
 * starts Postgres or a socket or takes its time, `.e2e.spec.ts` starts a browser or processes. `--selectProjects` chooses.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const rootDir = fileURLToPath(new URL('..', import.meta.url));
// Tests run the very code that the build makes, so both read the same compiler options.
const { $schema: _schema, ...swc } = JSON.parse(readFileSync(new URL('../.swcrc', import.meta.url), 'utf8'));

const each = {
  rootDir,
  roots: ['<rootDir>/apps', '<rootDir>/libs', '<rootDir>/tests'],
  testEnvironment: '<rootDir>/.config/jest.environment.js',
  // `import` must not stand here: it would hand ES modules to Jest's own CommonJS dependencies.
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  // JavaScript first: packages that ship their sources beside the build must be taken as built.
  moduleFileExtensions: ['js', 'mjs', 'cjs', 'ts', 'json', 'node'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '\\.ts$': ['@swc/jest', { ...swc, swcrc: false }] },
};

const kinds = {
  unit: { testMatch: ['**/*.spec.ts'], testPathIgnorePatterns: ['/node_modules/', '\\.(int|e2e)\\.spec\\.ts$'] },
  int: { testMatch: ['**/*.int.spec.ts'] },
  e2e: { testMatch: ['**/*.e2e.spec.ts'], globalSetup: '<rootDir>/tests/support/jest/build.js' },
};

export default {
  // Two cores are enough; a browser and a Postgres per worker would starve each other on more.
  maxWorkers: 2,
  // Every test file keeps the modules it loaded; a worker that has grown is replaced.
  workerIdleMemoryLimit: '1GB',
  // Generous on purpose: no test asserts a duration, and a slow machine is no fault.
  testTimeout: 120_000,
  projects: Object.entries(kinds).map(([displayName, kind]) => ({ ...each, ...kind, displayName })),
};
