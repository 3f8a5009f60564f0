import { Module } from '@nestjs/common';
import { BoardsController } from './boards.controller.js';
import { DefinitionController } from './definition.controller.js';
import { NewBoards } from './new-boards.js';
import { SetUp } from './set-up.js';
import { StartController } from './start.controller.js';

/** Boards on screen: what they are made of, changes of it, new ones, and the first start of an empty system. */
@Module({ controllers: [DefinitionController, BoardsController, StartController], providers: [NewBoards, SetUp] })
export class BoardsModule {}
