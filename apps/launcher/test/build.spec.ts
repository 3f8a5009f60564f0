import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

interface Builder {
  ROOT: string;
  planBuild(root: string): { id: string; stale: { dir: string; stamp: string }[] };
  build(root: string): Promise<{ id: string; built: string[] }>;
}
// As a string: the builder runs before anything is built, so it is JavaScript and has no types.
const { ROOT, build, planBuild } = (await import('../build.mjs' as string)) as Builder;

let root: string;
const file = (name: string) => path.join(root, name);
const write = (name: string, text: string) => {
  mkdirSync(path.dirname(file(name)), { recursive: true });
  writeFileSync(file(name), text);
};
const stale = () => planBuild(root).stale.map(({ dir }) => dir);

/** Two small packages in a house of their own, under the real compiler settings. */
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'comm-cell-build-'));
  cpSync(path.join(ROOT, '.swcrc'), file('.swcrc'));
  write('package-lock.json', '{}');
  write('libs/board/src/sum.ts', 'export const sum = (a: number, b: number): number => a + b;\n');
  write('libs/board/src/rules/twice.ts', "import { sum } from '../sum.js';\nexport const twice = (n: number): number => sum(n, n);\n");
  write('apps/simulator/src/main.ts', 'export {};\n');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('build', () => {
  it('makes what has sources, with maps that lead back to them', async () => {
    expect((await build(root)).built).toEqual(['libs/board', 'apps/simulator']);
    const { twice } = (await import(pathToFileURL(file('libs/board/dist/rules/twice.js')).href)) as { twice: (n: number) => number };
    expect(twice(21)).toBe(42);
    expect(readFileSync(file('libs/board/dist/rules/twice.js'), 'utf8')).toMatch(/\/\/# sourceMappingURL=twice\.js\.map\n$/);
    const map = JSON.parse(readFileSync(file('libs/board/dist/rules/twice.js.map'), 'utf8')) as { sources: string[] };
    expect(path.resolve(file('libs/board/dist/rules'), map.sources[0]!)).toBe(file('libs/board/src/rules/twice.ts'));
  });

  it('does nothing a second time', async () => {
    const { id } = await build(root);
    const { ctimeMs } = statSync(file('libs/board/dist/sum.js'));
    expect(stale()).toEqual([]);
    expect(await build(root)).toEqual({ id, built: [] });
    expect(statSync(file('libs/board/dist/sum.js')).ctimeMs).toBe(ctimeMs);
  });

  it('makes again only the part whose sources changed, and everything after an update', async () => {
    await build(root);
    write('libs/board/src/sum.ts', 'export const sum = (a: number, b: number): number => b + a;\n');
    expect(stale()).toEqual(['libs/board']);
    await build(root);
    expect(readFileSync(file('libs/board/dist/sum.js'), 'utf8')).toMatch('b + a');
    write('package-lock.json', '{"lockfileVersion":3}');
    expect(stale()).toEqual(['libs/board', 'apps/simulator']);
  });

  it('takes away what has no source any more', async () => {
    await build(root);
    rmSync(file('libs/board/src/rules/twice.ts'));
    await build(root);
    expect(readdirSync(file('libs/board/dist/rules'))).toEqual([]);
    expect(existsSync(file('libs/board/dist/sum.js'))).toBe(true);
  });

  it('names the file that cannot be transpiled, and tries again next time', async () => {
    write('libs/board/src/sum.ts', 'export const sum = ;\n');
    await expect(build(root)).rejects.toThrow(/^libs\/board\/src\/sum\.ts could not be transpiled: /);
    expect(stale()).toContain('libs/board');
  });

  it('gives one id to what is served, kept beside the server; the simulator is not part of it', async () => {
    const { id } = await build(root);
    expect(id).toMatch(/^[0-9a-f]{12}$/);
    expect(readFileSync(file('apps/api/dist/build-id'), 'utf8')).toBe(id);
    write('apps/simulator/src/main.ts', 'export const other = 1;\n');
    expect((await build(root)).id).toBe(id);
    write('libs/board/src/sum.ts', 'export const sum = (a: number, b: number): number => b + a;\n');
    expect((await build(root)).id).not.toBe(id);
  });

  it('would make the page anew when only the server changed, since the page carries the id', () => {
    write('apps/wall/src/main.ts', 'export {};\n');
    const stampOf = () => planBuild(root).stale.find(({ dir }) => dir === 'apps/wall')?.stamp;
    const before = stampOf();
    write('apps/api/src/main.ts', 'export {};\n');
    expect(stampOf()).not.toBe(before);
  });
});
