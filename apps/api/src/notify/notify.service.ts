/** Contacts of a board's groups, and what can be done about messages: for whoever administers the board. */
import { randomInt, randomUUID } from 'node:crypto';
import type { BoardId, Label } from '@comm-cell/board/definition';
import type { ContactBody, ContactChange, ContactView, NewContact, TestOutcome, UndeliveredMessage, Ways } from '@comm-cell/contract/contacts';
import type { DataSource } from 'typeorm';
import { Refusal } from '../access/refusal.js';
import type { Keepers } from '../keeper/keepers.js';
import type { Channel } from './channels/channel.js';
import type { Channels } from './channels/registry.js';
import { Contact } from './contact.entity.js';
import { languageOf, letterOf } from './letter.js';
import { reasonOf } from './outbound.js';
import * as sql from './outbox.sql.js';
import { inTime, type Sender } from './sender.js';
import type { NotifySettings } from './settings.js';
import type { StuckMessages } from './stuck.js';

const TEST: { title: Label; lines: Label[] } = {
  title: { en: 'Test: messages of this board reach you', cy: 'Prawf: mae negeseuon y bwrdd hwn yn eich cyrraedd' },
  lines: [{ en: 'Nothing has happened and nothing is to be done.', cy: 'Nid oes dim wedi digwydd ac nid oes dim i’w wneud.' }],
};
const ALPHABET = 'abcdefghijkmnpqrstuvwxyz23456789';

export class NotifyService {
  constructor(
    private readonly database: DataSource,
    private readonly keepers: Pick<Keepers, 'get'>,
    private readonly channels: Channels,
    private readonly settings: NotifySettings,
    private readonly server: () => string,
    private readonly sender: Sender,
    private readonly stuck: StuckMessages,
  ) {}

  ways(board: BoardId): Ways {
    const groups = Object.values(this.keepers.get(board)?.snapshot.state.definition?.response?.groups ?? {}).map(({ id, name }) => ({ id, name }));
    return { groups, channels: Object.keys(this.channels), publicKey: this.settings.VAPID_PUBLIC_KEY ?? null };
  }

  undelivered(board: BoardId): UndeliveredMessage[] {
    return Object.entries(this.keepers.get(board)?.snapshot.state.stuck ?? {})
      .map(([id, message]) => ({ id, ...message }))
      .sort((a, b) => a.since - b.since);
  }

  async contacts(board: BoardId): Promise<ContactView[]> {
    const rows = await this.#contacts.find({ where: { boardId: board }, order: { groupId: 'asc', createdAt: 'asc' } });
    return rows.map((row) => this.#viewOf(row));
  }

  async add(board: BoardId, body: ContactBody): Promise<NewContact> {
    const groups = this.keepers.get(board)?.snapshot.state.definition?.response?.groups ?? {};
    if (!Object.hasOwn(groups, body.group)) throw wrong('group', `This board has no group "${body.group}".`);
    const channel = this.#channel(body.channel);
    if (!channel) throw wrong('channel', `There is no such channel; there are: ${Object.keys(this.channels).join(', ')}.`);
    const fault = channel.fault(body.address);
    if (fault !== undefined) throw wrong('address', fault);
    const secret = channel.newSecret?.() ?? null;
    const { group, ...rest } = body;
    const row = { boardId: board, contactId: newId(), groupId: group, secret, ...rest };
    await this.#contacts.insert(row);
    return { ...this.#viewOf(row), ...(secret === null ? {} : { secret }) };
  }

  async change(board: BoardId, id: string, change: ContactChange): Promise<ContactView> {
    const contact = await this.#contact(board, id);
    const fault = change.address === undefined ? undefined : this.#channel(contact.channel)?.fault(change.address);
    if (fault !== undefined) throw wrong('address', fault);
    if (Object.keys(change).length > 0) await this.#contacts.update({ boardId: board, contactId: id }, change);
    return this.#viewOf({ ...contact, ...change });
  }

  async remove(board: BoardId, id: string): Promise<ContactView> {
    const contact = await this.#contact(board, id);
    await this.#contacts.delete({ boardId: board, contactId: id });
    return this.#viewOf(contact);
  }

  /** Sends at once, past the outbox and quiet hours: whoever presses the button waits for the answer. */
  async test(board: BoardId, id: string): Promise<TestOutcome> {
    const contact = await this.#contact(board, id);
    const definition = this.keepers.get(board)?.snapshot.state.definition ?? null;
    const language = languageOf(definition, contact.language);
    const lines = [...(definition ? [definition.name] : []), ...TEST.lines];
    const row = { id: randomUUID(), board, kind: 'test', about: 'test' };
    const letter = letterOf(row, { title: TEST.title, lines, link: `/wall/${board}` }, language, this.server(), new Date());
    const signal = AbortSignal.timeout(this.settings.NOTIFY_ATTEMPT_MS);
    const started = performance.now();
    try {
      const channel = this.#channel(contact.channel);
      if (!channel) return { delivered: false, detail: 'there is no such channel any more' };
      await inTime(channel.send(contact, letter, signal), signal);
      return { delivered: true, detail: `The other side took it after ${((performance.now() - started) / 1000).toFixed(1)} s.` };
    } catch (error) {
      return { delivered: false, detail: `It did not get through: ${reasonOf(error, signal)}.` };
    }
  }

  /** Sends a message that was given up once more. */
  async again(board: BoardId, message: string): Promise<void> {
    await this.#touch(sql.AGAIN, board, message);
    this.sender.kick();
  }

  /** Takes a message off the board that nobody got: a person has seen it and told them otherwise. */
  async settle(board: BoardId, message: string): Promise<void> {
    await this.#touch(sql.SETTLED, board, message);
    this.stuck.look();
  }

  async #touch(statement: string, board: BoardId, message: string): Promise<void> {
    const [, touched] = /^[0-9a-f-]{36}$/.test(message) ? await this.database.query<[unknown, number]>(statement, [board, message]) : [undefined, 0];
    if (touched === 0) throw new Refusal(404, 'unknown-message', 'There is no such message that could be treated like this.', 'Look at the board again.');
  }

  async #contact(board: BoardId, id: string): Promise<Contact> {
    const contact = await this.#contacts.findOneBy({ boardId: board, contactId: id });
    if (!contact) throw new Refusal(404, 'unknown-contact', 'There is no such contact.', 'List the contacts of the board again.');
    return contact;
  }

  #channel(kind: string): Channel | undefined {
    return Object.hasOwn(this.channels, kind) ? this.channels[kind] : undefined;
  }

  #viewOf({ contactId, groupId, channel, address, name, language, quiet, enabled }: Omit<Contact, 'boardId' | 'secret' | 'createdAt'>): ContactView {
    return { id: contactId, group: groupId, channel, masked: this.#channel(channel)?.masked(address) ?? '…', name, language, quiet, enabled };
  }

  get #contacts() {
    return this.database.getRepository(Contact);
  }
}

function wrong(field: string, detail: string): Refusal {
  return new Refusal(422, 'unreadable', 'The contact is not right.', 'Each error names its field.', [{ field, code: 'unreadable', detail }]);
}

function newId(): string {
  return Array.from({ length: 10 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}
