/** Differences of a board's file in plain words: what, where, from what to what. */
import type { WrittenBoard } from '@comm-cell/contract/definition';
import type { Difference } from '@comm-cell/contract/edits';
import type { Tongue } from '../../words.js';
import type { AdminWords } from './admin-words.js';

export interface DifferenceText {
  where: string;
  from: string | undefined;
  to: string | undefined;
}

/** Parts whose second step is a name of something that may have words of its own. */
const NAMED = new Set(['metrics', 'providers', 'places', 'feeds', 'tiles', 'groups', 'cards', 'schemes', 'levels', 'rules', 'rollups']);

export function differenceText(difference: Difference, files: readonly (WrittenBoard | undefined)[], words: AdminWords, tongue: Tongue): DifferenceText {
  const [part, ...rest] = difference.at.map(String);
  const said: string[] = [words.parts[part!] ?? part!];
  if (NAMED.has(part!) && rest.length > 0) said.push(`“${nameOf(part!, rest.shift()!, files, tongue)}”`);
  else if ((part === 'overview' || part === 'detail') && rest.length > 0) said.push(words.column(Number(rest.shift()) + 1));
  const steps = rest.map((step) => (step === 'tiles' ? words.parts['tiles_']! : (words.parts[step] ?? (/^\d+$/.test(step) ? String(Number(step) + 1) : step))));
  return {
    where: [said.join(' '), ...steps].join(' · '),
    from: 'from' in difference ? valueText(difference.from, words, files, tongue) : undefined,
    to: 'to' in difference ? valueText(difference.to, words, files, tongue) : undefined,
  };
}

function nameOf(part: string, id: string, files: readonly (WrittenBoard | undefined)[], tongue: Tongue): string {
  for (const file of files) {
    const one = (
      file?.[part as 'tiles'] as Record<string, { name?: Record<Tongue, string>; title?: Record<Tongue, string>; label?: Record<Tongue, string> }> | undefined
    )?.[id];
    const label = one?.name ?? one?.title ?? one?.label;
    if (label?.[tongue]) return label[tongue];
  }
  return id;
}

function valueText(value: unknown, words: AdminWords, files: readonly (WrittenBoard | undefined)[], tongue: Tongue): string {
  if (value === null || value === undefined) return '–';
  if (Array.isArray(value)) return value.map((one) => valueText(one, words, files, tongue)).join(', ');
  if (typeof value === 'object') {
    const { en, cy } = value as Partial<Record<Tongue, unknown>>;
    if (typeof en === 'string' && typeof cy === 'string') return en === cy ? en : `${en} / ${cy}`;
    return Object.entries(value)
      .map(([key, one]) => `${words.parts[key] ?? key} ${valueText(one, words, files, tongue)}`)
      .join(', ');
  }
  const text = String(value);
  return files.some((file) => file?.tiles[text]) ? nameOf('tiles', text, files, tongue) : text;
}
