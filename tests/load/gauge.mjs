/** Loaded into a server before its own code: tells, when asked, what the process keeps in memory once the garbage is gone. */
process.on('message', (message) => {
  if (!message.gauge) return;
  globalThis.gc();
  const { rss, heapUsed } = process.memoryUsage();
  process.send({ gauge: { rss, heap: heapUsed } });
});
// Listening must not keep alive a process that would otherwise end.
process.channel?.unref();
