/**
 * The code that a phone read off a screen comes in the fragment of the address, which no server is told. It is taken out of the
 * address at once, so that it stays in no history, and kept only as long as this page lives: over a sign-in, not over a reload.
 */
let code: string | undefined;

export function keepCode(): void {
  if (location.hash.length <= 1) return;
  code = location.hash.slice(1);
  history.replaceState(history.state, '', location.pathname + location.search);
}

/** Once: it is good for one screen. */
export function takeCode(): string {
  keepCode();
  const read = code ?? '';
  code = undefined;
  return read;
}
