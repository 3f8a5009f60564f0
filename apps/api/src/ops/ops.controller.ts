import { Controller, Get, Inject, Param, Req, Res, UseGuards } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { boardView } from '@comm-cell/board/views/board';
import type { FastifyReply } from 'fastify';
import { Open } from '../access/gate.js';
import { Refusal } from '../access/refusal.js';
import { WatchGuard, type WatchRequest } from '../access/watch.guard.js';
import { CONFIG, type Config } from '../config.js';
import { Keepers } from '../keeper/keepers.js';

/** Not reached for so long: no more requests should come here. */
const STORE_SILENCE_MS = 5_000;

@ApiTags('boards and health')
@Controller()
export class OpsController {
  constructor(
    private readonly keepers: Keepers,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Get('health/live')
  @Open('whoever watches over the process; it says nothing of a board')
  @ApiOperation({ summary: 'The process runs' })
  live(): { status: 'live'; build: string } {
    return { status: 'live', build: this.config.COMM_CELL_BUILD };
  }

  @Get('health/ready')
  @Open('whoever watches over the process; it says which boards there are and how far they are')
  @ApiOperation({ summary: 'The journal answers; 503 otherwise' })
  ready(@Res({ passthrough: true }) reply: FastifyReply): { status: 'ready' | 'store-down'; boards: Record<string, number> } {
    const down = this.keepers.storeSilenceMs() > STORE_SILENCE_MS;
    if (down) void reply.status(503);
    return { status: down ? 'store-down' : 'ready', boards: Object.fromEntries(this.keepers.all().map((keeper) => [keeper.board, keeper.snapshot.head.seq])) };
  }

  @Get('v1/boards')
  @UseGuards(WatchGuard)
  @ApiOperation({ summary: 'The boards of this server that whoever asks may watch, those of whole systems first' })
  boards(@Req() { watched }: WatchRequest): unknown {
    const definitions = this.keepers.all().flatMap(({ snapshot: { state } }) => state.definition ?? []);
    return definitions
      .filter(({ id }) => watched?.has(id) ?? true)
      .sort((a, b) => (b.cell?.tier ?? 0) - (a.cell?.tier ?? 0) || a.id.localeCompare(b.id))
      .map(({ id, name, simulated }) => ({ id, name, simulated }));
  }

  @Get('v1/boards/:board')
  @UseGuards(WatchGuard)
  @ApiParam({ name: 'board', example: 'buckinghamshire' })
  @ApiOperation({ summary: 'The board as the wall shows it at this moment, as data' })
  board(@Param('board') board: string): unknown {
    const keeper = this.keepers.get(board);
    const view = keeper && boardView(keeper.snapshot.state, Date.now(), 'detail');
    if (!view) throw new Refusal(404, 'unknown-board', `There is no board "${board.slice(0, 60)}".`, 'GET /v1/boards lists them.');
    const { head } = keeper.snapshot;
    return { epoch: head.epoch, seq: head.seq, stateHash: keeper.stateHash(), ...view };
  }
}
