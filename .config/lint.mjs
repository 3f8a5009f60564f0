/**
 * Lint and types in one process: the rules ask the very program that the compiler has checked, and to understand it is most of what
 * either costs. Both say what `eslint` and `tsc --noEmit` say by themselves. The wall is a project of its own: its components' types
 * are svelte-check's business, and its rules ask the service named in eslint.config.js.
 */
import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';
import ts from 'typescript';

const cwd = fileURLToPath(new URL('..', import.meta.url));
const host = { ...ts.sys, getCurrentDirectory: () => cwd, getCanonicalFileName: (name) => name, getNewLine: () => '\n' };

const { fileNames, options, errors } = ts.getParsedCommandLineOfConfigFile(`${cwd}tsconfig.json`, {}, host);
const program = ts.createProgram(fileNames, options);
const faults = [...errors, ...ts.getPreEmitDiagnostics(program)];
if (faults.length > 0) console.log(ts.formatDiagnostics(ts.sortAndDeduplicateDiagnostics(faults), host));

const eslint = new ESLint({
  cwd,
  overrideConfigFile: '.config/eslint.config.js',
  overrideConfig: { files: ['**/*.ts'], ignores: ['apps/wall/**'], languageOptions: { parserOptions: { projectService: false, programs: [program] } } },
});
const results = await eslint.lintFiles('.');
const said = await (await eslint.loadFormatter('stylish')).format(results);
if (said !== '') console.log(said);

const clean = results.every(({ errorCount, warningCount }) => errorCount + warningCount === 0);
process.exitCode = faults.length === 0 && clean ? 0 : 1;
