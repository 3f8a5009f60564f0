/** A file on its way from the desk into the journal: how it looks, how it is to be read, what would become of it. */
import type { Conversion, FeedMap, FileLayout, FileLook, FileReceipt, StoredMap } from '@comm-cell/contract/feeds';
import type { FeedDesk } from './feed-desk.svelte.js';

/** As base64 within a body of 1 MB, with a map beside it. */
const TRIED_LIMIT = 700_000;

export interface ColumnChoice {
  name: string;
  filled: number;
  samples: string[];
  why?: 'id' | 'label' | 'alias';
  /** '' = do not store. */
  series: string;
  convert: Conversion;
}

const words = (list: string): string[] =>
  list
    .split(',')
    .map((word) => word.trim())
    .filter(Boolean);

export class FileMapping {
  step = $state(1);
  file = $state.raw<File>();
  look = $state.raw<FileLook>();
  saved = $state.raw<StoredMap>();
  layout = $state<FileLayout>();
  columns = $state<ColumnChoice[]>([]);
  time = $state({ zone: 'Europe/London', at: '', dayBefore: false });
  observedAt = $state('');
  notReported = $state('');
  leftOut = $state('');
  trial = $state.raw<FileReceipt>();
  stored = $state.raw<FileReceipt>();

  constructor(
    readonly desk: FeedDesk,
    readonly feed: string,
  ) {}

  async open(file: File): Promise<void> {
    this.file = file;
    const saved = await this.desk.map(this.feed);
    this.saved = saved.ok && saved.body.map ? (saved.body as StoredMap) : undefined;
    await this.lookAgain({});
  }

  /** Files are read on the server alone, so another way of reading one is asked there. `afresh`: as if nothing were saved. */
  async lookAgain(query: Record<string, string>): Promise<void> {
    if (this.file!.size > TRIED_LIMIT) {
      this.desk.problem = { status: 413, code: 'too-large', title: this.desk.words.tooLarge, detail: '' };
      return;
    }
    const look = await this.desk.send(() => this.desk.lookAt(this.feed, this.file!, query));
    if (!look) return;
    if (query['afresh']) this.saved = undefined;
    this.#take(look);
    this.step = 2;
  }

  async readAgain(): Promise<void> {
    const { encoding, delimiter, headerRow, headerRows, form, sheet } = this.layout!;
    const asked = { encoding, delimiter, headerRow: String(headerRow), headerRows: String(headerRows), form };
    await this.lookAgain({ ...asked, ...(sheet === undefined ? {} : { sheet }), ...(this.saved ? {} : { afresh: 'true' }) });
  }

  #take(look: FileLook): void {
    const map = this.saved?.map;
    this.look = look;
    this.layout = { ...look.layout };
    this.notReported = look.layout.notReported.join(', ');
    this.leftOut = look.layout.leftOut.join(', ');
    if (map) this.time = { zone: map.time.zone, at: map.time.at ?? '', dayBefore: map.time.dayBefore };
    const taken = new Set<string>();
    this.columns = look.columns.map(({ name, filled, samples, suggestion }) => {
      const mapped = map?.columns.find((one) => one.name.toLowerCase() === name.toLowerCase());
      const guess = map ? undefined : suggestion;
      // One figure from one column: of two that look alike the second is for a person to decide.
      const series = mapped?.series ?? (guess && !taken.has(guess.series) ? guess.series : '');
      taken.add(series);
      return { name, filled, samples, series, convert: mapped?.convert ?? 'as-is', ...(guess && series ? { why: guess.why } : {}) };
    });
  }

  /** Columns that are there for their moment, or to name the figure, are not figures. */
  get figures(): ColumnChoice[] {
    const { date, clock, form } = this.layout!;
    return form === 'long' ? this.columns : this.columns.filter(({ name }) => name !== date && name !== clock);
  }

  get map(): FeedMap {
    const { series, value, date, clock, ...rest } = this.layout!;
    const figures = this.figures;
    const { zone, at, dayBefore } = this.time;
    return {
      columns: figures.filter((one) => one.series !== '').map(({ name, series: id, convert }) => ({ name, series: id, convert })),
      ignored: figures.filter((one) => one.series === '').map(({ name }) => name),
      time: { zone, dayBefore, ...(at === '' ? {} : { at }) },
      layout: {
        ...rest,
        notReported: words(this.notReported),
        leftOut: words(this.leftOut),
        ...(rest.form === 'long' && series && value ? { series, value } : {}),
        ...(date ? { date } : {}),
        ...(date && clock ? { clock } : {}),
      },
    };
  }

  async try(): Promise<void> {
    const trial = await this.desk.send(() => this.desk.tryFile(this.feed, this.file!, this.map, this.observedAt));
    if (!trial) return;
    this.trial = trial;
    this.step = 4;
  }

  async save(): Promise<boolean> {
    return (await this.desk.send(() => this.desk.client.put<StoredMap>(this.map, 'feeds', this.feed, 'map'), this.desk.words.mapSaved)) !== undefined;
  }

  async store(): Promise<void> {
    if (!(await this.save())) return;
    const stored = await this.desk.send(() => this.desk.storeFile(this.feed, this.file!, this.observedAt));
    if (!stored) return;
    this.stored = stored;
    this.step = 5;
  }

  again(): void {
    this.step = 1;
    this.file = this.look = this.trial = this.stored = undefined;
  }
}
