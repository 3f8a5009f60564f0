/** This browser's own push subscription (Push API): made only when its owner asks for it. */

const WORKER = '/push-worker.js';

export function canSubscribe(): boolean {
  return 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;
}

/** The page takes scripts from nowhere but its own named files; the worker is one of them. */
function workerAddress(): string {
  const { trustedTypes } = globalThis as { trustedTypes?: { createPolicy(name: string, rules: object): { createScriptURL(text: string): string } } };
  return trustedTypes?.createPolicy('push-worker', { createScriptURL: () => WORKER }).createScriptURL(WORKER) ?? WORKER;
}
let address: string | undefined;

/** Answers the subscription as the server wants it, or why there is none. */
export async function subscribe(publicKey: string): Promise<{ address: string } | { refused: 'pushDenied' | 'pushFailed' }> {
  if ((await Notification.requestPermission()) !== 'granted') return { refused: 'pushDenied' };
  try {
    await navigator.serviceWorker.register((address ??= workerAddress()), { scope: '/contacts/' });
    const registration = await active();
    const made = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: publicKey });
    const { endpoint, keys } = made.toJSON();
    return { address: JSON.stringify({ endpoint, keys }) };
  } catch {
    return { refused: 'pushFailed' };
  }
}

/** A worker that was just registered takes a moment until it can be subscribed. */
async function active(): Promise<ServiceWorkerRegistration> {
  const registration = (await navigator.serviceWorker.getRegistration('/contacts/'))!;
  const worker = registration.installing ?? registration.waiting;
  if (!registration.active && worker)
    await new Promise((done) => worker.addEventListener('statechange', () => worker.state === 'activated' && done(undefined)));
  return registration;
}
