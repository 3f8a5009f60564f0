/** A paper as slides: native charts that can be changed in the program, tables, words for what is drawn, commentary as notes. */
import type { PackBlock, PackChart, PackPart } from '@comm-cell/contract/packs';
import { offsetMsAt } from '@comm-cell/board/time';
import PptxGenJS from 'pptxgenjs';

/** The package's types take it for an older kind of module than it is. */
const Pptx = PptxGenJS as unknown as typeof PptxGenJS.default;
type Show = PptxGenJS.default;
type Slide = PptxGenJS.default.Slide;
type TableCell = PptxGenJS.default.TableCell;

/** 16:9, inches. */
const PAGE = { w: 13.33, h: 7.5, margin: 0.5 };
const ACROSS = PAGE.w - 2 * PAGE.margin;
const ROWS = 13;
const INK = '212B32';
const QUIET = '425563';
const BLUE = '005EB8';
const FONT = 'Arial';
export async function pptxOf(parts: readonly PackPart[], picture: Uint8Array | null): Promise<Buffer> {
  const show = new Pptx();
  show.defineLayout({ name: 'wide', width: PAGE.w, height: PAGE.h });
  show.layout = 'wide';
  show.title = parts.map(({ title }) => title).join(' / ');
  show.company = 'Comm Cell';
  for (const part of parts) new Slides(show, part, picture).all();
  return (await show.write({ outputType: 'nodebuffer' })) as Buffer;
}

class Slides {
  constructor(
    readonly show: Show,
    readonly part: PackPart,
    readonly picture: Uint8Array | null,
  ) {}

  all(): void {
    const { title, subtitle, sections } = this.part;
    const front = this.#slide(title);
    front.addText(subtitle, { x: PAGE.margin, y: 1.25, w: ACROSS, h: 0.5, fontFace: FONT, fontSize: 20, color: QUIET, lang: this.#lang });
    for (const [i, section] of sections.entries()) {
      let words: string[] = [];
      const tell = (slide: Slide): void => {
        if (words.length > 0) slide.addNotes(words.join('\n\n'));
        words = [];
      };
      for (const block of section.blocks) {
        if (block.kind === 'text') words.push(block.text);
        else if (block.kind === 'table') tell(this.#table(section.title, block, i === 0 ? front : undefined));
        else if (block.kind === 'chart') tell(this.#chart(block.chart, section.blocks));
        else if (this.picture) tell(this.#picture(section.title, block.alt));
      }
      if (words.length > 0 && !section.blocks.some(({ kind }) => kind === 'chart' || kind === 'picture')) this.#words(section.title, words);
    }
  }

  get #lang(): string {
    return this.part.language === 'cy' ? 'cy-GB' : 'en-GB';
  }

  #slide(title: string): Slide {
    const slide = this.show.addSlide();
    slide.addShape('rect', { x: 0, y: 0, w: PAGE.w, h: 0.12, fill: { color: BLUE } });
    slide.addText(title, {
      x: PAGE.margin,
      y: 0.35,
      w: ACROSS,
      h: 0.8,
      fontFace: FONT,
      fontSize: 28,
      bold: true,
      color: INK,
      lang: this.#lang,
      objectName: title,
    });
    slide.addText(this.part.footer.join(' · '), {
      x: PAGE.margin,
      y: PAGE.h - 0.45,
      w: ACROSS - 1,
      h: 0.35,
      fontFace: FONT,
      fontSize: 10,
      color: QUIET,
      lang: this.#lang,
    });
    slide.slideNumber = { x: PAGE.w - 1, y: PAGE.h - 0.45, fontFace: FONT, fontSize: 10, color: QUIET };
    return slide;
  }

  #table(section: string, { caption, head, rows, numbers }: Extract<PackBlock, { kind: 'table' }>, on?: Slide): Slide {
    const title = caption === section ? section : `${section}: ${caption}`;
    let slide = on;
    let first = slide;
    for (let from = 0; from < rows.length; from += ROWS) {
      slide = from === 0 && on ? on : this.#slide(title);
      first ??= slide;
      const cell = (text: string, i: number, isHead: boolean): TableCell => ({
        text,
        options: {
          bold: isHead || (head.length === 0 && i === 0),
          align: numbers.includes(i) ? 'right' : 'left',
          ...(isHead ? { fill: { color: 'E8EDEE' } } : {}),
        },
      });
      const body = rows.slice(from, from + ROWS).map((row) => row.map((text, i) => cell(text, i, false)));
      slide.addTable(head.length > 0 ? [head.map((text, i) => cell(text, i, true)), ...body] : body, {
        x: PAGE.margin,
        y: on ? 1.9 : 1.3,
        w: ACROSS,
        fontFace: FONT,
        fontSize: head.length > 5 ? 11 : 13,
        color: INK,
        border: { type: 'solid', pt: 0.5, color: 'C8D0D4' },
        objectName: title,
      });
    }
    return first ?? this.#slide(title);
  }

  /** Lines of the program's own, which can be changed there; what the points mean stands in words beside them. */
  #chart(chart: PackChart, blocks: readonly PackBlock[]): Slide {
    const slide = this.#slide(chart.title);
    const labels = chart.points.map(({ at }) => new Date(at + offsetMsAt(chart.zone, at)).toISOString().slice(0, 10));
    // A gap is an empty cell, which the program draws as a gap.
    const gap = null as unknown as number;
    const limits = chart.levels.filter(({ look }) => look === 'limit');
    const along = (points: PackChart['levels'][number]['points'] | undefined): number[] => {
      const byMoment = new Map(points);
      return chart.points.map(({ at }) => byMoment.get(at) ?? gap);
    };
    const series = [
      { name: chart.legend.data, labels, values: chart.points.map(({ value }) => value ?? gap), color: QUIET },
      { name: chart.legend.mean, labels, values: along(chart.levels.find(({ look }) => look === 'mean')?.points), color: '000000' },
      ...limits.map(({ points }, i) => ({ name: `${chart.legend.limit} ${i === 0 ? '↑' : '↓'}`, labels, values: along(points), color: 'A6A6A6' })),
      ...chart.levels
        .filter(({ look }) => look === 'target')
        .map(({ points }) => ({ name: chart.legend.target, labels, values: along(points), color: 'B3131E' })),
    ];
    slide.addChart('line', series, {
      x: PAGE.margin,
      y: 1.2,
      w: ACROSS,
      h: 4.5,
      chartColors: series.map(({ color }) => color),
      lineSize: 2,
      lineDataSymbol: 'none',
      showLegend: true,
      legendPos: 'b',
      legendFontFace: FONT,
      catAxisLabelFontFace: FONT,
      valAxisLabelFontFace: FONT,
      valAxisMinVal: chart.ticks[0]!.value,
      valAxisMaxVal: chart.ticks.at(-1)!.value,
      showValAxisTitle: true,
      valAxisTitle: chart.subtitle,
      valAxisTitleFontSize: 11,
      displayBlanksAs: 'gap',
      altText: chart.alt,
    });
    const at = blocks.findIndex((block) => block.kind === 'chart' && block.chart === chart);
    const next = blocks.findIndex((block, i) => i > at && (block.kind === 'chart' || (block.kind === 'text' && block.look === 'lead')));
    const said = blocks.slice(at + 1, next === -1 ? undefined : next).flatMap((block) => (block.kind === 'text' ? [block.text] : []));
    slide.addText(said.join('\n'), {
      x: PAGE.margin,
      y: 5.75,
      w: ACROSS,
      h: 1.25,
      fontFace: FONT,
      fontSize: 12,
      color: INK,
      lang: this.#lang,
      fit: 'shrink',
      valign: 'top',
    });
    slide.addNotes([chart.alt, ...said].join('\n'));
    return slide;
  }

  #picture(title: string, alt: string): Slide {
    const slide = this.#slide(title);
    const data = `image/png;base64,${Buffer.from(this.picture!).toString('base64')}`;
    slide.addImage({ data, x: PAGE.margin, y: 1.2, w: ACROSS, h: 5.6, sizing: { type: 'contain', w: ACROSS, h: 5.6 }, altText: alt });
    return slide;
  }

  #words(title: string, words: readonly string[]): void {
    this.#slide(title).addText(words.join('\n\n'), {
      x: PAGE.margin,
      y: 1.3,
      w: ACROSS,
      h: 5.4,
      fontFace: FONT,
      fontSize: 16,
      color: INK,
      lang: this.#lang,
      valign: 'top',
      fit: 'shrink',
    });
  }
}
