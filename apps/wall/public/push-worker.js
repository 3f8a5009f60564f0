/**
 * Shows push messages of the board (apps/api notify/channels/push) on a device whose owner asked for them. It keeps nothing and
 * answers no request: the pages of the wall never come from a worker, for a kept page could show an old board as a new one.
 */
self.addEventListener('install', () => void self.skipWaiting());

self.addEventListener('push', (event) => {
  const message = read(event.data);
  event.waitUntil(
    self.registration.showNotification(message.title, {
      body: message.body,
      // What is about the same thing takes the place of what was said before.
      tag: `${message.board} ${message.about}`,
      renotify: true,
      data: { link: message.link },
    }),
  );
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const { pathname, search } = new URL(event.notification.data.link, self.location.origin);
  event.waitUntil(self.clients.openWindow(self.location.origin + pathname + search));
});

/** Something was sent: whatever cannot be read of it, the person is told that there is something to look at. */
function read(data) {
  const nothing = { title: 'Comm Cell', body: '', board: '', about: '', link: '/' };
  try {
    return { ...nothing, ...data.json() };
  } catch {
    return nothing;
  }
}
