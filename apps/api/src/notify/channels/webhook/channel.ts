/** Signed webhooks after Standard Webhooks (standardwebhooks.com): the receiver can prove who sent what, and drop repeats by the id. */
import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import type { Outbound } from '../../outbound.js';
import { type Channel, Undelivered } from '../channel.js';

export function webhook(outbound: Outbound): Channel {
  return {
    fault: (address) => outbound.fault(address),
    masked: (address) => new URL(address).origin + '/…',
    newSecret: () => `whsec_${randomBytes(24).toString('base64')}`,
    async send({ address, secret }, letter, signal) {
      if (secret === null) throw new Undelivered('the contact has no secret to sign with');
      const { id, board, kind, about, labels, link, at } = letter;
      const body = JSON.stringify({ type: `${board}.${kind}`, timestamp: at.toISOString(), data: { board, kind, about, ...labels, link } });
      await outbound.call({
        url: address,
        headers: {
          'content-type': 'application/json',
          'webhook-id': id,
          'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
          'webhook-signature': new Webhook(secret).sign(id, at, body),
        },
        body,
        signal,
      });
    },
  };
}
