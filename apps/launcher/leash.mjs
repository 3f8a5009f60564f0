import module from 'node:module';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';

/**
 * Loaded into the API and the simulator before their own code. If the launcher is killed with -9 it can stop
 * nobody; the channel to it then breaks, and the process ends itself as if asked.
 */
process.on('disconnect', () => {
  setTimeout(() => process.exit(1), 10_000).unref();
  process.kill(process.pid, 'SIGTERM');
});
// Listening must not keep a process alive that has nothing left to do.
process.channel?.unref();
// Gone already, before anybody here could hear of it. A thread of the process has no channel of its own.
if (isMainThread && !process.connected) process.exit(1);

/** From Node 22 on what was compiled is kept, so that the next start need not compile it. A new build of the server throws it away. */
module.enableCompileCache?.(fileURLToPath(new URL('../api/dist/compiled', import.meta.url)));
