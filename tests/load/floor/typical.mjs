/** What a tutorial gives: Nest, a checked body, one INSERT a reading, and an emit to everybody. */
import 'reflect-metadata';
import { Body, Controller, HttpCode, Module, Post, UnprocessableEntityException } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { WebSocketGateway, WebSocketServer } from '@nestjs/websockets';
import pg from 'pg';
import { batchOf } from './batch.mjs';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });

class Live {}
WebSocketServer()(Live.prototype, 'server');
WebSocketGateway({ serveClient: false })(Live);

class Readings {
  constructor(live) {
    this.live = live;
  }
  async ingest(body) {
    const { success, data } = batchOf.safeParse(body);
    if (!success) throw new UnprocessableEntityException();
    for (const { series, observedAt, value } of data.readings) {
      await pool.query('insert into readings values ($1, $2, $3, now()) on conflict do nothing', [series, observedAt, value]);
    }
    this.live.server.emit('delta', data);
    return { accepted: data.readings.length };
  }
}
const ingest = Object.getOwnPropertyDescriptor(Readings.prototype, 'ingest');
Post()(Readings.prototype, 'ingest', ingest);
HttpCode(201)(Readings.prototype, 'ingest', ingest);
Body()(Readings.prototype, 'ingest', 0);
Controller('readings')(Readings);
Reflect.defineMetadata('design:paramtypes', [Live], Readings);

class App {}
Module({ controllers: [Readings], providers: [Live] })(App);

const app = await NestFactory.create(App, new FastifyAdapter(), { logger: ['error'] });
app.useWebSocketAdapter(new IoAdapter(app));
await app.listen(0, '127.0.0.1');
process.send({ ready: true, port: app.getHttpServer().address().port });
