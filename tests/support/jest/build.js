/** Browser and process tests run what `npm run build` made: built once here, before the workers start. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export default function build() {
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, ['apps/launcher/build.mjs'], { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`The build failed, so there is nothing to test.\n${stdout}${stderr}`);
}
