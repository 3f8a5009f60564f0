/**
 * Where the printer of papers and its letters lie. The printer runs in a thread of its own, so it is a file of its own; both stand
 * beside the program because the build makes one file of the server. Inter (SIL Open Font License 1.1, fonts/OFL.txt), cut to what
 * English and Welsh are written with, so that ŵ and ŷ print whatever the reader's computer has.
 */
export const PACK_PRINTER = new URL('./packs/printer.js', import.meta.url);
export const PACK_LETTERS = { plain: new URL('../fonts/Inter-Regular.ttf', import.meta.url), bold: new URL('../fonts/Inter-Bold.ttf', import.meta.url) };
