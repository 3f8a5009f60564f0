/** How large a text may be to fit its place: measured with the real font, so nothing on the wall is ever cut off. */
const PROBE = 100;
const widths = new Map<string, number>();
const MOST_REMEMBERED = 500;
let context: CanvasRenderingContext2D | null | undefined;

/** Width of a text at 1 px type. Digits are tabular on the wall: all as wide as a zero. */
function widthOf(text: string, weight: number): number {
  const probe = text.replace(/\d/g, '0');
  const key = `${weight}${probe}`;
  let width = widths.get(key);
  if (width === undefined) {
    context ??= document.createElement('canvas').getContext('2d');
    if (!context) return text.length * 0.62;
    context.font = `${weight} ${PROBE}px 'Inter Variable', 'Segoe UI', Roboto, Arial, sans-serif`;
    width = (context.measureText(probe).width / PROBE) * 1.03;
    if (widths.size >= MOST_REMEMBERED) widths.clear();
    widths.set(key, width);
  }
  return width;
}

/** The type size, at most `size` and never below `least`, at which `text` is no wider than `room` (all in the same unit). */
export function fit(text: string, weight: number, size: number, room: number, least = 12): number {
  const width = widthOf(text, weight) * size;
  return width <= room ? size : Math.max(least, Math.floor(((size * room) / width) * 10) / 10);
}

export function wide(text: string, weight: number, size: number): number {
  return widthOf(text, weight) * size;
}
