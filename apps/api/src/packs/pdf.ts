/**
 * A paper as PDF for everybody: tagged after PDF/UA (document language, headings, table heads, figures with words), bookmarks, page
 * numbers, letters embedded. Whatever is no content (rules, backgrounds, page feet) is marked as an artifact.
 */
import { fileURLToPath } from 'node:url';
import type { PackBlock, PackChart, PackPart } from '@comm-cell/contract/packs';
import PDFDocument from 'pdfkit';
import { PACK_LETTERS } from '../pack-files.js';

type Element = PDFKit.PDFStructureElement;
type Table = Extract<PackBlock, { kind: 'table' }>;
/** The types of the package lag behind what it reads. */
type ElementOptions = PDFKit.Mixins.StructureElementOptions & { scope?: 'Column' | 'Row'; bbox?: [number, number, number, number] };

/** Of a newer release of the package than its types. */
const PDF_UA = 'PDF/UA' as PDFKit.Mixins.PDFSubsets;

const MARGIN = 54;
const FOOT = 62;
const SIZE = { title: 25, section: 17, lead: 12, plain: 10.5, note: 9.5, cell: 8.8, axis: 8 };
const COLOUR = {
  ink: '#212b32',
  quiet: '#425563',
  blue: '#005eb8',
  rule: '#c8d0d4',
  head: '#e8edee',
  box: '#f0f4f5',
  common: '#8c8c8c',
  improvement: '#00b0f0',
  concern: '#e46c0a',
  neutral: '#490092',
  target: '#b3131e',
};
const CHART = { height: 200, left: 44, right: 10, top: 34, bottom: 42 };
const PAD = 4;
/** Height of a picture, points. */
const PICTURE_MOST = 380;

export function pdfOf(parts: readonly PackPart[], picture: Uint8Array | null): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const [first] = parts as [PackPart];
    const doc = new PDFDocument({
      size: 'A4',
      margins: { top: MARGIN, left: MARGIN, right: MARGIN, bottom: FOOT },
      pdfVersion: '1.7',
      subset: PDF_UA,
      tagged: true,
      displayTitle: true,
      lang: first.language,
      bufferPages: true,
      autoFirstPage: false,
      font: fileURLToPath(PACK_LETTERS.plain),
      info: { Title: parts.map(({ title }) => title).join(' / '), Creator: 'Comm Cell', Subject: first.subtitle },
    });
    const chunks: Buffer[] = [];
    doc.on('data', (chunk: Buffer) => chunks.push(chunk));
    doc.on('end', () => resolve(Buffer.concat(chunks)));
    doc.on('error', reject);
    doc.registerFont('plain', fileURLToPath(PACK_LETTERS.plain));
    doc.registerFont('bold', fileURLToPath(PACK_LETTERS.bold));
    const root = doc.struct('Document');
    doc.addStructure(root);
    const pages = parts.map((part) => {
      const from = doc.bufferedPageRange().count;
      const own = doc.struct('Sect', { lang: part.language, title: part.title });
      root.add(own);
      new Printed(doc, own, picture).part(part, parts.length > 1);
      own.end();
      return { part, from, to: doc.bufferedPageRange().count };
    });
    root.end();
    const { count } = doc.bufferedPageRange();
    for (const { part, from, to } of pages) for (let page = from; page < to; page++) foot(doc, part, page, count);
    doc.end();
  });
}

/** The foot stands on every page and is read out on none. */
function foot(doc: PDFKit.PDFDocument, part: PackPart, page: number, of: number): void {
  doc.switchToPage(page);
  const { height, width, margins } = doc.page;
  doc.page.margins = { ...margins, bottom: 0 };
  doc.markContent('Artifact', { type: 'Pagination' });
  doc.font('plain').fontSize(SIZE.axis).fillColor(COLOUR.quiet);
  const across = width - 2 * MARGIN;
  doc.text(part.footer.join(' · '), MARGIN, height - FOOT + 18, { width: across - 90, height: 24, ellipsis: true });
  doc.text(part.page.replace('{n}', String(page + 1)).replace('{of}', String(of)), MARGIN + across - 85, height - FOOT + 18, {
    width: 85,
    align: 'right',
    lineBreak: false,
  });
  doc.endMarkedContent();
  doc.page.margins = margins;
}

class Printed {
  readonly #across: number;
  #inOutline: PDFKit.PDFOutline;

  constructor(
    readonly doc: PDFKit.PDFDocument,
    readonly own: Element,
    readonly picture: Uint8Array | null,
  ) {
    doc.addPage();
    this.#across = doc.page.width - 2 * MARGIN;
    this.#inOutline = doc.outline;
  }

  part(part: PackPart, oneOfSeveral: boolean): void {
    const { doc } = this;
    if (oneOfSeveral) this.#inOutline = doc.outline.addItem(part.title);
    this.#artifact(() => doc.rect(0, 0, doc.page.width, 10).fill(COLOUR.blue));
    this.#text('H1', part.title, 'bold', SIZE.title, COLOUR.ink);
    doc.moveDown(0.2);
    this.#text('P', part.subtitle, 'plain', SIZE.lead, COLOUR.quiet);
    for (const { title, blocks } of part.sections) {
      doc.moveDown(1.2);
      // A heading stays with what it heads.
      this.#room(blocks.some(({ kind }) => kind === 'picture') ? PICTURE_MOST + 40 : blocks[0]?.kind === 'chart' ? CHART.height + 110 : 110);
      this.#inOutline.addItem(title);
      this.#text('H2', title, 'bold', SIZE.section, COLOUR.blue);
      doc.moveDown(0.4);
      for (const block of blocks) this.#block(block, title);
    }
  }

  #block(block: PackBlock, section: string): void {
    const { doc } = this;
    switch (block.kind) {
      case 'text':
        if (block.look === 'commentary') this.#boxed(block.text);
        else if (block.look === 'lead') this.#text('H3', block.text, 'bold', SIZE.lead, COLOUR.ink);
        else this.#text('P', block.text, 'plain', SIZE[block.look], block.look === 'note' ? COLOUR.quiet : COLOUR.ink);
        doc.moveDown(0.5);
        return;
      case 'table':
        this.#table(block, section);
        doc.moveDown(0.8);
        return;
      case 'chart':
        this.#chart(block.chart);
        return;
      case 'picture':
        this.#picture(block.alt);
    }
  }

  #tag(parent: Element, tag: string, options: ElementOptions, draw: () => void): void {
    const content = this.doc.markStructureContent(tag);
    draw();
    this.doc.endMarkedContent();
    parent.add(this.doc.struct(tag, options, [content]));
  }
  #artifact(draw: () => void): void {
    this.doc.markContent('Artifact', { type: 'Layout' });
    this.doc.save();
    draw();
    this.doc.restore();
    this.doc.endMarkedContent();
  }
  #text(tag: string, text: string, font: 'plain' | 'bold', size: number, colour: string): void {
    this.#tag(this.own, tag, {}, () =>
      this.doc.font(font).fontSize(size).fillColor(colour).text(text, MARGIN, this.doc.y, { width: this.#across, lineGap: 1.5 }),
    );
  }
  #bottom(): number {
    return this.doc.page.height - FOOT;
  }
  /** So much must fit on this page, else the next one begins. */
  #room(height: number): void {
    if (this.doc.y + height > this.#bottom()) this.doc.addPage();
  }

  #boxed(text: string): void {
    const { doc } = this;
    doc.font('plain').fontSize(SIZE.plain);
    const height = doc.heightOfString(text, { width: this.#across - 24, lineGap: 1.5 }) + 16;
    // What is longer than a page flows on without its box.
    if (height < this.#bottom() - MARGIN) {
      this.#room(height);
      const top = doc.y;
      this.#artifact(() => doc.rect(MARGIN, top, this.#across, height).fill(COLOUR.box).rect(MARGIN, top, 4, height).fill(COLOUR.blue));
      doc.y = top + 8;
    }
    this.#tag(this.own, 'P', {}, () =>
      doc
        .font('plain')
        .fontSize(SIZE.plain)
        .fillColor(COLOUR.ink)
        .text(text, MARGIN + 16, doc.y, { width: this.#across - 24, lineGap: 1.5 }),
    );
    doc.y += 8;
  }

  #table({ caption, head, rows, numbers }: Table, section: string): void {
    const { doc } = this;
    if (caption !== section) {
      this.#room(60);
      this.#text('H3', caption, 'bold', SIZE.plain, COLOUR.ink);
      doc.moveDown(0.3);
    }
    const widths = this.#widths(head, rows, numbers);
    const table = doc.struct('Table', { title: caption });
    this.own.add(table);
    const heightOf = (cells: readonly string[], font: 'plain' | 'bold'): number =>
      Math.max(
        ...cells.map((cell, i) =>
          doc
            .font(i === 0 && head.length === 0 ? 'bold' : font)
            .fontSize(SIZE.cell)
            .heightOfString(cell, { width: widths[i]! - 2 * PAD }),
        ),
      ) +
      2 * PAD;
    const row = (cells: readonly string[], isHead: boolean, again: boolean): void => {
      const height = heightOf(cells, isHead ? 'bold' : 'plain');
      const top = doc.y;
      this.#artifact(() => {
        if (isHead) doc.rect(MARGIN, top, this.#across, height).fill(COLOUR.head);
        doc
          .moveTo(MARGIN, top + height)
          .lineTo(MARGIN + this.#across, top + height)
          .lineWidth(0.6)
          .stroke(COLOUR.rule);
      });
      const line = again ? undefined : doc.struct('TR');
      if (line) table.add(line);
      let left = MARGIN;
      cells.forEach((cell, i) => {
        const isTitle = isHead || (head.length === 0 && i === 0);
        const draw = (): unknown =>
          doc
            .font(isTitle ? 'bold' : 'plain')
            .fontSize(SIZE.cell)
            .fillColor(COLOUR.ink)
            .text(cell, left + PAD, top + PAD, { width: widths[i]! - 2 * PAD, height: height - PAD, align: numbers.includes(i) ? 'right' : 'left' });
        // A head that is repeated on the next page was read out already.
        if (line) this.#tag(line, isTitle ? 'TH' : 'TD', isTitle ? { scope: isHead ? 'Column' : 'Row' } : {}, () => void draw());
        else this.#artifact(() => void draw());
        left += widths[i]!;
      });
      line?.end();
      doc.x = MARGIN;
      doc.y = top + height;
    };
    const whole = this.#bottom() - MARGIN;
    if (head.length > 0) {
      this.#room(heightOf(head, 'bold') + Math.min(whole / 2, rows[0] ? heightOf(rows[0], 'plain') : 0));
      row(head, true, false);
    }
    for (const cells of rows) {
      if (doc.y + Math.min(heightOf(cells, 'plain'), whole / 2) > this.#bottom()) {
        doc.addPage();
        if (head.length > 0) row(head, true, true);
      }
      row(cells, false, false);
    }
    table.end();
  }

  /** As wide as the longest text wants, within a least and a most; what is left over goes to the widest. */
  #widths(head: readonly string[], rows: readonly (readonly string[])[], numbers: readonly number[]): number[] {
    const { doc } = this;
    doc.font('bold').fontSize(SIZE.cell);
    const columns = rows[0]?.length ?? head.length;
    const wanted = Array.from({ length: columns }, (_, i) => {
      const texts = [head[i] ?? '', ...rows.slice(0, 200).map((row) => row[i]!)];
      const longestWord = Math.max(...texts.flatMap((text) => text.split(/[ \n]/)).map((word) => doc.widthOfString(word)));
      return { least: longestWord + 2 * PAD + 1, most: Math.max(...texts.map((text) => doc.widthOfString(text))) + 2 * PAD + 1, fixed: numbers.includes(i) };
    });
    const least = wanted.reduce((sum, one) => sum + one.least, 0);
    const spare = Math.max(0, this.#across - least);
    const greed = wanted.map(({ least: low, most, fixed }) => (fixed ? 0 : Math.max(0, most - low)));
    const all = greed.reduce((sum, one) => sum + one, 0);
    const widths = wanted.map(({ least: low }, i) => low + (all === 0 ? spare / columns : (spare * greed[i]!) / all));
    const scale = this.#across / widths.reduce((sum, one) => sum + one, 0);
    return widths.map((width) => width * scale);
  }

  #picture(alt: string): void {
    if (!this.picture) return;
    const { doc } = this;
    const image = Buffer.from(this.picture);
    const { width, height } = (doc as unknown as { openImage(src: Buffer): { width: number; height: number } }).openImage(image);
    const scale = Math.min(this.#across / width, PICTURE_MOST / height);
    const [top, right, bottom] = [doc.y, MARGIN + width * scale, doc.y + height * scale];
    this.#tag(this.own, 'Figure', { alt, bbox: [MARGIN, top, right, bottom] }, () =>
      doc.image(image, MARGIN, top, { width: width * scale, height: height * scale }),
    );
    doc.x = MARGIN;
    doc.y = bottom + 6;
  }

  /** Drawn, not a picture: sharp at any size, and nothing that a reader of the page cannot get from its words. */
  #chart(chart: PackChart): void {
    const { doc } = this;
    this.#room(CHART.height + 60);
    this.#text('H3', chart.title, 'bold', SIZE.lead, COLOUR.ink);
    const top = doc.y + 2;
    const box: [number, number, number, number] = [MARGIN, top, MARGIN + this.#across, top + CHART.height];
    this.#tag(this.own, 'Figure', { alt: chart.alt, bbox: box }, () => this.#drawing(chart, top));
    doc.x = MARGIN;
    doc.y = top + CHART.height + 6;
  }

  #drawing({ subtitle, from, to, ticks, days, points, levels, legend }: PackChart, top: number): void {
    const { doc } = this;
    const [left, right] = [MARGIN + CHART.left, MARGIN + this.#across - CHART.right];
    const [high, low] = [top + 20, top + CHART.height - CHART.bottom];
    const [least, most] = [ticks[0]!.value, ticks.at(-1)!.value];
    const x = (at: number): number => (to === from ? (left + right) / 2 : left + ((at - from) / (to - from)) * (right - left));
    const y = (value: number): number => low - ((value - least) / (most - least)) * (low - high);
    const small = (text: string, at: number, height: number, options: PDFKit.Mixins.TextOptions = {}): unknown =>
      doc
        .font('plain')
        .fontSize(SIZE.axis)
        .fillColor(COLOUR.quiet)
        .text(text, at, height, { lineBreak: false, ...options });
    small(subtitle, MARGIN, top);
    doc.lineWidth(0.5).strokeColor(COLOUR.rule);
    for (const { value, text } of ticks) {
      doc.moveTo(left, y(value)).lineTo(right, y(value)).stroke();
      small(text, MARGIN, y(value) - 4.5, { width: CHART.left - 6, align: 'right' });
    }
    for (const { at, text } of days) if (x(at) < right - 16) small(text, x(at) - 20, low + 6, { width: 40, align: 'center' });
    const path = (values: readonly (readonly [at: number, value: number | null])[]): void => {
      let pen = false;
      for (const [at, value] of values) {
        if (value !== null) doc[pen ? 'lineTo' : 'moveTo'](x(at), y(value));
        pen = value !== null;
      }
      doc.stroke();
    };
    const LOOKS = {
      mean: (): unknown => doc.undash().lineWidth(1).strokeColor('#000000'),
      limit: (): unknown => doc.dash(6, { space: 4 }).lineWidth(1.3).strokeColor(COLOUR.common),
      target: (): unknown => doc.dash(3, { space: 3 }).lineWidth(1.2).strokeColor(COLOUR.target),
      data: (): unknown => doc.undash().lineWidth(1).strokeColor(COLOUR.quiet),
    };
    for (const { look, points: values } of levels) {
      LOOKS[look]();
      path(values);
    }
    LOOKS.data();
    path(points.map(({ at, value }) => [at, value]));
    // Colour is never alone: improvement and concern are triangles toward their side, anything else special a square.
    for (const { at, value, look, high: up } of points) {
      if (value === null) continue;
      const [cx, cy, r] = [x(at), y(value), points.length > 120 ? 1.7 : 2.8];
      if (look === 'common') doc.circle(cx, cy, r).fill(COLOUR.common);
      else if (look === 'neutral') doc.rect(cx - r, cy - r, 2 * r, 2 * r).fill(COLOUR.neutral);
      else doc.polygon([cx - r * 1.3, cy + (up ? r : -r)], [cx + r * 1.3, cy + (up ? r : -r)], [cx, cy - (up ? r : -r) * 1.2]).fill(COLOUR[look]);
    }
    let at = left;
    for (const look of ['data', 'mean', 'limit', 'target'] as const) {
      if (look === 'target' && !levels.some((level) => level.look === 'target')) continue;
      LOOKS[look]();
      doc
        .moveTo(at, low + 29)
        .lineTo(at + 22, low + 29)
        .stroke();
      small(legend[look], at + 27, low + 24.5);
      at += 44 + doc.widthOfString(legend[look]);
    }
    doc.undash();
  }
}
