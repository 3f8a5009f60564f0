/** The picture of the wall as a PNG, made in the page itself: nothing is sent anywhere. */
import { createContext, destroyContext, domToCanvas } from 'modern-screenshot';

/** Twice the size, so that it is sharp on paper. */
const SCALE = 2;
/** The faces that English and Welsh are written in. */
const RANGE = /U\+0{0,3}(0-FF|100-2BA)/i;

function dataOf(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error ?? new Error('The letters cannot be read.'));
    reader.readAsDataURL(blob);
  });
}

/** The page's own letters, with their files inside: a picture may not ask for any. */
async function letters(): Promise<string> {
  const faces = [...document.styleSheets].flatMap((sheet) =>
    [...sheet.cssRules].flatMap((rule) =>
      rule instanceof CSSFontFaceRule && RANGE.test(rule.style.getPropertyValue('unicode-range')) ? [{ rule, from: sheet.href ?? location.href }] : [],
    ),
  );
  const texts = faces.map(async ({ rule, from }) => {
    const [, address] = /url\("?([^")]+)"?\)/.exec(rule.style.getPropertyValue('src')) ?? [];
    if (address === undefined) return '';
    const file = await fetch(new URL(address, from));
    return rule.cssText.replace(address, await dataOf(await file.blob()));
  });
  return (await Promise.all(texts)).join('\n');
}

export async function pictureOf(element: HTMLElement): Promise<Blob> {
  const backgroundColor = getComputedStyle(document.body).backgroundColor;
  const context = await createContext(element, { scale: SCALE, backgroundColor, font: { cssText: await letters() } });
  // Where the library looks up how elements look by themselves. The one it would make is written as HTML, which this page forbids.
  const plain = document.createElement('iframe');
  plain.hidden = true;
  document.body.append(plain);
  context.sandbox = plain;
  try {
    const canvas = await domToCanvas(context);
    return await new Promise((resolve, reject) =>
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('The canvas gave no picture.'))), 'image/png'),
    );
  } finally {
    destroyContext(context);
    plain.remove();
  }
}

export function save(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** Browsers want the promise of a picture within the press, not the picture after it. */
export function copy(blob: Promise<Blob>): Promise<void> {
  return navigator.clipboard.write([new ClipboardItem({ 'image/png': blob })]);
}
