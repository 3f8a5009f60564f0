import { Module } from '@nestjs/common';

/** The board itself on screen: its definition, templates, export and import, the first start. */
@Module({})
export class BoardsModule {}
