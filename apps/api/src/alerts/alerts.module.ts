import { Module } from '@nestjs/common';
import { ActionsController } from './actions.controller.js';
import { AlertsController } from './alerts.controller.js';
import { BackTestController } from './back-test.controller.js';
import { LevelsController } from './levels.controller.js';
import { ReviewController } from './review.controller.js';
import { RulesController } from './rules.controller.js';
import { SchemesController } from './schemes.controller.js';
import { UsualLearner } from './usual.js';

@Module({
  controllers: [ReviewController, AlertsController, ActionsController, LevelsController, RulesController, SchemesController, BackTestController],
  providers: [UsualLearner],
})
export class AlertsModule {}
