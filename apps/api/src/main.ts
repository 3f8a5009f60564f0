import 'reflect-metadata';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { INestApplicationContext } from '@nestjs/common';
import { made } from './awaited.js';
import { SetUp } from './boards/set-up.js';
import { type Config, isLoopback, readConfig } from './config.js';
import { seedDemo, tellAccess } from './demo.js';
import { DeadMan } from './notify/dead-man.js';
import { createServer } from './server.js';

async function main(): Promise<void> {
  const config = readConfig({ ...process.env, ...(await made('database')) });
  const app = await createServer(config);
  let closing = false;
  const close = (): void => {
    if (closing) return;
    closing = true;
    void app.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, close);
  // Started by the launcher: when it is gone, however it went, nobody is left to stop this process.
  if (process.send) process.on('disconnect', close);
  await app.init();
  const seeded = config.DEMO === 'on' ? await seedDemo(app, config) : undefined;
  await made('page');
  await app.listen(config.PORT, config.HOST);
  const address = app.getHttpServer().address();
  const port = typeof address === 'object' && address !== null ? address.port : config.PORT;
  if (seeded) await tellAccess(config, port, seeded);
  // Like any provider, from outside: through the address this process listens on.
  const host = isLoopback(config.HOST) || /^(0\.0\.0\.0|::)$/.test(config.HOST) ? '127.0.0.1' : config.HOST;
  await app.get(DeadMan).start(`http://${host.includes(':') ? `[${host}]` : host}:${port}`);
  process.send?.({ ready: true, port, ...(await waitingSetUp(app, config)) });
}

/**
 * A system that nobody administers yet says where that begins: to the launcher that started it, on a terminal, or else in a file
 * for its owner's eyes alone; never in an output that somebody keeps.
 */
async function waitingSetUp(app: INestApplicationContext, config: Config): Promise<{ setUp?: string }> {
  if (config.DEMO === 'on') return {};
  const setUp = await app.get(SetUp, { strict: false }).begin();
  if (setUp === undefined || process.send) return setUp === undefined ? {} : { setUp };
  const address = `${config.PUBLIC_ADDRESS ?? `http://localhost:${config.PORT}`}/start#${setUp}\n`;
  if (process.stdout.isTTY) process.stdout.write(`Nobody administers this system yet. Set it up at ${address}`);
  else {
    const file = path.join(config.DATA_DIR, 'set-up-address');
    await mkdir(config.DATA_DIR, { recursive: true });
    await writeFile(file, address, { mode: 0o600 });
    await chmod(file, 0o600);
    process.stdout.write(`Nobody administers this system yet. The address where that begins is in ${file}.\n`);
  }
  return {};
}

main().catch((error: unknown) => {
  const { code, message } = error as { code?: string; message?: string };
  const sentence =
    code === 'EADDRINUSE' ? `Port ${process.env.PORT ?? 3000} is taken: stop the other program or set PORT to a free one.` : (message ?? String(error));
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
});
