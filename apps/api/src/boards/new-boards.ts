import { Injectable } from '@nestjs/common';
import { changeBoard } from '@comm-cell/board/decide/define-board';
import type { Person } from '@comm-cell/board/events';
import { readBoard } from '@comm-cell/catalogue/load';
import { adapted, templateOf, templates } from '@comm-cell/catalogue/templates';
import type { NewBoardBody, Template } from '@comm-cell/contract/boards';
import { People } from '../access/people.js';
import { Refusal } from '../access/refusal.js';
import { Keepers } from '../keeper/keepers.js';
import { faultOf, refusalOf } from './looked-at.js';

/** Boards that did not exist before. Whoever makes one is its administrator. */
@Injectable()
export class NewBoards {
  constructor(
    private readonly keepers: Keepers,
    private readonly people: People,
  ) {}

  templates(): Template[] {
    return templates().map(({ id, name, about, file }) => ({
      id,
      name,
      about,
      languages: file.languages ?? ['en', 'cy'],
      providers: Object.fromEntries(Object.entries(file.providers).map(([one, { name, kind }]) => [one, { name, kind }])),
      places: file.places,
    }));
  }

  async make(body: NewBoardBody, by: Person): Promise<{ seq: number | null }> {
    const template = templateOf(body.template);
    if (!template) throw new Refusal(404, 'unknown-template', `There is no template "${body.template}".`, 'GET /v1/start lists them.');
    const { board, issues } = readBoard(adapted(template.file, body), `${body.id}.yaml`);
    if (!board || issues.length > 0) throw refusalOf(issues.map(faultOf));
    const keeper = await this.keepers.open(board.id);
    const submitted = await keeper.submit({
      source: `person:${by.id}`,
      decide: (state, _known, at) => changeBoard(state, { was: null, proposed: board, rules: {}, reason: `New board from ${template.name.en}`, by }, at),
    });
    if (submitted.repeated) throw new Error('A command of the desk has no receipt.');
    if ('refused' in submitted.outcome) {
      const { field, code, detail } = submitted.outcome.refused;
      throw new Refusal(409, code, detail, 'Choose another id: it stands in the addresses of the board.', [
        { field: field === 'board' ? 'id' : field, code, detail },
      ]);
    }
    await this.people.grant(board.id, by, { role: 'administrator', providers: null });
    return { seq: submitted.placed.toSeq };
  }
}
