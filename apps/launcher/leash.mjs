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
