/**
 * Accounts: how people prove who they are. By a password and, where their role demands it, a second factor; or by the
 * organisation's own sign-in, which is linked to an account that exists and never makes one. A new person gets a link that opens
 * once; the same link, made anew, is how a forgotten password is set again.
 */
import { randomBytes } from 'node:crypto';
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { Person } from '@comm-cell/board/events';
import type { AccountView } from '@comm-cell/contract/access';
import { DataSource, IsNull, Not } from 'typeorm';
import { Account } from './account.entity.js';
import { Passwords } from './passwords.js';
import { digestOf, newPersonId, storeDown } from './people.js';
import { Refusal } from './refusal.js';
import { Seal } from './seal.js';
import { addressOf, hashOfRecovery, newRecoveryCodes, newSecret, stepOf } from './second-factor.js';

/** As releases before the seal kept it. */
const BASE32 = /^[A-Z2-7]+$/;
/** An invitation waits over a weekend. */
const INVITATION_MS = 72 * 3_600_000;

export type Entered = { account: Account } | 'wrong' | 'needs-code';

@Injectable()
export class Accounts implements OnModuleInit {
  readonly #log = new Logger('Accounts');

  constructor(
    private readonly database: DataSource,
    private readonly passwords: Passwords,
    private readonly seal: Seal,
  ) {}

  /** Secrets of an earlier key, or of a release that kept them in clear, are sealed anew: after a start the old key can go. */
  async onModuleInit(): Promise<void> {
    let strange = 0;
    for (const { personId, totpSecret } of await this.#accounts.find({ where: { totpSecret: Not(IsNull()), endedAt: IsNull() } })) {
      if (this.seal.isFresh(totpSecret!)) continue;
      const secret = BASE32.test(totpSecret!) ? totpSecret! : this.seal.open(totpSecret!, personId);
      if (secret === undefined) strange++;
      else await this.#accounts.update({ personId, totpSecret: totpSecret! }, { totpSecret: this.seal.shut(secret, personId) });
    }
    if (strange > 0)
      this.#log.error(
        `The second factors of ${strange} accounts were sealed with another key: bring it back (SECRET_KEY, or the file in DATA_DIR), or hand out new links without them.`,
      );
  }

  /** An account nobody can open yet: it needs an invitation. Grants are given apart (`People.grant`). */
  async create({ name, email }: { name: string; email: string }): Promise<Person> {
    const id = newPersonId();
    await this.#accounts.insert({ personId: id, name, email: email.toLowerCase() });
    return { id, name };
  }

  /** Answers the secret of a link that lets the person set their password, once. Earlier links end. */
  async invite(personId: string): Promise<string> {
    const secret = randomBytes(32).toString('base64url');
    await this.database.transaction(async (manager) => {
      await manager.query('delete from invitations where person_id = $1 or expires_at < now()', [personId]);
      await manager.query('insert into invitations (secret_hash, person_id, expires_at) values ($1, $2, $3)', [
        digestOf(secret),
        personId,
        new Date(Date.now() + INVITATION_MS),
      ]);
    });
    return secret;
  }

  /** Whose link this is; undefined for one that is unknown, used or over. */
  async invited(secret: string): Promise<Account | undefined> {
    const [row] = await this.database
      .query<{ person_id: string }[]>('select person_id from invitations where secret_hash = $1 and used_at is null and expires_at > now()', [digestOf(secret)])
      .catch(() => {
        throw storeDown();
      });
    return row && this.byId(row.person_id);
  }

  /** Uses the link up. False when it was used meanwhile. */
  async useInvitation(secretHash: Buffer): Promise<boolean> {
    const [, used] = await this.database.query<[unknown, number]>(
      'update invitations set used_at = now() where secret_hash = $1 and used_at is null and expires_at > now()',
      [secretHash],
    );
    return used === 1;
  }

  async setPassword(account: Account, password: string): Promise<void> {
    await this.keepPassword(account, await this.hashOf(account, password));
  }

  /** Refuses a password that is too easily guessed, else answers what is to be kept of it. */
  async hashOf({ name, email }: Account, password: string): Promise<string> {
    await this.passwords.assertGood(password, [name, email]);
    return this.passwords.store(password);
  }

  async keepPassword({ personId }: Account, passwordHash: string): Promise<void> {
    await this.#accounts.update({ personId }, { passwordHash });
  }

  /**
   * Checks password and, where there is one, the second factor. It takes as long for an address nobody has, and answers the same;
   * that a code is needed is told only to whoever knows the password.
   */
  async enter({ email, password, code }: { email: string; password: string; code?: string | undefined }): Promise<Entered> {
    const account = await this.byEmail(email);
    if (!(await this.passwords.fits(password, account?.passwordHash)) || !account) return 'wrong';
    if (account.totpSecret === null) return { account };
    if (code === undefined) return 'needs-code';
    return (await this.#takeCode(account, code)) ? { account } : 'wrong';
  }

  /** Whether this is the person's password; for those who are signed in. */
  async isPasswordOf(account: Account, password: string): Promise<boolean> {
    return this.passwords.fits(password, account.passwordHash);
  }

  /** A secret for an authenticator app. It counts once a first code has shown that the app has it. */
  async offerSecondFactor({ personId, email }: Account): Promise<{ secret: string; address: string }> {
    const secret = newSecret();
    await this.#accounts.update({ personId }, { totpOffered: this.seal.shut(secret, personId) });
    return { secret, address: addressOf(secret, email) };
  }

  /** The time step of a code that shows that the app has the secret it was offered; undefined for a wrong one. */
  offeredStep({ personId, totpOffered }: Account, code: string): number | undefined {
    return totpOffered === null ? undefined : stepOf(this.#opened(totpOffered, personId), code, 0, Date.now());
  }

  /** Answers recovery codes in clear, for the only time. `step`: of the code that proved it; it opens nothing again. */
  async confirmSecondFactor({ personId, totpOffered }: Account, step: number): Promise<string[]> {
    const { codes, hashes } = newRecoveryCodes();
    await this.#accounts.update({ personId }, { totpSecret: totpOffered, totpOffered: null, totpStep: String(step), recoveryHashes: hashes });
    return codes;
  }

  async dropSecondFactor(personId: string): Promise<void> {
    await this.#accounts.update({ personId }, { totpSecret: null, totpOffered: null, totpStep: null, recoveryHashes: [] });
  }

  /** Ties the organisation's sign-in to an account. False when another account has it already. */
  async link(personId: string, issuer: string, subject: string): Promise<boolean> {
    const holder = await this.bySubject(issuer, subject);
    if (holder) return holder.personId === personId;
    await this.#accounts.update({ personId }, { issuer, subject });
    return true;
  }

  bySubject(issuer: string, subject: string): Promise<Account | undefined> {
    return this.#one({ issuer, subject });
  }
  byEmail(email: string): Promise<Account | undefined> {
    return this.#one({ email: email.toLowerCase() });
  }
  byId(personId: string): Promise<Account | undefined> {
    return this.#one({ personId });
  }

  async emails(personIds: readonly string[]): Promise<ReadonlyMap<string, { email: string; entered: boolean; secondFactor: boolean }>> {
    const accounts = await this.#accounts.find({ where: personIds.map((personId) => ({ personId, endedAt: IsNull() })) });
    return new Map(
      accounts.map(({ personId, email, passwordHash, subject, totpSecret }) => [
        personId,
        { email, entered: passwordHash !== null || subject !== null, secondFactor: totpSecret !== null },
      ]),
    );
  }

  /** Nobody opens it any more; the address is free again. */
  async end(personId: string): Promise<void> {
    await this.#accounts.update({ personId, endedAt: IsNull() }, { endedAt: new Date() });
  }

  /** A browser the person has come in with has a budget of its own. */
  async knows(device: string | undefined, email: string): Promise<Buffer | undefined> {
    if (device === undefined) return undefined;
    const hash = digestOf(device);
    const rows = await this.database
      .query<unknown[]>('select 1 from known_devices d join accounts a using (person_id) where d.device_hash = $1 and a.email = $2 and a.ended_at is null', [
        hash,
        email.toLowerCase(),
      ])
      .catch(() => {
        throw storeDown();
      });
    return rows.length > 0 ? hash : undefined;
  }

  /** Answers the secret of the browser's cookie: the one it has, or a new one. */
  async remember(device: string | undefined, personId: string): Promise<string> {
    const secret = device ?? randomBytes(32).toString('base64url');
    await this.database.query(
      `insert into known_devices (device_hash, person_id) values ($1, $2) on conflict (device_hash, person_id) do update set seen_at = now()`,
      [digestOf(secret), personId],
    );
    await this.database.query(`delete from known_devices where seen_at < now() - interval '400 days'`);
    return secret;
  }

  view(account: Account): Pick<AccountView, 'name' | 'email' | 'password' | 'secondFactor' | 'recoveryLeft' | 'organisation'> {
    const { name, email, passwordHash, totpSecret, recoveryHashes, subject } = account;
    return {
      name,
      email,
      password: passwordHash !== null,
      secondFactor: totpSecret !== null,
      recoveryLeft: recoveryHashes.length,
      organisation: subject !== null,
    };
  }

  /** Each code opens once, also when two come at the same moment: the row decides. */
  async #takeCode(account: Account, code: string): Promise<boolean> {
    const step = stepOf(this.#opened(account.totpSecret!, account.personId), code, Number(account.totpStep ?? 0), Date.now());
    const [, taken] =
      step === undefined
        ? await this.database.query<[unknown, number]>(
            'update accounts set recovery_hashes = array_remove(recovery_hashes, $2) where person_id = $1 and $2 = any(recovery_hashes)',
            [account.personId, hashOfRecovery(code)],
          )
        : await this.database.query<[unknown, number]>('update accounts set totp_step = $2 where person_id = $1 and coalesce(totp_step, 0) < $2', [
            account.personId,
            step,
          ]);
    return taken === 1;
  }

  #opened(sealed: string, personId: string): string {
    const secret = this.seal.open(sealed, personId);
    if (secret !== undefined) return secret;
    throw new Refusal(
      503,
      'sealed',
      'Codes cannot be checked: they were sealed with a key this server does not have.',
      'Ask those who run the server to bring the key back.',
    );
  }

  async #one(where: { email: string } | { personId: string } | { issuer: string; subject: string }): Promise<Account | undefined> {
    const found = await this.#accounts.findOneBy({ ...where, endedAt: IsNull() }).catch(() => {
      throw storeDown();
    });
    return found ?? undefined;
  }

  get #accounts() {
    return this.database.getRepository(Account);
  }
}

/** What somebody may not do before they have a second factor. */
export function owesSecondFactor(): Refusal {
  return new Refusal(403, 'second-factor-first', 'Your role needs a second factor.', 'Set up the authenticator app on the page /account; then do it again.');
}
