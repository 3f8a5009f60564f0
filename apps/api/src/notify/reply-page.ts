/**
 * The page behind a reply link: one alert and one button, or one action and two; no script and no sign-in. Opening it changes nothing, for mail scanners
 * open links too; the button names the version that the page showed, so nobody acknowledges what they have not seen.
 *
 * It stands on Fastify itself, in a scope of its own: the rest of the server takes no forms.
 */
import { acknowledge } from '@comm-cell/board/decide/answer-alert';
import type { Decision } from '@comm-cell/board/decide/decision';
import type { Label } from '@comm-cell/board/definition';
import type { Alert, BoardState } from '@comm-cell/board/state';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Keepers } from '../keeper/keepers.js';
import { actionCommand, actionParts } from './action-reply.js';
import { escaped, inBoth, paragraph, sendPage } from './html.js';
import type { Reply, ReplyLinks } from './reply-links.js';

type Asked = FastifyRequest<{ Params: { token: string }; Body: unknown }>;
const TOKEN = /^[a-z0-9-]+(\.[A-Za-z0-9_-]+){4}$/;

const WORDS = {
  gone: {
    en: 'This link is not valid, or its time is over. Open the board instead.',
    cy: 'Nid yw’r ddolen hon yn ddilys, neu mae ei hamser ar ben. Agorwch y bwrdd yn lle hynny.',
  },
  over: { en: 'This alert is over.', cy: 'Mae’r rhybudd hwn ar ben.' },
  acknowledge: { en: 'Acknowledge', cy: 'Cydnabod' },
  thanks: { en: 'Acknowledged. Thank you.', cy: 'Wedi’i gydnabod. Diolch.' },
  moved: { en: 'The alert has moved on. Look again before you acknowledge it.', cy: 'Mae’r rhybudd wedi symud ymlaen. Edrychwch eto cyn ei gydnabod.' },
  failed: { en: 'It could not be acknowledged at the moment. Try again.', cy: 'Ni ellid ei gydnabod ar hyn o bryd. Rhowch gynnig arall arni.' },
  heard: { en: 'Noted on the board. Thank you.', cy: 'Wedi’i nodi ar y bwrdd. Diolch.' },
  unheard: { en: 'It was not noted: write it on one line, at most 200 characters.', cy: 'Ni chafodd ei nodi: ysgrifennwch ar un llinell, hyd at 200 nod.' },
  unsaid: { en: 'It could not be noted at the moment. Try again.', cy: 'Ni ellid ei nodi ar hyn o bryd. Rhowch gynnig arall arni.' },
  taken: { en: 'Acknowledged already', cy: 'Wedi’i gydnabod eisoes' },
  open: { en: 'Open the board', cy: 'Agor y bwrdd' },
  severity: { watch: { en: 'Watch', cy: 'Gwylio' }, act: { en: 'Act', cy: 'Gweithredu' }, critical: { en: 'Critical', cy: 'Critigol' } },
} as const;

export class ReplyPage {
  constructor(
    private readonly links: ReplyLinks,
    private readonly keepers: Pick<Keepers, 'get' | 'all'>,
  ) {}

  /** Not awaited: the server settles its scopes when it listens, and waiting here would settle them before its error handler is set. */
  register(server: FastifyInstance): void {
    void server.register((scope, _options, done) => {
      scope.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string', bodyLimit: 4_000 }, (_request, body, parsed) =>
        parsed(null, Object.fromEntries(new URLSearchParams(String(body)))),
      );
      scope.get('/reply/:token', (request: Asked, reply) => this.#show(request, reply));
      scope.post('/reply/:token', (request: Asked, reply) => this.#answer(request, reply));
      done();
    });
  }

  async #show({ params: { token } }: Asked, reply: FastifyReply): Promise<FastifyReply> {
    const known = await this.#read(token);
    return known ? this.#page(reply, 200, known) : sendPage(reply, 404, [paragraph(WORDS.gone)]);
  }

  async #answer({ params: { token }, body }: Asked, reply: FastifyReply): Promise<FastifyReply> {
    const known = await this.#read(token);
    if (!known) return sendPage(reply, 404, [paragraph(WORDS.gone)]);
    const keeper = this.keepers.get(known.board)!;
    // The journal names the group: who of it pressed the button is known to the contacts alone.
    const by = { id: `reply-${known.contact}`, name: keeper.snapshot.state.definition?.response?.groups[known.group]?.name.en ?? known.group };
    const { alert, action } = known;
    const isAction = action !== undefined;
    const version = Number((body as { version?: unknown } | undefined)?.version);
    const command = isAction ? actionCommand(action, body, by) : undefined;
    if (isAction && !command) return this.#page(reply, 422, known, WORDS.unheard);
    try {
      const submitted = await keeper.submit({
        source: 'reply',
        decide: (state, _known, at): Decision<object> => (command ? command(state) : acknowledge(state, { no: alert!, version, by }, at)),
      });
      const refused = !submitted.repeated && 'refused' in submitted.outcome;
      if (isAction) return this.#page(reply, refused ? 409 : 200, known, refused ? undefined : WORDS.heard);
      return this.#page(reply, refused ? 409 : 200, known, refused ? WORDS.moved : WORDS.thanks);
    } catch {
      return this.#page(reply, 503, known, isAction ? WORDS.unsaid : WORDS.failed);
    }
  }

  #read(token: string): Promise<Reply | undefined> {
    if (!TOKEN.test(token)) return Promise.resolve(undefined);
    const boards = this.keepers.all().map(({ board }) => board);
    return this.links.read(token, boards, Date.now());
  }

  #page(reply: FastifyReply, status: number, { board, alert: no, action }: Reply, said?: Label): FastifyReply {
    const { state } = this.keepers.get(board)!.snapshot;
    if (action !== undefined) {
      const link = `<p><a href="/alerts/${board}?action=${action}">${inBoth(WORDS.open)}</a></p>`;
      return sendPage(reply, status, [...(said ? [paragraph(said)] : []), ...actionParts(state, action), link]);
    }
    const alert = Object.values(state.alerts).find((one) => one.no === no);
    const parts = [...(said ? [paragraph(said)] : []), ...(alert ? about(state, alert) : [paragraph(WORDS.over)])];
    if (alert && !alert.acknowledged && alert.firedAt !== undefined) {
      const seen = `<input type="hidden" name="version" value="${alert.version}">`;
      parts.push(`<form method="post">${seen}<button>${inBoth(WORDS.acknowledge)}</button></form>`);
    }
    parts.push(`<p><a href="/alerts/${board}?alert=${no}">${inBoth(WORDS.open)}</a></p>`);
    return sendPage(reply, status, parts);
  }
}

function about(state: BoardState, alert: Alert): string[] {
  const known = state.rules[alert.rule];
  const rule = known?.rule ?? known?.was;
  const place = rule && state.definition?.places[rule.place]?.name;
  const name = state.definition?.name;
  return [
    ...(name ? [paragraph(name)] : []),
    `<h1>${inBoth(WORDS.severity[alert.severity])}: ${inBoth(rule?.label ?? { en: alert.rule, cy: alert.rule })}</h1>`,
    ...(place ? [paragraph(place)] : []),
    `<p>${inBoth({ en: `Alert ${alert.no}`, cy: `Rhybudd ${alert.no}` })}</p>`,
    ...(alert.acknowledged ? [`<p>${inBoth(WORDS.taken)}: ${escaped(alert.acknowledged.by.name)}</p>`] : []),
  ];
}
