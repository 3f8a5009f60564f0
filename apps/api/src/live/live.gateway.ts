import { Inject, Logger, type OnModuleDestroy } from '@nestjs/common';
import { Ack, ConnectedSocket, MessageBody, type OnGatewayInit, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { drawnReport, type JoinAnswer, joinRequest, PROTOCOL } from '@comm-cell/contract/live';
import { type Caller, DeskSessions } from '../access/desk-sessions.js';
import { Displays } from '../access/displays.js';
import { CONFIG, type Config } from '../config.js';
import { Keepers } from '../keeper/keepers.js';
import { FanOut, type LiveServer, type LiveSocket, roomOf } from './fan-out.js';

/** The display's side of the live protocol (libs/contract live). Nothing can be changed over a socket. */
/** A person's right to watch is looked at again this often. */
const RECHECK_MS = 4_000;

@WebSocketGateway()
export class LiveGateway implements OnGatewayInit<LiveServer>, OnModuleDestroy {
  readonly #log = new Logger('Live');
  #fanOut: FanOut | undefined;

  constructor(
    private readonly keepers: Keepers,
    private readonly displays: Displays,
    private readonly sessions: DeskSessions,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  afterInit(server: LiveServer): void {
    // Guards do not run on connection: who may watch is settled in the handshake.
    server.use((socket, next) => {
      const { cookie, host } = socket.handshake.headers;
      if (this.displays.mayWatch(cookie, host)) return next();
      this.#admitPerson(socket, { cookie, host }).then(
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

  /** People see the boards they have a part in, as long as they have it: an ended person's socket is closed (invariant I46). */
  async #admitPerson(socket: LiveSocket, caller: Caller): Promise<boolean> {
    const person = await this.sessions.holder(caller);
    if (!person) return false;
    socket.data.boards = new Set(person.grants.keys());
    const look = setInterval(() => {
      if (!socket.connected) return clearInterval(look);
      void this.sessions.holder(caller).then(
        (still) => {
          if (still && still.grants.size === socket.data.boards!.size) return;
          socket.disconnect(true);
        },
        () => {},
      );
    }, RECHECK_MS);
    socket.once('disconnect', () => clearInterval(look));
    return true;
  }

  onModuleDestroy(): void {
    this.#fanOut?.stop();
  }

  /** Answered and entered into the room in one go, so that no event falls between the two. */
  @SubscribeMessage('board:join')
  join(@ConnectedSocket() socket: LiveSocket, @MessageBody() body: unknown, @Ack() answer: (answer: JoinAnswer) => void): void {
    if (typeof answer !== 'function') return;
    const parsed = joinRequest.safeParse(body);
    if (!parsed.success) return answer({ ok: false, code: 'bad-request', detail: 'The join request cannot be read.' });
    const { board, protocol, epoch, since } = parsed.data;
    if (protocol !== PROTOCOL) return answer({ ok: false, code: 'update-required', detail: `This server speaks version ${PROTOCOL} of the live protocol.` });
    const keeper = socket.data.boards?.has(board) === false ? undefined : this.keepers.get(board);
    if (!keeper) return answer({ ok: false, code: 'unknown-board', detail: `There is no board "${board}".` });
    if (socket.data.board !== undefined && socket.data.board !== board) void socket.leave(roomOf(socket.data.board));
    this.#fanOut!.flush(board);
    const { state, head } = keeper.snapshot;
    const events = epoch === head.epoch && since !== undefined ? keeper.recentAfter(since) : undefined;
    const common = { ok: true as const, epoch: head.epoch, seq: head.seq, serverTime: Date.now(), build: this.config.COMM_CELL_BUILD };
    answer(events === undefined ? { ...common, state } : { ...common, from: since! + 1, events });
    socket.data.board = board;
    delete socket.data.behindSince;
    void socket.join(roomOf(board));
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
  @SubscribeMessage('board:drawn')
  drawn(@ConnectedSocket() socket: LiveSocket, @MessageBody() body: unknown): void {
    const parsed = drawnReport.safeParse(body);
    if (!parsed.success) return;
    const { board, epoch, seq, hash } = parsed.data;
    const keeper = this.keepers.get(board);
    if (!keeper || keeper.snapshot.head.epoch !== epoch || keeper.snapshot.head.seq !== seq) return;
    if (hash !== keeper.stateHash()) {
      this.#log.warn(`A display of board ${board} drew another state at ${seq}; it is told to join again.`);
      socket.emit('board:behind', { board });
    }
  }
}
