/** A person at a desk, for measures of what is only told to whoever has signed in. */
import { PersonOfBoard } from '@comm-cell/api/access/people.entity';
import { People } from '@comm-cell/api/access/people';
import { dataSource } from '@comm-cell/api/database/schema';
import { microseconds } from './machine.mjs';

/** A new viewer of a board; answers the token they sign in with. */
export async function somebody(url, board) {
  const database = await dataSource(url, [PersonOfBoard]).initialize();
  try {
    return (await new People(database).create([board], 'Bench', 'viewer')).token;
  } finally {
    await database.destroy();
  }
}

/** The cookie of a session, `name=value`. */
export async function signIn(port, token) {
  const headers = { 'content-type': 'application/json' };
  const session = await fetch(`http://127.0.0.1:${port}/v1/desk/session`, { method: 'POST', headers, body: JSON.stringify({ token }) });
  if (!session.ok) throw new Error(`Nobody could sign in: ${session.status} ${await session.text()}`);
  return session.headers.get('set-cookie').split(';')[0];
}

/** Asks a route of a board; answers the text and how long it took until its last byte was there, in microseconds. */
export async function visitor(port, token, board) {
  const cookie = await signIn(port, token);
  return async (route, query) => {
    const began = microseconds();
    const response = await fetch(`http://127.0.0.1:${port}/v1/boards/${board}/${route}?${new URLSearchParams(query)}`, { headers: { cookie } });
    const text = await response.text();
    const tookUs = microseconds() - began;
    if (!response.ok) throw new Error(`There was no answer: ${response.status} ${text.slice(0, 300)}`);
    return { text, tookUs };
  };
}
