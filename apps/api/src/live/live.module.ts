import { Module } from '@nestjs/common';
import { Drawn } from './drawn.js';
import { LiveGateway } from './live.gateway.js';

@Module({ providers: [Drawn, LiveGateway] })
export class LiveModule {}
