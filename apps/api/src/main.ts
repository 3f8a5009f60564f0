import 'reflect-metadata';
import { readConfig } from './config.js';
import { seedDemo } from './demo.js';
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
  process.send?.({ ready: true, port });
}

main().catch((error: unknown) => {
  const { code, message } = error as { code?: string; message?: string };
  const sentence =
    code === 'EADDRINUSE' ? `Port ${process.env.PORT ?? 3000} is taken: stop the other program or set PORT to a free one.` : (message ?? String(error));
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
});
