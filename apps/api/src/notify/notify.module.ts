import type { Server } from 'node:net';
import { Inject, Logger, Module, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { isTold } from '@comm-cell/board/decide/tell';
import type { FastifyInstance } from 'fastify';
import { DataSource } from 'typeorm';
import { Displays } from '../access/displays.js';
import { FeedKeys } from '../access/feed-keys.js';
import { CONFIG, type Config } from '../config.js';
import { Keepers } from '../keeper/keepers.js';
import { Inbox } from './channels/inbox/channel.js';
import { type Channels, channels } from './channels/registry.js';
import { ContactsController } from './contacts.controller.js';
import { DeadMan } from './dead-man.js';
import { DemoInbox } from './demo-inbox.js';
import { NotifyService } from './notify.service.js';
import { Outbound } from './outbound.js';
import { ReplyLinks } from './reply-links.js';
import { ReplyPage } from './reply-page.js';
import { Sender } from './sender.js';
import { NOTIFY_SETTINGS, type NotifySettings, readNotifySettings } from './settings.js';
import { StuckMessages } from './stuck.js';

const CHANNELS = Symbol('channels');

const log = new Logger('Notify');
const report = (message: string): void => log.warn(message);
/** Where people reach this server; the port is only known for sure once it listens. */
function serverOf({ PUBLIC_ADDRESS, HOST, PORT }: Config, { httpAdapter }: HttpAdapterHost): () => string {
  return () => {
    const listens = (httpAdapter?.getHttpServer() as Server | undefined)?.address();
    const port = typeof listens === 'object' && listens !== null ? listens.port : PORT;
    return PUBLIC_ADDRESS ?? `http://${HOST.includes(':') ? `[${HOST}]` : HOST}:${port}`;
  };
}

@Module({
  controllers: [ContactsController],
  providers: [
    { provide: NOTIFY_SETTINGS, useFactory: (): NotifySettings => readNotifySettings(process.env) },
    Inbox,
    {
      provide: CHANNELS,
      inject: [NOTIFY_SETTINGS, CONFIG, Inbox],
      // What goes into the inbox reaches nobody, so that only a demo has it.
      useFactory: (settings: NotifySettings, config: Config, inbox: Inbox): Channels => ({
        ...channels(settings, new Outbound(settings.OUTBOUND_ALLOW)),
        ...(config.DEMO === 'on' ? { inbox } : {}),
      }),
    },
    {
      provide: DemoInbox,
      inject: [Inbox, DataSource, Keepers, Displays],
      useFactory: (inbox: Inbox, database: DataSource, keepers: Keepers, displays: Displays): DemoInbox => new DemoInbox(inbox, database, keepers, displays),
    },
    { provide: ReplyLinks, inject: [DataSource], useFactory: (database: DataSource): ReplyLinks => new ReplyLinks(database) },
    { provide: ReplyPage, inject: [ReplyLinks, Keepers], useFactory: (links: ReplyLinks, keepers: Keepers): ReplyPage => new ReplyPage(links, keepers) },
    {
      provide: Sender,
      inject: [DataSource, Keepers, CHANNELS, ReplyLinks, NOTIFY_SETTINGS, CONFIG, HttpAdapterHost],
      useFactory: (
        database: DataSource,
        keepers: Keepers,
        all: Channels,
        links: ReplyLinks,
        settings: NotifySettings,
        config: Config,
        host: HttpAdapterHost,
      ): Sender => new Sender(database, keepers, all, links, settings, serverOf(config, host), report),
    },
    {
      provide: StuckMessages,
      inject: [DataSource, Keepers, NOTIFY_SETTINGS],
      useFactory: (database: DataSource, keepers: Keepers, settings: NotifySettings): StuckMessages =>
        new StuckMessages(database, keepers, settings.NOTIFY_STUCK_MS, report),
    },
    {
      provide: NotifyService,
      inject: [DataSource, Keepers, CHANNELS, NOTIFY_SETTINGS, CONFIG, HttpAdapterHost, Sender, StuckMessages],
      useFactory: (
        database: DataSource,
        keepers: Keepers,
        all: Channels,
        settings: NotifySettings,
        config: Config,
        host: HttpAdapterHost,
        sender: Sender,
        stuck: StuckMessages,
      ): NotifyService => new NotifyService(database, keepers, all, settings, serverOf(config, host), sender, stuck),
    },
    {
      provide: DeadMan,
      inject: [Keepers, FeedKeys, DataSource, CHANNELS, NOTIFY_SETTINGS],
      useFactory: (keepers: Keepers, keys: FeedKeys, database: DataSource, all: Channels, settings: NotifySettings): DeadMan =>
        new DeadMan(keepers, keys, database, all.webhook!, settings, report),
    },
  ],
  exports: [NotifyService, DeadMan, DemoInbox],
})
export class NotifyModule implements OnModuleInit, OnModuleDestroy {
  constructor(
    private readonly keepers: Keepers,
    private readonly sender: Sender,
    private readonly stuck: StuckMessages,
    private readonly deadMan: DeadMan,
    private readonly replyPage: ReplyPage,
    private readonly demoInbox: DemoInbox,
    private readonly host: HttpAdapterHost,
    @Inject(NOTIFY_SETTINGS) private readonly settings: NotifySettings,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  onModuleInit(): void {
    const server = this.host.httpAdapter?.getInstance() as FastifyInstance | undefined;
    if (server) {
      this.replyPage.register(server);
      if (this.config.DEMO === 'on') this.demoInbox.register(server);
    }
    // The poll finds everything; this only saves its second.
    this.keepers.onBoard((keeper) =>
      keeper.subscribe((entries) => {
        if (!entries.some(({ event }) => isTold(event))) return;
        this.sender.kick();
        this.stuck.look();
      }),
    );
    this.sender.start();
    this.stuck.start(this.settings.NOTIFY_ROUND_MS);
  }

  async onModuleDestroy(): Promise<void> {
    this.deadMan.stop();
    await Promise.all([this.sender.stop(), this.stuck.stop()]);
  }
}
