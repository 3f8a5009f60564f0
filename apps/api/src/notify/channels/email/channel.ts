import { createTransport } from 'nodemailer';
import type { NotifySettings } from '../../settings.js';
import { type Channel, Undelivered } from '../channel.js';

const ADDRESS = /^[^\s@<>",;:]+@[^\s@<>",;:]+\.?[^\s@<>",;:]*$/;

export function email({ SMTP_URL, MAIL_FROM, NOTIFY_ATTEMPT_MS: timeout }: NotifySettings): Channel {
  return {
    fault: (address) => (ADDRESS.test(address) ? undefined : 'This is not an e-mail address.'),
    masked: (address) => address.replace(/^(.).*(@.*)$/, '$1…$2'),
    async send({ address }, { id, board, title, lines, link, reply, words }, signal) {
      if (SMTP_URL === undefined) throw new Undelivered('there is no mail server in the settings (SMTP_URL)');
      const transport = createTransport({ url: SMTP_URL, connectionTimeout: timeout, greetingTimeout: timeout, socketTimeout: timeout });
      const stop = (): void => transport.close();
      signal.addEventListener('abort', stop, { once: true });
      try {
        await transport.sendMail({
          from: MAIL_FROM,
          to: { name: '', address },
          subject: title,
          messageId: `<${id}@${board}.comm-cell>`,
          headers: { 'Auto-Submitted': 'auto-generated', 'X-Message-Id': id },
          text: [...lines, '', ...(reply === undefined ? [] : [`${words.reply}: ${reply}`]), `${words.open}: ${link}`].join('\n'),
          disableFileAccess: true,
          disableUrlAccess: true,
        });
      } finally {
        signal.removeEventListener('abort', stop);
        transport.close();
      }
    },
  };
}
