/**
 * `{board}.{about}.{contact}.{end}.{signature}`: good for one alert (`147`) or action (`a12`), one person and a few hours. The key is the board's own
 * and stays in the database, so that every process, and one started anew, knows it.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { Contact } from './contact.entity.js';
import { REPLY_KEY } from './outbox.sql.js';

export interface Reply {
  board: string;
  /** One of the two. */
  alert?: number;
  action?: number;
  contact: string;
  /** The group the contact belongs to. */
  group: string;
}

/** 132 bits. */
const SIGNATURE = 22;

export class ReplyLinks {
  #keys = new Map<string, Buffer>();

  constructor(private readonly database: DataSource) {}

  /** Path of the link. */
  async make(board: string, about: number | `a${number}`, contact: string, until: number): Promise<string> {
    const stem = `${board}.${about}.${contact}.${Math.floor(until / 1000).toString(36)}`;
    return `/reply/${stem}.${signed(await this.#key(board), stem)}`;
  }

  /** Undefined for whatever was not made here, is over, or belongs to somebody who is no contact any more. */
  async read(token: string, boards: readonly string[], now: number): Promise<Reply | undefined> {
    const [board = '', about = '', contact = '', until = '', signature = ''] = token.split('.');
    if (!boards.includes(board) || !/^a?\d{1,15}$/.test(about) || signature.length !== SIGNATURE) return undefined;
    const right = signed(await this.#key(board), `${board}.${about}.${contact}.${until}`);
    const [given, wanted] = [Buffer.from(signature), Buffer.from(right)];
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted) || token.split('.').length !== 5) return undefined;
    if (parseInt(until, 36) * 1000 < now) return undefined;
    const known = await this.database.getRepository(Contact).findOneBy({ boardId: board, contactId: contact, enabled: true });
    if (!known) return undefined;
    const of = about.startsWith('a') ? { action: Number(about.slice(1)) } : { alert: Number(about) };
    return { board, ...of, contact, group: known.groupId };
  }

  async #key(board: string): Promise<Buffer> {
    let key = this.#keys.get(board);
    // Of two processes that make it at once one may not see the other's yet.
    for (let look = 0; !key && look < 3; look++) {
      const [row] = await this.database.query<{ secret: Buffer }[]>(REPLY_KEY, [board, randomBytes(32)]);
      key = row?.secret;
    }
    if (!key) throw new Error(`There is no reply key of board ${board}.`);
    this.#keys.set(board, key);
    return key;
  }
}

function signed(key: Buffer, stem: string): string {
  return createHmac('sha256', key).update(stem).digest('base64url').slice(0, SIGNATURE);
}
