/** What the feed desk knows and asks: one for the screen and all its parts. Nothing is taken as done before the server has said so. */
import type { FeedsView, FeedView, FileLook, FileReceipt, FeedMap, PayloadLine, StoredMap } from '@comm-cell/contract/feeds';
import { createContext } from 'svelte';
import type { Preferences } from '../../preferences.svelte.js';
import { type Answer, ask, type Problem } from '../client.js';
import { Visitor } from '../visitor.svelte.js';
import { feedsWords, type FeedsWords } from './feeds-words.js';

const LOOK_AGAIN_MS = 15_000;

export class FeedDesk extends Visitor {
  view = $state.raw<FeedsView>();
  /** null: nothing stands in the way; undefined: the server did not answer. */
  problem = $state.raw<Problem | undefined | null>(null);
  said = $state.raw('');
  readonly words: FeedsWords = $derived.by(() => feedsWords[this.preferences.tongue]);
  #moments: Intl.DateTimeFormat = $derived.by(
    () =>
      new Intl.DateTimeFormat(this.preferences.tongue === 'cy' ? 'cy' : 'en-GB', {
        timeZone: this.view?.zone ?? 'Europe/London',
        weekday: 'short',
        day: 'numeric',
        month: 'short',
        hour: '2-digit',
        minute: '2-digit',
      }),
  );

  constructor(board: string, preferences: Preferences) {
    super(board, preferences);
    const timer = setInterval(() => void this.look(), LOOK_AGAIN_MS);
    $effect(() => () => clearInterval(timer));
  }

  when(at: number): string {
    return this.#moments.format(at);
  }

  async look(): Promise<void> {
    if (!this.session || !this.may('see-feeds')) return;
    const answer = await this.client.get<FeedsView>('feeds');
    if (answer.ok) this.view = answer.body;
    else if (answer.problem?.status === 401) this.session = undefined;
    else if (!this.view) this.problem = answer.problem;
  }

  /** Sends, keeps what the server said, and looks again. The body when it was done. */
  async send<Body>(request: () => Promise<Answer<Body>>, done = ''): Promise<Body | undefined> {
    if (this.busy) return undefined;
    this.busy = true;
    this.problem = null;
    this.said = '';
    const answer = await request();
    this.busy = false;
    if (answer.ok) {
      this.said = done;
      void this.look();
      return answer.body;
    }
    if (answer.problem?.status === 401) this.session = undefined;
    this.problem = answer.problem;
    return undefined;
  }

  async payloads(feed: string): Promise<PayloadLine[] | undefined> {
    const answer = await this.client.get<PayloadLine[]>('feeds', feed, 'payloads');
    return answer.ok ? answer.body : undefined;
  }
  map(feed: string): Promise<Answer<StoredMap | { map?: undefined }>> {
    return this.client.get('feeds', feed, 'map');
  }
  lookAt(feed: string, file: File, query: Record<string, string>): Promise<Answer<FileLook>> {
    return ask('POST', this.client.address(query, 'feeds', feed, 'files', 'look'), file);
  }
  storeFile(feed: string, file: File, observedAt: string): Promise<Answer<FileReceipt>> {
    return ask('POST', this.client.address({}, 'feeds', feed, 'files'), file, observedAt === '' ? {} : { 'observed-at': new Date(observedAt).toISOString() });
  }
  async tryFile(feed: string, file: File, map: FeedMap, observedAt: string): Promise<Answer<FileReceipt>> {
    const content = await base64(file);
    return this.client.post<FileReceipt>(
      { map, content, ...(observedAt === '' ? {} : { observedAt: new Date(observedAt).toISOString() }) },
      'feeds',
      feed,
      'files',
      'try',
    );
  }
}

async function base64(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = '';
  for (let i = 0; i < bytes.length; i += 8_192) binary += String.fromCharCode(...bytes.subarray(i, i + 8_192));
  return btoa(binary);
}

/** Counts of a receipt, or of the problem that carries one. */
export function countsOf(told: Record<string, unknown>, words: FeedsWords): string | undefined {
  const { accepted, duplicate, quarantined, rejected } = told as Partial<FileReceipt>;
  return accepted === undefined ? undefined : words.counts(accepted, duplicate ?? 0, quarantined?.length ?? 0, rejected?.length ?? 0);
}

/** Colours of the design system's tags; the words say the same. */
export const TAGS: Record<FeedView['freshness'], string> = {
  fresh: 'nhsuk-tag--green',
  due: 'nhsuk-tag--blue',
  late: 'nhsuk-tag--orange',
  expired: 'nhsuk-tag--red',
  suspended: 'nhsuk-tag--grey',
  never: 'nhsuk-tag--white',
};

const [getFeedDesk, setFeedDesk] = createContext<FeedDesk>();
export { getFeedDesk, setFeedDesk };
