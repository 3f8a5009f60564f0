import { Controller, Get, Header, Param, Query, Res, StreamableFile, UseGuards } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Person } from '@comm-cell/board/events';
import { AUDIT_PAGE, type AuditPage, type AuditQuery, auditQuery, type Proof, type ProofQuery, proofQuery } from '@comm-cell/contract/audit';
import type { FastifyReply } from 'fastify';
import { Deeds } from '../access/deeds.js';
import type { Grant } from '../access/people.js';
import { Granted, Needs, PersonGuard, Who } from '../access/person.guard.js';
import { Refusal } from '../access/refusal.js';
import { DeskBoards } from '../desk/desk-boards.js';
import { AuditTrail } from './audit-trail.js';
import { auditCsv } from './csv.js';

@ApiTags('audit')
@ApiParam({ name: 'board', example: 'buckinghamshire' })
@UseGuards(PersonGuard)
@Controller('v1/boards/:board/audit')
export class AuditController {
  constructor(
    private readonly boards: DeskBoards,
    private readonly trail: AuditTrail,
    private readonly deeds: Deeds,
  ) {}

  @Get()
  @Needs('read-audit')
  @ApiOperation({ summary: 'What people did, newest first, each with its number and hash in the journal' })
  page(@Param('board') board: string, @Granted() grant: Grant, @Query({ schema: auditQuery }) query: AuditQuery): Promise<AuditPage> {
    this.#assertWhole(board, grant);
    return this.trail.page(board, query, AUDIT_PAGE);
  }

  @Get('proof')
  @Needs('read-audit')
  @ApiOperation({ summary: 'Works the hash chain out anew over a stretch of the journal, and says whether it holds' })
  proof(@Param('board') board: string, @Granted() grant: Grant, @Query({ schema: proofQuery }) { from }: ProofQuery): Promise<Proof> {
    this.#assertWhole(board, grant);
    return this.trail.prove(board, from ?? 1);
  }

  @Get('csv')
  @Needs('read-audit')
  @ApiProduces('text/csv')
  @Header('content-type', 'text/csv; charset=utf-8')
  @ApiOperation({ summary: 'The same as a file, safe to open in a spreadsheet; that it was taken along is in the trail too' })
  async csv(
    @Param('board') board: string,
    @Granted() grant: Grant,
    @Who() by: Person,
    @Query({ schema: auditQuery }) query: AuditQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    this.#assertWhole(board, grant);
    const entries = await this.trail.all(board, query);
    await this.deeds.tell([board], { deed: 'exported', by, about: 'audit', detail: `${entries.length}` });
    void reply.header('content-disposition', `attachment; filename="audit-${board}.csv"`);
    return new StreamableFile(Buffer.from(auditCsv(entries)));
  }

  /** The trail tells of everybody's doings: it is not cut to some providers, so whoever is limited to some does not get it. */
  #assertWhole(board: string, { providers }: Grant): void {
    this.boards.board(board);
    if (providers !== null)
      throw new Refusal(403, 'other-provider', 'The audit trail is of the whole board, and your role is limited to some providers.', 'Ask its auditor.');
  }
}
