/**
 * Faults that neither the compiler nor Prettier sees. Style is Prettier's business, unused code is knip's, who may import
 * whom is dependency-cruiser's: each rule has one home.
 */
import { fileURLToPath } from 'node:url';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What would make the same journal fold or look different on another machine, or at another time. */
const IMPURE = ['Date', 'Intl', 'performance', 'crypto', 'process', 'fetch', 'setTimeout', 'setInterval', 'queueMicrotask', 'globalThis', 'window', 'console'];

export default ts.config(
  { ignores: ['**/dist/', '**/node_modules/', '**/.data/', '**/.build/', '**/coverage/'] },
  {
    files: ['**/*.{js,mjs,cjs,ts,svelte}'],
    extends: [ts.configs.recommended],
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: 'error',
      'no-constant-binary-expression': 'error',
      'no-control-regex': 'error',
      'no-debugger': 'error',
      'no-dupe-else-if': 'error',
      'no-loss-of-precision': 'error',
      'no-self-compare': 'error',
      'no-template-curly-in-string': 'error',
      'no-unreachable-loop': 'error',
      'no-unsafe-finally': 'error',
      'no-unsafe-optional-chaining': 'error',
      'use-isnan': 'error',
      'valid-typeof': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'none' }],
      // The model proves many indexes present before it uses them; `!` says so where the compiler cannot follow.
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: root, extraFileExtensions: ['.svelte'] } },
    rules: {
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  {
    files: ['**/*.{ts,svelte}'],
    // Nest's injection reads the class from the emitted metadata, which an `import type` would leave out.
    ignores: ['apps/api/**'],
    rules: { '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }] },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: { globals: globals.node },
    // The one .cjs file is the front door: it has to run on a Node so old that it can only be told to go.
    rules: { '@typescript-eslint/no-require-imports': 'off', 'no-var': 'off', 'prefer-const': 'off' },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    extends: [svelte.configs.recommended],
    languageOptions: { globals: globals.browser, parserOptions: { parser: ts.parser } },
    rules: {
      // Words of providers are shown as text, never as markup.
      'svelte/no-at-html-tags': 'error',
      'svelte/require-each-key': 'error',
      // `let { … } = $props()` is how Svelte writes it; the plugin's own rule knows the runes.
      'prefer-const': 'off',
      'svelte/prefer-const': 'error',
      // Addresses that a function builds and gives away need not be reactive.
      'svelte/prefer-svelte-reactivity': 'off',
    },
  },
  {
    files: ['libs/board/src/**'],
    rules: {
      'no-restricted-globals': ['error', ...IMPURE.map((name) => ({ name, message: 'The model is pure: time and chance are arguments.' }))],
      'no-restricted-properties': ['error', { object: 'Math', property: 'random', message: 'The model is pure: chance is an argument.' }],
      'no-restricted-syntax': [
        'error',
        { selector: 'MemberExpression[property.name=/^(toLocale|localeCompare)/]', message: "The model must not depend on the machine's language." },
        { selector: 'ImportExpression', message: 'The model imports nothing.' },
      ],
    },
  },
  {
    files: ['apps/wall/src/panels/**'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...['fetch', 'WebSocket', 'EventSource', 'XMLHttpRequest', 'localStorage'].map((name) => ({
          name,
          message: 'A panel draws its props and reaches for nothing.',
        })),
      ],
    },
  },
);
