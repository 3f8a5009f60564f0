/**
 * `npm run admin`: what an administrator does until the console does it on screen.
 *   board <file.yaml | catalogue id>           create a board, or bring it to this definition
 *   key <board> <provider> [feed …]            make a feed key (shown once) for the provider's feeds
 *   revoke <board> <key id>                    end a feed key
 *   invite <e-mail> <name> <role> <board> [board …]  add a person (a link to their first sign-in is shown once)
 *   person <name> <role> <board> [board …]     a person with a desk token instead of an account, for emergencies (shown once)
 *   person-gone <person id>                    end a person on all boards
 *   doors                                      every route and socket message, and whom it is for, as JSON
 */
import 'reflect-metadata';
import { loadBoard } from '@comm-cell/catalogue/load';
import { email } from '@comm-cell/contract/access';
import { type Role, role } from '@comm-cell/contract/desk';
import { speakPlainly } from '@comm-cell/contract/plain-words';
import { Account } from './access/account.entity.js';
import { Accounts } from './access/accounts.js';
import { FeedKey } from './access/feed-key.entity.js';
import { FeedKeys } from './access/feed-keys.js';
import { Passwords } from './access/passwords.js';
import { People } from './access/people.js';
import { PersonOfBoard } from './access/people.entity.js';
import { Seal } from './access/seal.js';
import { readConfig } from './config.js';
import { openDatabaseUrl } from './database/address.js';
import { dataSource, prepareDatabase } from './database/schema.js';
import { Journal } from './journal/journal.js';
import { Keepers } from './keeper/keepers.js';

const USAGE =
  'Use: npm run admin -- board <file.yaml|catalogue id> | key <board> <provider> [feed …] | revoke <board> <key id> | person <name> <role> <board> [board …] | invite <e-mail> <name> <role> <board> [board …] | person-gone <person id> | doors';

async function main([command, ...args]: string[]): Promise<string> {
  speakPlainly();
  const url = openDatabaseUrl(process.env);
  await prepareDatabase(url, new Date());
  const database = await dataSource(url, [FeedKey, PersonOfBoard, Account]).initialize();
  const journal = new Journal(url);
  const keepers = new Keepers(
    journal,
    url,
    (message) => process.stderr.write(`${message}\n`),
    () => process.exit(1),
  );
  const roleOn = async (boards: string[], given: string): Promise<Role> => {
    const asked = role.safeParse(given);
    if (!asked.success) throw new Error(`"${given}" is no role; there are ${role.options.join(', ')}.`);
    for (const board of boards) if (!(await keepers.definitionOf(board))) throw new Error(`There is no board "${board}".`);
    return asked.data;
  };
  try {
    if (command === 'board' && args.length === 1) {
      const definition = loadBoard(args[0]!);
      const { changed } = await keepers.define(definition, 'admin');
      return changed
        ? `Board ${definition.id} stands as defined; its wall is at /wall/${definition.id}.`
        : `Board ${definition.id} was defined like this already.`;
    }
    if (command === 'key' && args.length >= 2) {
      const [board, provider, ...wanted] = args as [string, string, ...string[]];
      const definition = await keepers.definitionOf(board);
      if (!definition) throw new Error(`There is no board "${board}": define it first with "npm run admin -- board <file>".`);
      const own = Object.values(definition.feeds)
        .filter((feed) => feed.provider === provider)
        .map((feed) => feed.id);
      if (own.length === 0)
        throw new Error(`Provider "${provider}" has no feed on board "${board}"; its providers are: ${Object.keys(definition.providers).join(', ')}.`);
      const foreign = wanted.find((feed) => !own.includes(feed));
      if (foreign !== undefined) throw new Error(`Feed "${foreign}" is not one of ${provider}; its feeds are: ${own.join(', ')}.`);
      const feeds = wanted.length > 0 ? wanted : own;
      const key = await new FeedKeys(database).create(board, provider, feeds, 'made by an administrator', 'live');
      return `${key}\n\nThis is the only time the key is shown. It opens: ${feeds.join(', ')}.`;
    }
    if (command === 'revoke' && args.length === 2) {
      const done = await new FeedKeys(database).revoke(args[0]!, args[1]!);
      if (!done) throw new Error(`Board "${args[0]}" has no key "${args[1]}" (it is the eight characters after "cc_live_").`);
      return 'The key is ended; every server refuses it within five seconds.';
    }
    if (command === 'invite' && args.length >= 4) {
      const [written, name, given, ...boards] = args as [string, string, string, ...string[]];
      const address = email.safeParse(written);
      if (!address.success) throw new Error(`"${written}" is no e-mail address.`);
      const asked = await roleOn(boards, given);
      const accounts = new Accounts(database, new Passwords(), new Seal(readConfig({ ...process.env, DATABASE_URL: url })));
      const known = await accounts.byEmail(address.data);
      const person = known ? { id: known.personId, name: known.name } : await accounts.create({ name, email: address.data });
      for (const board of boards) await new People(database).grant(board, person, { role: asked, providers: null });
      const link = `/sign-in#invitation=${await accounts.invite(person.id)}`;
      return `${process.env.PUBLIC_ADDRESS?.replace(/\/$/, '') ?? ''}${link}\n\nThis is the only time the link is shown; it opens once, within three days. ${person.name} (${person.id}) sets a password with it.`;
    }
    if (command === 'doors' && args.length === 0) {
      const { doorsOf } = await import('./doors.js');
      return JSON.stringify(await doorsOf(readConfig({ ...process.env, DATABASE_URL: url })), null, 2);
    }
    if (command === 'person' && args.length >= 3) {
      const [name, given, ...boards] = args as [string, string, ...string[]];
      const asked = await roleOn(boards, given);
      const { id, token } = await new People(database).create(boards, name, asked);
      return `${token}\n\nThis is the only time the desk token of ${name} (${id}) is shown. It opens the desk of: ${boards.join(', ')}.`;
    }
    if (command === 'person-gone' && args.length === 1) {
      if (!(await new People(database).revoke(args[0]!))) throw new Error(`There is no person "${args[0]}".`);
      return 'The person is ended; their open desks are closed with it.';
    }
    throw new Error(USAGE);
  } finally {
    await keepers.stop();
    await journal.close();
    await database.destroy();
  }
}

main(process.argv.slice(2)).then(
  (message) => process.stdout.write(`${message}\n`),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
