import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, UseGuards } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Person } from '@comm-cell/board/events';
import { DAY_MS } from '@comm-cell/board/time';
import { KEY_LONGEST_DAYS, type KeyBody, keyBody, type KeyView, type NewKey } from '@comm-cell/contract/keys';
import { Deeds } from '../access/deeds.js';
import type { FeedKey } from '../access/feed-key.entity.js';
import { FeedKeys, KEYS_A_FEED } from '../access/feed-keys.js';
import type { Grant } from '../access/people.js';
import { assertProvider, Granted, Needs, PersonGuard, Who } from '../access/person.guard.js';
import { Refusal } from '../access/refusal.js';
import { CONFIG, type Config } from '../config.js';
import { DeskBoards } from '../desk/desk-boards.js';
import { openApi } from '../open-api.js';

@ApiTags('feed keys')
@ApiParam({ name: 'board', example: 'buckinghamshire' })
@UseGuards(PersonGuard)
@Controller('v1/boards/:board/keys')
export class KeysController {
  constructor(
    private readonly keys: FeedKeys,
    private readonly boards: DeskBoards,
    private readonly deeds: Deeds,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Get()
  @Needs('manage-keys')
  @ApiOperation({ summary: 'Keys of the board, also those that ended; of the providers one is limited to' })
  async list(@Param('board') board: string, @Granted() grant: Grant): Promise<KeyView[]> {
    const keys = await this.keys.list(board);
    return keys.filter(({ providerId }) => grant.providers === null || grant.providers.includes(providerId)).map(viewOf);
  }

  @Post()
  @Needs('manage-keys')
  @ApiOperation({ summary: 'Make a key for feeds of one provider; this answer is the only place it is shown' })
  @ApiBody({ schema: openApi(keyBody) })
  async make(@Param('board') board: string, @Granted() grant: Grant, @Who() by: Person, @Body({ schema: keyBody }) body: KeyBody): Promise<NewKey> {
    const { provider, feeds, label } = body;
    assertProvider(grant, provider);
    const { definition } = this.boards.board(board);
    const own = Object.values(definition.feeds).filter((feed) => feed.provider === provider);
    for (const feed of feeds)
      if (!own.some(({ id }) => id === feed))
        throw wrong(
          'feeds',
          'other-feed',
          `"${feed.slice(0, 60)}" is no feed of ${provider.slice(0, 60)}. It has: ${own.map(({ id }) => id).join(', ') || 'none'}.`,
        );
    const expiresAt = new Date(body.expiresAt);
    const fromNow = expiresAt.getTime() - Date.now();
    if (fromNow <= 0) throw wrong('expiresAt', 'already-over', 'This key would have ended before it began.');
    if (fromNow > KEY_LONGEST_DAYS * DAY_MS)
      throw wrong('expiresAt', 'too-late', `A key is good for ${KEY_LONGEST_DAYS} days at most; make the next one before then.`);
    const made = await this.keys.createInTurn({
      board,
      provider,
      feeds: [...new Set(feeds)],
      label,
      env: this.config.DEMO === 'on' ? 'demo' : 'live',
      expiresAt,
    });
    if ('taken' in made)
      throw new Refusal(
        409,
        'two-keys',
        `Feed "${made.taken}" has ${KEYS_A_FEED} keys that are good: one in use and one to change over to.`,
        'Revoke the one that is no longer used, then make the next.',
      );
    const keyId = made.key.split('_')[2]!;
    const now = Date.now();
    try {
      await this.deeds.tell([board], { deed: 'key-made', by, about: [...new Set(feeds)].join(', '), detail: `${label}; ${keyId}, until ${body.expiresAt}` });
    } catch (error) {
      // A key without a trace must not be good for anything.
      await this.keys.revoke(board, keyId);
      throw error;
    }
    return {
      keyId,
      provider,
      label,
      feeds: [...new Set(feeds)],
      createdAt: now,
      expiresAt: expiresAt.getTime(),
      lastUsedAt: null,
      revokedAt: null,
      key: made.key,
    };
  }

  @Delete(':key')
  @HttpCode(204)
  @Needs('manage-keys')
  @ApiOperation({ summary: 'End a key: every process refuses it within five seconds' })
  async revoke(@Param('board') board: string, @Param('key') keyId: string, @Granted() grant: Grant, @Who() by: Person): Promise<void> {
    const key = (await this.keys.list(board)).find((one) => one.keyId === keyId && one.revokedAt === null);
    if (!key) throw new Refusal(404, 'unknown-key', 'There is no such key that could be ended.', 'Look at the list of keys again.');
    assertProvider(grant, key.providerId);
    await this.deeds.tell([board], { deed: 'key-revoked', by, about: key.feeds.join(', '), detail: key.label });
    await this.keys.revoke(board, keyId);
  }
}

function viewOf({ keyId, providerId, label, feeds, createdAt, expiresAt, lastUsedAt, revokedAt }: FeedKey): KeyView {
  const at = (moment: Date | null): number | null => moment?.getTime() ?? null;
  return {
    keyId,
    provider: providerId,
    label,
    feeds,
    createdAt: createdAt.getTime(),
    expiresAt: at(expiresAt),
    lastUsedAt: at(lastUsedAt),
    revokedAt: at(revokedAt),
  };
}

function wrong(field: string, code: string, detail: string): Refusal {
  return new Refusal(422, code, detail, detail, [{ field, code, detail }]);
}
