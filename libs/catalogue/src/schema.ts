/** JSON Schemas of the definition files, so that an editor checks and completes them. Run this file to write them anew. */
import { boardFile, metricFile, unitFile } from '@comm-cell/contract/definition';
import { cardFile, holidayFile, schemeEntry } from '@comm-cell/contract/response';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

export const SCHEMA_FOLDER = new URL('../schema/', import.meta.url);

/** File name → text. `input`: as a person writes the file, with the settings that have a default left out. */
export function schemaFiles(): Record<string, string> {
  const codecs = { units: unitFile, metrics: metricFile, board: boardFile, cards: cardFile, scheme: schemeEntry, holidays: holidayFile };
  return Object.fromEntries(
    Object.entries(codecs).map(([name, codec]) => [
      `${name}.schema.json`,
      `${JSON.stringify(z.toJSONSchema(codec, { io: 'input', target: 'draft-7' }), null, 2)}\n`,
    ]),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [name, text] of Object.entries(schemaFiles())) writeFileSync(new URL(name, SCHEMA_FOLDER), text);
}
