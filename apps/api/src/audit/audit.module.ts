import { Module } from '@nestjs/common';

/** The audit trail: what access tells of is journaled, and read by the auditor. */
@Module({})
export class AuditModule {}
