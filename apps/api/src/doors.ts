/** Every door of this server and whom it is for, read from the router itself: what the administrator is shown and the tests try. */
import type { Type } from '@nestjs/common';
import { RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { MetadataScanner, ModulesContainer, Reflector } from '@nestjs/core';
import { MESSAGE_METADATA } from '@nestjs/websockets/constants.js';
import type { FastifyInstance } from 'fastify';
import { doorOf } from './access/gate.js';
import type { Door } from './access/matrix.js';
import type { Config } from './config.js';
import { createServer } from './server.js';

type Handler = (...args: never[]) => unknown;

export interface Doors {
  /** Routes of controllers; `door` is absent when one does not say whom it is for. */
  routes: { method: string; path: string; door?: Door }[];
  /** Routes that stand on the web server itself: the page, its files, and what checks for itself. */
  others: { method: string; path: string }[];
  messages: { message: string; door?: Door }[];
}

/** Makes the server ready as for a start, without listening, and asks it. */
export async function doorsOf(config: Config): Promise<Doors> {
  const app = await createServer(config);
  try {
    const registered: { method: string; path: string }[] = [];
    (app.getHttpAdapter().getInstance() as unknown as FastifyInstance).addHook('onRoute', ({ method, url }) => {
      for (const one of [method].flat()) if (one !== 'HEAD' && one !== 'OPTIONS') registered.push({ method: one, path: url });
    });
    await app.init();
    const reflector = app.get(Reflector);
    const routes: Doors['routes'] = [];
    const messages: Doors['messages'] = [];
    for (const { controllers, providers } of app.get(ModulesContainer).values()) {
      for (const { metatype } of controllers.values())
        for (const handler of handlersOf(metatype as Type)) {
          const method = RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as number];
          if (method === undefined) continue;
          for (const path of pathsOf(metatype as Type, handler)) routes.push({ method, path, ...said(doorOf(reflector, metatype as Type, handler)) });
        }
      for (const { metatype } of providers.values())
        for (const handler of handlersOf(metatype as Type | undefined)) {
          const message = Reflect.getMetadata(MESSAGE_METADATA, handler) as string | undefined;
          if (message !== undefined) messages.push({ message, ...said(doorOf(reflector, metatype as Type, handler)) });
        }
    }
    const known = new Set(routes.map(({ method, path }) => `${method} ${path}`));
    return {
      routes: routes.sort((a, b) => compare(a.path, b.path) || compare(a.method, b.method)),
      others: registered.filter(({ method, path }) => !known.has(`${method} ${path}`)),
      messages: messages.sort((a, b) => compare(a.message, b.message)),
    };
  } finally {
    await app.close();
  }
}

function handlersOf(metatype: Type | undefined): Handler[] {
  const prototype = metatype?.prototype as Record<string, Handler> | undefined;
  return prototype ? new MetadataScanner().getAllMethodNames(prototype).map((name) => prototype[name]!) : [];
}

function pathsOf(controller: Type, handler: Handler): string[] {
  const written = (part: Type | Handler): string[] => [(Reflect.getMetadata(PATH_METADATA, part) as string | string[] | undefined) ?? ''].flat();
  return written(controller).flatMap((base) =>
    written(handler).map(
      (rest) =>
        `/${[base, rest]
          .map((part) => part.replace(/^\/|\/$/g, ''))
          .filter(Boolean)
          .join('/')}`,
    ),
  );
}

const said = (door: Door | undefined): { door?: Door } => (door ? { door } : {});
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
