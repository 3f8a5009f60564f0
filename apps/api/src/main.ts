import 'reflect-metadata';
import { isLoopback, readConfig } from './config.js';
import { seedDemo } from './demo.js';
import { DeadMan } from './notify/dead-man.js';
import { createServer } from './server.js';

async function main(): Promise<void> {
  const config = readConfig(process.env);
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
  await app.listen(config.PORT, config.HOST);
  const address = app.getHttpServer().address();
  const port = typeof address === 'object' && address !== null ? address.port : config.PORT;
  if (config.DEMO === 'on') await seedDemo(app, config, port);
  // Like any provider, from outside: through the address this process listens on.
  const host = isLoopback(config.HOST) || /^(0\.0\.0\.0|::)$/.test(config.HOST) ? '127.0.0.1' : config.HOST;
  await app.get(DeadMan).start(`http://${host.includes(':') ? `[${host}]` : host}:${port}`);
  process.send?.({ ready: true, port });
}

main().catch((error: unknown) => {
  const { code, message } = error as { code?: string; message?: string };
  const sentence =
    code === 'EADDRINUSE' ? `Port ${process.env.PORT ?? 3000} is taken: stop the other program or set PORT to a free one.` : (message ?? String(error));
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
});
