/** The boards this server has. */
export interface BoardEntry {
  id: string;
  name: { en: string; cy: string } | string;
  simulated: boolean;
}

export class NeedsToken extends Error {}

export async function fetchBoards(): Promise<BoardEntry[]> {
  const answer = await fetch('/v1/boards', { headers: { accept: 'application/json' }, cache: 'no-store' });
  if (answer.status === 401 || answer.status === 403) throw new NeedsToken();
  if (!answer.ok) throw new Error(`The list of boards was answered with ${answer.status}.`);
  return (await answer.json()) as BoardEntry[];
}
