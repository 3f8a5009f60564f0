/** What is printed once everything runs. */

const paint = (code) => (text) => (process.stdout.isTTY && !process.env.NO_COLOR ? `\x1b[${code}m${text}\x1b[0m` : text);
export const [bold, dim, green, red] = ['1', '2', '32', '31'].map(paint);

/** @param {{ address: string, dataDir: string, boards: { id: string, name?: string }[], database: string, seconds: string, sandboxKey?: string, setUp?: string }} facts */
export function welcome({ address, dataDir, boards, database, seconds, sandboxKey, setUp }) {
  const walls = boards.flatMap(({ id, name }) => [
    [bold(name ?? id), 'overview', `${address}/wall/${id}`],
    ['', 'detail', `${address}/wall/${id}?density=detail`],
    ['', 'Cymraeg', `${address}/wall/${id}?lang=cy`],
  ]);
  const others = [
    ...(boards.length === 0 ? [['Boards', '', address]] : []),
    ['Interface', '', `${address}/docs`],
    ['Health', '', `${address}/health/ready`],
    ['Database', '', database],
    ['Data folder', '', dataDir],
  ];
  const parts = [frame(`${green('●')} ${bold('Comm Cell is running')}${dim(`, ready after ${seconds} s`)}`, [...walls, ...others])];
  if (setUp !== undefined)
    parts.push(
      `${bold('Nobody administers this system yet.')} Set it up, once, at\n\n${setUp}\n\n${dim('Valid until there is an administrator or the server is started again. Keep it to yourself.')}`,
    );
  if (sandboxKey !== undefined) parts.push(firstReading(address, sandboxKey));
  parts.push(dim('Ctrl-C stops everything.'));
  return `\n${parts.join('\n\n')}\n`;
}

function frame(title, rows) {
  const columns = [0, 1].map((column) => Math.max(...rows.map((row) => width(row[column]))));
  const pad = (text, to) => text + ' '.repeat(to - width(text));
  const lines = rows.map(([name, kind, value]) => `${pad(name, columns[0])}  ${columns[1] === 0 ? '' : `${dim(pad(kind, columns[1]))}  `}${value}`);
  const inner = Math.max(width(title) + 1, ...lines.map(width));
  return [
    `╭─ ${title} ${'─'.repeat(inner - width(title) - 1)}╮`,
    ...['', ...lines, ''].map((line) => `│ ${pad(line, inner)} │`),
    `╰${'─'.repeat(inner + 2)}╯`,
  ].join('\n');
}

function firstReading(address, key) {
  const reading = `{"readings":[{"series":"ed.in-department@sandbox","observedAt":"'$(date -u +%Y-%m-%dT%H:%M:%SZ)'","value":42,"unit":"patients"}]}`;
  return [
    `${bold('Send a reading')} and open ${address}/wall/sandbox to see it:`,
    '',
    `curl -sS ${address}/v1/feeds/sandbox/batches \\`,
    `  -H 'Authorization: Bearer ${key}' -H 'Content-Type: application/json' -H "Idempotency-Key: hello-$(date +%s)" \\`,
    `  -d '${reading}'`,
  ].join('\n');
}

// eslint-disable-next-line no-control-regex -- the escape character is what is looked for
const width = (text) => [...text.replace(/\x1b\[\d+m/g, '')].length;
