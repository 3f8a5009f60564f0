/** Microsoft Teams: an Adaptive Card to the address of a workflow "when a webhook request is received". The address is the secret. */
import type { Outbound } from '../../outbound.js';
import type { Channel } from '../channel.js';

export function teams(outbound: Outbound): Channel {
  return {
    fault: (address) => outbound.fault(address),
    masked: (address) => new URL(address).origin + '/…',
    async send({ address }, { id, title, lines, link, reply, words }, signal) {
      const open = (to: string, as: string): object => ({ type: 'Action.OpenUrl', title: as, url: to });
      const card = {
        $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
        type: 'AdaptiveCard',
        version: '1.4',
        body: [
          { type: 'TextBlock', text: escaped(title), weight: 'Bolder', size: 'Medium', wrap: true },
          ...lines.map((line) => ({ type: 'TextBlock', text: escaped(line), wrap: true, spacing: 'Small' })),
        ],
        actions: [...(reply === undefined ? [] : [open(reply, words.reply)]), open(link, words.open)],
      };
      await outbound.call({
        url: address,
        headers: { 'content-type': 'application/json', 'x-message-id': id },
        body: JSON.stringify({ type: 'message', attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content: card }] }),
        signal,
      });
    },
  };
}

/** Cards read Markdown: a name with a star in it stays a name. */
function escaped(text: string): string {
  return text.replace(/[\\*_[\]()#`~|]/g, '\\$&');
}
