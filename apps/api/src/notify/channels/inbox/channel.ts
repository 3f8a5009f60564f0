import type { Channel, Letter } from '../channel.js';

const KEPT = 200;

/** Only of a demo: letters go no further than this process, where they can be read. The address is who would have got them. */
export class Inbox implements Channel {
  #letters: { to: string; letter: Letter }[] = [];

  /** The newest first. */
  get letters(): readonly { to: string; letter: Letter }[] {
    return this.#letters;
  }
  fault(): undefined {
    return undefined;
  }
  masked(address: string): string {
    return address;
  }
  send({ address }: { address: string }, letter: Letter): Promise<void> {
    this.#letters = [{ to: address, letter }, ...this.#letters].slice(0, KEPT);
    return Promise.resolve();
  }
}
