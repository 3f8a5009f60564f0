/** Plain pages of this server's own, without script and style: words of boards are text in them, never markup. */
import type { Label } from '@comm-cell/board/definition';
import type { FastifyReply } from 'fastify';

export function sendPage(reply: FastifyReply, status: number, parts: readonly string[]): FastifyReply {
  const head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="robots" content="noindex"><title>Comm Cell</title>';
  return reply
    .status(status)
    .header('content-type', 'text/html; charset=utf-8')
    .header('cache-control', 'no-store')
    .send(`<!doctype html><html lang="en">${head}<main>${parts.join('')}</main></html>`);
}

export function inBoth({ en, cy }: Label): string {
  return en === cy ? escaped(en) : `${escaped(en)} · <span lang="cy">${escaped(cy)}</span>`;
}

export function paragraph(label: Label): string {
  return `<p>${inBoth(label)}</p>`;
}

export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
