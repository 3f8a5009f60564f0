import { Module, type OnModuleInit } from '@nestjs/common';
import { Deeds } from '../access/deeds.js';
import { Keepers } from '../keeper/keepers.js';
import { AuditController } from './audit.controller.js';
import { AuditTrail } from './audit-trail.js';

/** The audit trail: what access tells of is journaled, and read by the auditor. */
@Module({ controllers: [AuditController], providers: [AuditTrail] })
export class AuditModule implements OnModuleInit {
  constructor(
    private readonly deeds: Deeds,
    private readonly keepers: Keepers,
  ) {}

  onModuleInit(): void {
    this.deeds.keptBy(async (boards, deed) => {
      const source = deed.by ? `person:${deed.by.id}` : 'access';
      const kept = boards.flatMap((board) => this.keepers.get(board) ?? []);
      await Promise.all(kept.map((keeper) => keeper.submit({ source, decide: () => ({ events: [{ kind: 'DeedDone', ...deed }], outcome: null }) })));
    });
  }
}
