/** A definition file with its places: whatever is wrong is said as file, line, column, path and reason. */
import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, visit, type Document, type Node } from 'yaml';
import type { z } from 'zod';
import { find, unknown } from './names.js';

export interface Issue {
  file: string;
  line: number;
  column: number;
  path: string;
  /** The path in its steps: names may hold dots themselves. */
  at: readonly PropertyKey[];
  reason: string;
}

export class DefinitionError extends Error {
  constructor(readonly issues: readonly Issue[]) {
    super(issues.map(({ file, line, path, reason }) => `${file}:${line}: ${path === '' ? '' : `${path}: `}${reason}`).join('\n'));
    this.name = 'DefinitionError';
  }
}

type Path = readonly PropertyKey[];

/** Keys that would reach into an object's prototype instead of naming something. */
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);

export class Source {
  readonly #issues: Issue[] = [];
  readonly #lines = new LineCounter();
  readonly #document: Document | undefined;
  readonly #content: object | undefined;

  /** `file`: what its faults call it. What comes as an object has paths and no lines: all is said of line 1. */
  constructor(
    readonly file: string,
    content: string | object,
  ) {
    if (typeof content === 'object') {
      this.#content = content;
      return;
    }
    this.#document = parseDocument(content, { lineCounter: this.#lines, prettyErrors: false });
    for (const { pos, message } of [...this.#document.errors, ...this.#document.warnings]) this.#add(pos[0], [], message);
    visit(this.#document, {
      Pair: (_, { key }) => {
        if (isScalar(key) && FORBIDDEN.has(String(key.value))) this.#add(key.range?.[0] ?? 0, [], `"${String(key.value)}" cannot be used as a name`);
      },
    });
  }

  /** The content, or nothing once there is something to say about it. */
  read<Codec extends z.ZodType>(codec: Codec): z.infer<Codec> | undefined {
    if (this.#issues.length > 0) return undefined;
    let content: unknown;
    try {
      content = this.#content ?? this.#document?.toJS();
    } catch (error) {
      this.#add(0, [], (error as Error).message);
      return undefined;
    }
    const parsed = codec.safeParse(content);
    if (parsed.success) return parsed.data;
    for (const issue of parsed.error.issues) for (const [path, reason] of plain(issue)) this.say(path, reason);
    return undefined;
  }

  say(path: Path, reason: string): void {
    this.#add(this.#offset(path), path, reason);
  }

  /** Is there such a thing? Says so when there is none. */
  need(path: Path, what: string, name: string, among: Readonly<Record<string, unknown>>): boolean {
    const known = find(among, name) !== undefined;
    if (!known) this.say(path, unknown(what, name, Object.keys(among)));
    return known;
  }

  inOrder(): Issue[] {
    return this.#issues.sort((a, b) => a.line - b.line || a.column - b.column);
  }

  #add(offset: number, at: Path, reason: string): void {
    const { line, col } = this.#document ? this.#lines.linePos(offset) : { line: 1, col: 1 };
    const path = at.map(String).join('.');
    const issue = { file: this.file, line: Math.max(1, line), column: Math.max(1, col), path, at, reason };
    // A rule for several places is one entry: what is wrong with it is told once.
    if (!this.#issues.some((one) => one.line === issue.line && one.path === path && one.reason === reason)) this.#issues.push(issue);
  }

  /** Where the key (or the list item) of the path stands; of its nearest ancestor when it is missing. */
  #offset(path: Path): number {
    let node: unknown = this.#document?.contents;
    let offset = isNode(node) ? (node.range?.[0] ?? 0) : 0;
    for (const step of path) {
      if (isAlias(node)) node = node.resolve(this.#document!);
      let found: unknown;
      if (isMap(node)) {
        const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
        found = pair?.key;
        node = pair?.value;
      } else if (isSeq(node)) {
        node = found = node.items[Number(step)];
      }
      if (!isNode(found)) break;
      offset = (found as Node).range?.[0] ?? offset;
    }
    return offset;
  }
}

type ZodIssue = z.core.$ZodIssue;

/** A zod issue in the words of someone who edits a file. */
function plain(issue: ZodIssue, above: Path = []): (readonly [Path, string])[] {
  const path = [...above, ...issue.path];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => [[...path, key], 'is not a known setting'] as const);
    case 'invalid_key':
      return issue.issues.map(({ message }) => [path, message] as const);
    case 'invalid_union': {
      // The alternative with the least wrong is the one that was meant.
      const [nearest] = issue.errors.map((errors) => errors.flatMap((one) => plain(one, path))).sort((a, b) => a.length - b.length);
      return nearest ?? [[path, issue.message] as const];
    }
    default:
      return [[path, issue.message.endsWith('received undefined') ? 'is missing' : issue.message.replace(/^Invalid (input|option): /, '')] as const];
  }
}
