import type { Label } from '@comm-cell/board/definition';

/** One message as it goes to one person. */
export interface Letter {
  /** Stays the same when it is sent again: whoever gets it twice can tell. */
  id: string;
  board: string;
  kind: string;
  about: string;
  /** In the person's language, or in both. */
  title: string;
  lines: readonly string[];
  /** The same in both languages, for machines. */
  labels: { title: Label; lines: readonly Label[] };
  /** Where it stands on the board. */
  link: string;
  /** Acknowledges the alert without a sign-in; only for the person it is sent to. */
  reply?: string;
  /** Words on the two links, in the person's language. */
  words: { open: string; reply: string };
  at: Date;
}

export interface Recipient {
  address: string;
  secret: string | null;
}

/** Why it did not get through, in words that name no address and no key: they are journaled and shown. */
export class Undelivered extends Error {}

export interface Channel {
  /** What is wrong with an address, if anything. */
  fault(address: string): string | undefined;
  /** The address, told apart but not given away. */
  masked(address: string): string;
  /** Resolves when the other side has taken it. */
  send(to: Recipient, letter: Letter, signal: AbortSignal): Promise<void>;
  /** A secret of the contact's own, if the channel signs. */
  newSecret?(): string;
}
