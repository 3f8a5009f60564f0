import { Inject, Logger, type OnModuleDestroy } from '@nestjs/common';
import { Ack, ConnectedSocket, MessageBody, type OnGatewayInit, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { drawnReport, type JoinAnswer, joinRequest, PROTOCOL } from '@comm-cell/contract/live';
import { type Caller, DeskSessions } from '../access/desk-sessions.js';
import { Displays } from '../access/displays.js';
import { ForWatchers } from '../access/gate.js';
import { type DisplayPrincipal, PairedDisplays } from '../access/displays-paired.js';
import { CONFIG, type Config } from '../config.js';
import { Keepers } from '../keeper/keepers.js';
import { Drawn } from './drawn.js';
import { FanOut, forWalls, type LiveServer, type LiveSocket, roomOf } from './fan-out.js';
import { Packing } from './packing.js';

/** The right to watch is looked at again this often; with the time a copy of it may be old, within five seconds (invariant I46). */
const RECHECK_MS = 2_000;

/** The display's side of the live protocol (libs/contract live). Nothing can be changed over a socket. */
@WebSocketGateway()
export class LiveGateway implements OnGatewayInit<LiveServer>, OnModuleDestroy {
  readonly #log = new Logger('Live');
  readonly #packing = new Packing();
  #fanOut: FanOut | undefined;

  constructor(
    private readonly keepers: Keepers,
    private readonly displays: Displays,
    private readonly paired: PairedDisplays,
    private readonly sessions: DeskSessions,
    private readonly reports: Drawn,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  afterInit(server: LiveServer): void {
    // Guards do not run on connection: who may watch is settled in the handshake.
    server.use((socket, next) => {
      const { cookie, host } = socket.handshake.headers;
      this.#admit(socket, { cookie, host }).then(
        (admitted) => next(admitted ? undefined : Object.assign(new Error('This screen may not watch yet.'), { data: { code: 'needs-token' } })),
        (error: Error) => next(error),
      );
    });
    // Once the handshake is through, its request is not needed again; a thousand displays keep a thousand of them otherwise.
    server.on('connection', (socket) => {
      (socket.conn as { request: unknown }).request = null;
    });
    const fanOut = new FanOut(
      server,
      this.config.COMM_CELL_BUILD,
      () => this.keepers.all(),
      (keeper) => this.keepers.prove(keeper),
    );
    this.#fanOut = fanOut;
    this.keepers.onBoard((keeper) => fanOut.follow(keeper));
  }

  /** A paired screen sees its board, people those they have a part in: as long as they may. The socket of whoever is ended is closed. */
  async #admit(socket: LiveSocket, caller: Caller): Promise<boolean> {
    if (this.displays.mayWatch(caller.cookie, caller.host)) return true;
    const { display, boards } = await this.#mayWatch(caller);
    if (boards.size === 0) return false;
    socket.data.boards = boards;
    if (display) socket.data.display = display;
    const look = setInterval(() => {
      if (!socket.connected) return clearInterval(look);
      void this.#mayWatch(caller).then(
        (now) => {
          if (now.boards.size !== boards.size) return socket.disconnect(true);
          this.#saw(socket);
        },
        // A store that is away is no reason to darken a wall: it covers itself when no beat comes.
        () => {},
      );
    }, RECHECK_MS);
    socket.once('disconnect', () => clearInterval(look));
    return true;
  }

  /** Somebody may be signed in at a screen that is paired. */
  async #mayWatch(caller: Caller): Promise<{ display?: DisplayPrincipal; boards: Set<string> }> {
    const display = await this.paired.holder(caller.cookie);
    const person = await this.sessions.holder(caller);
    return { ...(display && { display }), boards: new Set([...(display ? [display.board] : []), ...(person?.grants.keys() ?? [])]) };
  }

  #saw(socket: LiveSocket): void {
    const { display, build } = socket.data;
    if (display) this.paired.saw(display, build, addressOf(socket, this.config.TRUST_PROXY === 'on'));
  }

  onModuleDestroy(): void {
    this.#fanOut?.stop();
  }

  @ForWatchers(true)
  @SubscribeMessage('board:join')
  async join(@ConnectedSocket() socket: LiveSocket, @MessageBody() body: unknown, @Ack() answer: (answer: JoinAnswer) => void): Promise<void> {
    if (typeof answer !== 'function') return;
    const parsed = joinRequest.safeParse(body);
    if (!parsed.success) return answer({ ok: false, code: 'bad-request', detail: 'The join request cannot be read.' });
    const { board, protocol, epoch, since } = parsed.data;
    if (protocol !== PROTOCOL) return answer({ ok: false, code: 'update-required', detail: `This server speaks version ${PROTOCOL} of the live protocol.` });
    const keeper = socket.data.boards?.has(board) === false ? undefined : this.keepers.get(board);
    if (!keeper) return answer({ ok: false, code: 'unknown-board', detail: `There is no board "${board}".` });
    const missed = epoch === keeper.snapshot.head.epoch && since !== undefined && keeper.recentAfter(since) !== undefined;
    const packed = missed ? undefined : await this.#packing.of(keeper);
    // From here to the room in one go, so that no event falls between the answer and the first batch.
    if (socket.data.board !== undefined && socket.data.board !== board) void socket.leave(roomOf(socket.data.board));
    this.#fanOut!.flush(board);
    const { head } = keeper.snapshot;
    const common = { ok: true as const, epoch: head.epoch, seq: head.seq, serverTime: Date.now(), build: this.config.COMM_CELL_BUILD };
    const events = keeper.recentAfter(packed ? packed.seq : since!);
    if (!events || (packed && packed.epoch !== head.epoch))
      return answer({ ok: false, code: 'not-ready', detail: 'The board changed at that very moment; ask again.' });
    const shown = forWalls(events);
    answer(packed ? { ...common, packed: packed.bytes, packedAt: packed.seq, events: shown } : { ...common, from: since! + 1, events: shown });
    socket.data.board = board;
    if (parsed.data.build !== undefined) socket.data.build = parsed.data.build;
    this.#saw(socket);
    delete socket.data.behindSince;
    this.#fanOut!.join(socket, board);
    // The first beat proves the picture without waiting for the next round.
    this.keepers.prove(keeper).then(
      () => {
        this.#fanOut!.flush(board);
        socket.emit('board:beat', this.#fanOut!.beatOf(keeper));
      },
      () => {},
    );
  }

  /** Displays say what they have drawn. A display that folded to another state is told to start afresh. */
  @ForWatchers(true)
  @SubscribeMessage('board:drawn')
  drawn(@ConnectedSocket() socket: LiveSocket, @MessageBody() body: unknown): void {
    const parsed = drawnReport.safeParse(body);
    if (!parsed.success) return;
    const { board, epoch, seq, hash } = parsed.data;
    const keeper = this.keepers.get(board);
    if (!keeper || socket.data.board !== board || keeper.snapshot.head.epoch !== epoch || keeper.snapshot.head.seq < seq) return;
    // A paired screen that joins anew is the same screen.
    this.reports.take({ board, epoch, seq, hash, display: socket.data.display?.display ?? socket.id });
    if (keeper.snapshot.head.seq === seq && hash !== keeper.stateHash()) {
      this.#log.warn(`A display of board ${board} drew another state at ${seq}; it is told to join again.`);
      socket.emit('board:behind', { board });
    }
  }
}

/** Where a screen calls from; behind a proxy, as the proxy says. */
function addressOf(socket: LiveSocket, proxied: boolean): string {
  const forwarded = proxied ? socket.handshake.headers['x-forwarded-for'] : undefined;
  return String(forwarded ?? socket.handshake.address)
    .split(',')[0]!
    .trim()
    .slice(0, 60);
}
