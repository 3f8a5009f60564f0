/**
 * Who may do what on which board. How people prove who they are stands in their accounts; the personal desk token is for the
 * administrator at the machine itself, shown once and kept as its SHA-256 alone: it is as random as the hash is long, so a slow
 * hash would add nothing.
 */
import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { BoardId, ProviderId } from '@comm-cell/board/definition';
import type { Person } from '@comm-cell/board/events';
import type { Role } from '@comm-cell/contract/desk';
import { DataSource, IsNull } from 'typeorm';
import { PersonOfBoard } from './people.entity.js';
import { Refusal } from './refusal.js';

/** Told apart by people, found by scanners of leaked secrets. */
const TOKEN_PREFIX = 'ccdesk_';
const NAME = /^(?=\S)[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]{1,60}(?<=\S)$/u;

/** What somebody is on a board. `providers`: whose work it is limited to; null = the whole board. */
export interface Grant {
  role: Role;
  providers: readonly ProviderId[] | null;
}

export interface PersonOfDesk extends Person {
  grants: ReadonlyMap<BoardId, Grant>;
  demo: boolean;
}

export function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

export function newPersonId(): string {
  return randomBytes(5).toString('hex');
}

function assertName(name: string): void {
  if (!NAME.test(name)) throw new Error('A name has 1 to 60 characters on one line: it stands on walls and in the journal.');
}

@Injectable()
export class People {
  constructor(private readonly database: DataSource) {}

  /** Everybody of a board, those who were removed left out. */
  async ofBoard(board: BoardId): Promise<(Person & Grant)[]> {
    const rows = await this.#rows.find({ where: { boardId: board, revokedAt: IsNull() }, order: { name: 'ASC', personId: 'ASC' } });
    return rows.map(({ personId, name, role, providers }) => ({ id: personId, name, role, providers }));
  }

  /** Gives somebody a part in a board, or changes it. */
  async grant(board: BoardId, { id, name }: Person, { role, providers }: Grant): Promise<void> {
    assertName(name);
    const row = { boardId: board, personId: id, name, role, providers: providers && [...providers], demo: false, revokedAt: null };
    await this.#rows.createQueryBuilder().insert().values(row).orUpdate(['name', 'role', 'providers', 'revoked_at'], ['board_id', 'person_id']).execute();
  }

  /** Makes a person and answers the token in clear: this is the only time it can be seen. */
  async create(boards: readonly BoardId[], name: string, role: Role, providers: readonly ProviderId[] | null = null): Promise<{ id: string; token: string }> {
    if (boards.length === 0) throw new Error('A person needs at least one board.');
    assertName(name);
    const id = newPersonId();
    const token = TOKEN_PREFIX + randomBytes(32).toString('base64url');
    await this.#rows.insert(
      boards.map((boardId) => ({
        boardId,
        personId: id,
        name,
        role,
        providers: providers && [...providers],
        tokenHash: digestOf(token),
        demo: false,
        revokedAt: null,
      })),
    );
    return { id, token };
  }

  /** Ends a person on a board, or on all. Their open sessions end with it. */
  async revoke(personId: string, board?: BoardId): Promise<boolean> {
    const { affected } = await this.#rows.update(
      { personId, revokedAt: IsNull(), ...(board === undefined ? {} : { boardId: board }) },
      { revokedAt: new Date() },
    );
    return (affected ?? 0) > 0;
  }

  /** People of the demo have no token: they are signed in by name, on loopback alone. A revoked one stays revoked. */
  async seedDemo(boards: readonly BoardId[], people: readonly (Person & Grant)[]): Promise<void> {
    const rows = boards.flatMap((boardId) =>
      people.map(({ id, name, role, providers }) => ({
        boardId,
        personId: id,
        name,
        role,
        providers: providers && [...providers],
        tokenHash: null,
        demo: true,
        revokedAt: null,
      })),
    );
    await this.#rows.createQueryBuilder().insert().values(rows).orUpdate(['name', 'role', 'providers'], ['board_id', 'person_id']).execute();
  }

  async byToken(token: string): Promise<PersonOfDesk | undefined> {
    if (!token.startsWith(TOKEN_PREFIX)) return undefined;
    return (await this.#gather({ tokenHash: digestOf(token) }))[0];
  }

  async byId(id: string): Promise<PersonOfDesk | undefined> {
    return (await this.#gather({ personId: id }))[0];
  }

  async ofDemo(): Promise<PersonOfDesk[]> {
    return this.#gather({ demo: true });
  }

  async #gather(where: { tokenHash: Buffer } | { personId: string } | { demo: boolean }): Promise<PersonOfDesk[]> {
    const rows = await this.#rows.find({ where: { ...where, revokedAt: IsNull() }, order: { createdAt: 'ASC', personId: 'ASC', boardId: 'ASC' } }).catch(() => {
      throw storeDown();
    });
    const people = new Map<string, PersonOfDesk & { grants: Map<BoardId, Grant> }>();
    for (const { personId, boardId, name, role, providers, demo } of rows) {
      const known = people.get(personId) ?? { id: personId, name, demo, grants: new Map<BoardId, Grant>() };
      people.set(personId, known);
      known.grants.set(boardId, { role, providers });
    }
    return [...people.values()];
  }

  get #rows() {
    return this.database.getRepository(PersonOfBoard);
  }
}

export function storeDown(): Refusal {
  return new Refusal(503, 'store-down', 'People cannot be looked up at the moment; nothing was done.', 'Try again in a moment.', undefined, {}, 2);
}
