/** Text messages through GOV.UK Notify, with a template that consists of the one field ((message)). */
import notify from 'notifications-node-client';
import type { NotifySettings } from '../../settings.js';
import { type Channel, Undelivered } from '../channel.js';

/** Four parts of a text message: what more there is stands behind the link. */
const LONGEST = 612;
const NUMBER = /^\+?\d[\d ]{6,18}\d$/;

/** What the client hands to its HTTP library. */
interface Sending {
  method: string;
  url: string;
  headers: Record<string, string>;
  data: unknown;
}

export function text({ NOTIFY_API_KEY: key, NOTIFY_TEMPLATE: template, NOTIFY_ADDRESS: server }: NotifySettings): Channel {
  return {
    fault: (address) => (NUMBER.test(address) ? undefined : 'This is not a telephone number.'),
    masked: (address) => `…${address.replaceAll(' ', '').slice(-3)}`,
    async send({ address }, { id, title, lines, link, reply, words }, signal) {
      if (key === undefined || template === undefined) throw new Undelivered('GOV.UK Notify is not set up (NOTIFY_API_KEY, NOTIFY_TEMPLATE)');
      const client = new notify.NotifyClient(server, key);
      // The client's own library cannot be stopped by a signal.
      const send = async ({ method, url, headers, data }: Sending): Promise<unknown> => {
        const answer = await fetch(url, {
          method,
          headers: { ...headers, 'content-type': 'application/json' },
          body: JSON.stringify(data),
          redirect: 'error',
          signal,
        });
        await answer.body?.cancel();
        if (!answer.ok) throw new Undelivered(`GOV.UK Notify answered ${answer.status}`);
        return answer;
      };
      client.setClient(send as unknown as Parameters<typeof client.setClient>[0]);
      const tail = [...(reply === undefined ? [] : [`${words.reply}: ${reply}`]), link].join('\n');
      const message = `${[title, ...lines].join('\n').slice(0, LONGEST - tail.length - 1)}\n${tail}`;
      await client.sendSms(template, address, { personalisation: { message }, reference: id });
    },
  };
}
