/** Puts the app on Fastify: bodies, headers, limits, the wall's files, the documentation, the sockets. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import fastifyStatic from '@fastify/static';
import { type ArgumentMetadata, ConsoleLogger, StandardSchemaValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { ProblemFilter } from './problem.filter.js';
import { Refusal } from './access/refusal.js';
import { BOARD_SCREENS, OWN_SCREENS } from '@comm-cell/contract/pages';
import { faultsOf, speakPlainly } from '@comm-cell/contract/plain-words';
import { AppModule } from './app.module.js';
import type { Config } from './config.js';
import { acceptBodies, BODY_LIMIT } from './ingest/raw-body.js';
import { SocketAdapter } from './live/socket-adapter.js';

const WALL = fileURLToPath(new URL('../../wall/dist/', import.meta.url));
/** A snapshot's address holds its link. */
const PAGES = ['/', '/snapshot/:link', ...BOARD_SCREENS.map((screen) => `/${screen}/:board`), ...OWN_SCREENS.map((screen) => `/${screen}`)];
/** Requests a minute from one address without a key: pages, documentation, guesses. */
const ADDRESS_RATE = 1_200;

const CSP = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'", 'data:'],
  fontSrc: ["'self'"],
  connectSrc: ["'self'"],
  manifestSrc: ["'self'"],
  baseUri: ["'none'"],
  objectSrc: ["'none'"],
  formAction: ["'self'"],
  frameAncestors: ["'none'"],
  requireTrustedTypesFor: ["'script'"],
};

/** The documentation page is somebody else's script: it styles inline and knows no Trusted Types. Nothing else may. */
const DOCS_CSP =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'none'";

/** An address that cannot even be decoded is answered before any plugin or filter has a say. */
const UNREADABLE_ADDRESS = {
  type: '/docs#bad-request',
  code: 'bad-request',
  title: 'The request cannot be read.',
  status: 400,
  detail: 'The address is not well-formed.',
};
const BARE_HEADERS = {
  'content-type': 'application/problem+json; charset=utf-8',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-store',
};

export async function createServer(config: Config): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT,
    trustProxy: config.TRUST_PROXY === 'on',
    requestTimeout: 30_000,
    keepAliveTimeout: 65_000,
    connectionTimeout: 0,
    routerOptions: { maxParamLength: 120 },
    frameworkErrors: (_error: unknown, _request: unknown, reply: FastifyReply) =>
      void reply.status(400).headers(BARE_HEADERS).send(JSON.stringify(UNREADABLE_ADDRESS)),
    http: { headersTimeout: 10_000, maxHeaderSize: 16_384 },
  });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.with(config), adapter, {
    bodyParser: false,
    abortOnError: false,
    forceCloseConnections: true,
    logger: new ConsoleLogger({ json: process.env.NODE_ENV === 'production', logLevels: ['fatal', 'error', 'warn'] }),
  });
  const server = adapter.getInstance() as unknown as FastifyInstance;
  acceptBodies(server);
  app.useGlobalFilters(new ProblemFilter());
  speakPlainly();
  app.useGlobalPipes(new PlainValidation());
  await hardenAnswers(server);
  await limitRates(server, config);
  await serveWall(server);
  document(app);
  app.useWebSocketAdapter(new SocketAdapter(app));
  return app;
}

const ASKED_IN: Readonly<Record<string, string>> = { body: 'body', query: 'query in the address', param: 'address' };

/** Says what is wrong with what was asked, and where it was asked. */
class PlainValidation extends StandardSchemaValidationPipe {
  override async transform<Asked>(value: Asked, { schema, type }: ArgumentMetadata): Promise<Asked> {
    if (!schema || !this.toValidate({ type })) return value;
    this.stripProtoKeys(value);
    const result = await this.validate<Asked>(value, schema);
    if (!result.issues) return result.value;
    const faults = faultsOf(result.issues as Parameters<typeof faultsOf>[0]);
    const first = faults[0]!;
    throw new Refusal(
      422,
      'unreadable',
      `The ${ASKED_IN[type] ?? type} does not have the right form.`,
      `${first.field || type}: ${first.detail}. The form is at /docs.`,
      faults.map(({ field, detail }) => ({ field: field || type, code: 'unreadable', detail })),
    );
  }
}

/** Helmet builds the same headers anew for each request, which takes as long as checking a small batch: it is asked once. */
async function hardenAnswers(server: FastifyInstance): Promise<void> {
  const asked = fastify();
  await asked.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: CSP },
    crossOriginResourcePolicy: { policy: 'same-origin' },
    referrerPolicy: { policy: 'no-referrer' },
    strictTransportSecurity: { maxAge: 31_536_000, includeSubDomains: true },
  });
  asked.get('/', (_request, reply) => reply.send());
  const { 'content-length': _length, date: _date, connection: _connection, ...hardened } = (await asked.inject('/')).headers;
  await asked.close();
  const hardenedDocs = { ...hardened, 'content-security-policy': DOCS_CSP };
  server.addHook('onSend', (request, reply, _payload, done) => {
    void reply.headers(request.url.startsWith('/docs') ? hardenedDocs : hardened);
    if (!reply.hasHeader('cache-control')) void reply.header('cache-control', 'no-store');
    done();
  });
}

async function limitRates(server: FastifyInstance, config: Config): Promise<void> {
  if (config.KEY_RATE === 0) return;
  const keyOf = (request: FastifyRequest): string | undefined => /^Bearer (cc_\w{4}_\w{8})_/.exec(request.headers.authorization ?? '')?.[1];
  await server.register(rateLimit, {
    timeWindow: 60_000,
    max: (request) => (keyOf(request) === undefined ? ADDRESS_RATE : config.KEY_RATE),
    // Only the readable part of a key: a limiter is no place for secrets.
    keyGenerator: (request) => keyOf(request) ?? request.ip,
    allowList: (request) => request.url.startsWith('/assets/') || request.url.startsWith('/health/'),
    errorResponseBuilder: (_request, { ttl }) =>
      new Refusal(
        429,
        'too-many',
        'Too many requests.',
        'Wait as long as Retry-After says, then send the same request again.',
        undefined,
        {},
        Math.ceil(ttl / 1000),
      ),
  });
}

async function serveWall(server: FastifyInstance): Promise<void> {
  // Only files with a hash in their name may be kept; the page itself never, or a proxy could show yesterday's.
  await server.register(fastifyStatic, { root: path.join(WALL, 'assets'), prefix: '/assets/', index: false, immutable: true, maxAge: '1y' });
  // Not under /assets/: what it may serve lies below its own address.
  server.get('/console-worker.js', (_request, reply) => reply.sendFile('console-worker.js', WALL, { cacheControl: false }));
  // Under one name for ever: browsers ask for it again by that name, long after the build that subscribed them.
  server.get('/push-worker.js', (_request, reply) => reply.sendFile('push-worker.js', WALL, { cacheControl: false }));
  for (const page of PAGES) {
    server.get(page, (_request, reply) => reply.sendFile('index.html', WALL, { cacheControl: false }));
  }
}

function document(app: NestFastifyApplication): void {
  const description = 'Readings and status of providers in, the board out. Every error is application/problem+json (RFC 9457).';
  const config = new DocumentBuilder()
    .setTitle('Comm Cell')
    .setDescription(description)
    .setVersion('1')
    .addBearerAuth({ type: 'http', scheme: 'bearer' }, 'feed-key')
    .build();
  SwaggerModule.setup('docs', app, () => SwaggerModule.createDocument(app, config), {
    jsonDocumentUrl: 'openapi.json',
    yamlDocumentUrl: 'openapi.yaml',
    customSiteTitle: 'Comm Cell: documentation',
  });
}
