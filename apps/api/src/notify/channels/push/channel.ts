/** Web push (RFC 8030, 8291, 8292): the address is the subscription of one browser, as JSON. */
import webPush from 'web-push';
import { z } from 'zod';
import type { Outbound } from '../../outbound.js';
import type { NotifySettings } from '../../settings.js';
import { type Channel, Undelivered } from '../channel.js';

const subscription = z.object({
  endpoint: z.url(),
  keys: z.object({ p256dh: z.base64url().length(87), auth: z.base64url().length(22) }),
});

function read(address: string): z.infer<typeof subscription> | undefined {
  try {
    return subscription.parse(JSON.parse(address));
  } catch {
    return undefined;
  }
}

/** A push service keeps it so long for a browser that is away. */
const KEEP_S = 4 * 3600;

export function push({ VAPID_PUBLIC_KEY: publicKey, VAPID_PRIVATE_KEY: privateKey, VAPID_SUBJECT: subject }: NotifySettings, outbound: Outbound): Channel {
  return {
    fault(address) {
      const to = read(address);
      return to ? outbound.fault(to.endpoint) : 'This is not the push subscription of a browser.';
    },
    masked: (address) => `${new URL(read(address)!.endpoint).origin}/…`,
    async send({ address }, { id, board, kind, about, title, lines, link, reply }, signal) {
      const to = read(address);
      if (!to) throw new Undelivered('the subscription cannot be read');
      if (publicKey === undefined || privateKey === undefined || subject === undefined)
        throw new Undelivered('web push is not set up (VAPID_PUBLIC_KEY, VAPID_PRIVATE_KEY, VAPID_SUBJECT)');
      const { endpoint, method, headers, body } = webPush.generateRequestDetails(
        to,
        JSON.stringify({ id, board, kind, about, title, body: lines.join('\n'), link, reply }),
        { vapidDetails: { subject, publicKey, privateKey }, TTL: KEEP_S, urgency: 'high', contentEncoding: 'aes128gcm' },
      );
      const plain = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
      await outbound.call({ url: endpoint, method, headers: plain, body: body as Buffer, signal });
    },
  };
}
