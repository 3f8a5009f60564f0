import { Global, Module } from '@nestjs/common';
import { DeskBoards } from './desk-boards.js';

/** What people do on a board, for every feature that lets them do something. */
@Global()
@Module({ providers: [DeskBoards], exports: [DeskBoards] })
export class DeskModule {}
