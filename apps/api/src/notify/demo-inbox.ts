/**
 * Whom a demo tells: nobody. Every group has one contact, whose messages stay in this process and can be read at
 * `/demo/messages`, reply links included; so outbox, retries and links can be seen at work without a mail server.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { DataSource } from 'typeorm';
import type { Displays } from '../access/displays.js';
import type { Keepers } from '../keeper/keepers.js';
import type { Letter } from './channels/channel.js';
import type { Inbox } from './channels/inbox/channel.js';
import { Contact } from './contact.entity.js';
import { WATCHDOG } from './dead-man.js';
import { escaped, sendPage } from './html.js';

export class DemoInbox {
  constructor(
    private readonly inbox: Inbox,
    private readonly database: DataSource,
    private readonly keepers: Pick<Keepers, 'all'>,
    private readonly displays: Displays,
  ) {}

  /** Groups that somebody has given a contact keep theirs beside this one. */
  async seed(): Promise<void> {
    const contacts = this.keepers.all().flatMap(({ board, snapshot: { state } }) =>
      state.definition?.simulated && board !== WATCHDOG
        ? Object.values(state.definition.response?.groups ?? {}).map(({ id, name }) => ({
            boardId: board,
            contactId: `demo-${id}`,
            groupId: id,
            channel: 'inbox',
            address: name.en,
            name: name.en,
            enabled: true,
          }))
        : [],
    );
    if (contacts.length > 0) await this.database.createQueryBuilder().insert().into(Contact).values(contacts).orIgnore().execute();
  }

  register(server: FastifyInstance): void {
    server.get('/demo/messages', (request: FastifyRequest, reply: FastifyReply) => {
      if (!this.displays.mayWatch(request.headers.cookie, request.headers.host)) return sendPage(reply, 401, ['<p>Open a wall first.</p>']);
      return sendPage(reply, 200, ['<h1>Messages of this demo</h1>', ...this.inbox.letters.map(({ to, letter }) => article(to, letter))]);
    });
  }
}

function article(to: string, { title, lines, link, reply, words, at }: Letter): string {
  const links = [...(reply === undefined ? [] : [[reply, words.reply] as const]), [link, words.open] as const];
  return `<article><h2>${escaped(title)}</h2><p>${at.toISOString()} → ${escaped(to)}</p>${lines.map((line) => `<p>${escaped(line)}</p>`).join('')}<p>${links
    .map(([href, word]) => `<a href="${escaped(href)}">${escaped(word)}</a>`)
    .join(' · ')}</p></article>`;
}
