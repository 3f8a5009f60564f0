/**
 * How often guesses may be made (reliability 2.8 row 84). Buckets that run out at a steady pace, kept in the database so that
 * more processes give no more guesses: one for the account, one for the address, one for all. A browser the person has signed in
 * with before has a bucket of its own (OWASP "device cookies"): whoever guesses at an account from elsewhere locks out
 * themselves, not the person.
 */
import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import ipaddr from 'ipaddr.js';
import { DataSource } from 'typeorm';
import { storeDown } from './people.js';
import { Refusal } from './refusal.js';

interface Budget {
  /** Tries in a row … */
  most: number;
  /** … and how many come back a minute. */
  perMinute: number;
}
export const BUDGETS = {
  account: { most: 5, perMinute: 1 / 3 },
  device: { most: 10, perMinute: 1 },
  address: { most: 20, perMinute: 20 },
  all: { most: 200, perMinute: 120 },
} as const satisfies Record<string, Budget>;
/** Rows this old are full buckets again. */
const KEPT = '2 hours';

/** One guess: at whose account, from where, and whether the browser is known to belong to the account. */
export interface Guess {
  email: string;
  address: string;
  device: Buffer | undefined;
}

@Injectable()
export class Budgets {
  constructor(private readonly database: DataSource) {}

  /** Takes one try from every bucket the guess falls into; 429 when one of them is empty. To be asked before anything is looked up. */
  async spend(guess: Guess): Promise<void> {
    for (const [name, key] of bucketsOf(guess)) {
      const { most, perMinute } = BUDGETS[name];
      const level = await this.#fill(`${name}:${key}`, most, perMinute);
      if (level > most) {
        const waitS = Math.ceil(((level - most) / perMinute) * 60);
        throw new Refusal(
          429,
          'too-many-tries',
          'Too many tries to sign in.',
          'Wait as long as Retry-After says, use a browser you have signed in with before, or ask the administrator for a new link.',
          undefined,
          {},
          waitS,
        );
      }
    }
  }

  /** The person came in: their tries are given back. */
  async giveBack(guess: Guess): Promise<void> {
    const own = bucketsOf(guess).filter(([name]) => name === 'account' || name === 'device');
    await this.database.query('delete from sign_in_budgets where bucket = any($1) or at < now() - $2::interval', [
      own.map(([name, key]) => `${name}:${key}`),
      KEPT,
    ]);
  }

  /** A refused try fills no further: whoever goes on knocking does not lock the door for longer. */
  async #fill(bucket: string, most: number, perMinute: number): Promise<number> {
    const [row] = await this.database
      .query<{ level: number }[]>(
        `insert into sign_in_budgets as b (bucket, level, at) values ($1, 1, now())
         on conflict (bucket) do update
           set level = least($2::float8 + 1, greatest(0, b.level - extract(epoch from now() - b.at) / 60 * $3) + 1), at = now()
         returning level`,
        [bucket, most, perMinute],
      )
      .catch(() => {
        throw storeDown();
      });
    return row!.level;
  }
}

/** E-mail addresses are personal data and stand in the account alone: here only their hash. */
function bucketsOf({ email, address, device }: Guess): ['account' | 'device' | 'address' | 'all', string][] {
  const who = createHash('sha256').update(email).digest('base64url');
  if (device) return [['device', `${device.toString('base64url')}.${who}`]];
  // The address first: one that is spent does not use up everybody's.
  return [
    ['address', networkOf(address)],
    ['account', who],
    ['all', ''],
  ];
}

/** Of IPv6 everybody has 2^64 addresses: the network counts. */
function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  return parsed.kind() === 'ipv4'
    ? parsed.toString()
    : `${(parsed as ipaddr.IPv6).parts
        .slice(0, 4)
        .map((part) => part.toString(16))
        .join(':')}::/64`;
}
