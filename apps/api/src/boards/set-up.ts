/** The first start of an empty system: a secret, printed once, with which the first administrator and the first board are made. */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { digestOf } from '../access/people.js';
import { Refusal } from '../access/refusal.js';

@Injectable()
export class SetUp {
  /** In memory alone: whoever starts the server again gets another one. */
  #digest: Buffer | undefined;

  constructor(private readonly database: DataSource) {}

  /** The secret of the set-up address; undefined when the system has an administrator already. */
  async begin(): Promise<string | undefined> {
    if (await this.#hasAdministrator()) return undefined;
    const secret = randomBytes(32).toString('base64url');
    this.#digest = digestOf(secret);
    return secret;
  }

  /** Is a set-up address waiting to be opened? */
  async waits(): Promise<boolean> {
    if (!this.#digest) return false;
    if (await this.#hasAdministrator()) this.#digest = undefined;
    return this.#digest !== undefined;
  }

  async assert(secret: string): Promise<void> {
    if ((await this.waits()) && timingSafeEqual(digestOf(secret), this.#digest!)) return;
    throw new Refusal(
      403,
      'set-up-over',
      'This set-up address is not valid.',
      'It ends with the first administrator and with a restart. If there is none yet, start the server again: it prints a new address.',
    );
  }

  async #hasAdministrator(): Promise<boolean> {
    const rows = await this.database.query<unknown[]>(`select 1 from people where role = 'administrator' and not demo and revoked_at is null limit 1`);
    return rows.length > 0;
  }
}
