/*
 * The console's page where there is no signal: its last version and the very files that it used. Answers of the server are
 * never kept here, and no other screen is served by this.
 */
const KEPT = 'console';
const PAGE = '/console/';

addEventListener('install', () => skipWaiting());
addEventListener('activate', (event) => event.waitUntil(clients.claim()));

/** The page tells what it was made of when it had come whole; what is not of it any more goes. */
addEventListener('message', ({ data: { page, files } }) => void keep(page, files));

async function keep(page, files) {
  const cache = await caches.open(KEPT);
  const fresh = await fetch(page, { cache: 'no-store' });
  if (!fresh.ok) return;
  const had = new Set((await cache.keys()).map(({ url }) => new URL(url).pathname));
  await cache.addAll(files.filter((file) => !had.has(file)));
  await cache.put(PAGE, fresh);
  for (const file of had) if (file !== PAGE && !files.includes(file)) await cache.delete(file);
}

addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== location.origin || request.method !== 'GET') return;
  if (request.mode === 'navigate' && pathname.startsWith(PAGE)) event.respondWith(fetch(request).catch(() => kept(PAGE)));
  else if (pathname.startsWith('/assets/')) event.respondWith(kept(request).catch(() => fetch(request)));
});

async function kept(what) {
  const found = await caches.match(what);
  if (!found) throw new Error('It was never kept.');
  return found;
}
