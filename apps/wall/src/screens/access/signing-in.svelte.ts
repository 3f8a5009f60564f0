/** Signing in, step by step: e-mail and password, then the code where there is a second factor; or a desk token; or a name in a demo. */
import type { DemoPeople, Session } from '@comm-cell/contract/desk';
import type { Errand, Ways } from '@comm-cell/contract/access';
import { ask, type Problem, sessions } from '../client.js';

const TOKEN = 'ccdesk_';

export class SigningIn {
  email = $state('');
  password = $state('');
  code = $state('');
  /** The password was right; the code is still needed. */
  needsCode = $state(false);
  busy = $state(false);
  problem = $state.raw<Problem | undefined | null>(null);
  ways = $state.raw<Ways>();
  people = $state.raw<DemoPeople>([]);

  constructor(private readonly done: (session: Session) => void) {
    void this.#load();
  }

  async #load(): Promise<void> {
    const ways = await ask<Ways>('GET', '/v1/account/ways');
    if (!ways.ok) return;
    if (ways.body.demo) {
      const people = await sessions.people();
      if (people.ok) this.people = people.body;
    }
    this.ways = ways.body;
  }

  submit(): Promise<void> {
    const { email, password, code } = this;
    if (email.trim() === '' && password.startsWith(TOKEN)) return this.enter({ token: password.trim() });
    return this.enter({ email, password, ...(this.needsCode ? { code } : {}) });
  }

  async enter(body: Parameters<typeof sessions.signIn>[0]): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.problem = null;
    const answer = await sessions.signIn(body);
    this.busy = false;
    if (answer.ok) return this.done(answer.body);
    if (answer.problem?.code === 'second-factor' && !this.needsCode) this.needsCode = true;
    else this.problem = answer.problem;
    this.code = '';
  }

  /** Leaves for the organisation's own sign-in. */
  async leave(body: { to: string; again?: boolean; invitation?: string; link?: true }): Promise<void> {
    this.busy = true;
    const answer = await ask<Errand>('POST', '/v1/sign-in', body);
    if (answer.ok) return location.assign(answer.body.address);
    this.busy = false;
    this.problem = answer.problem;
  }
}

/** Where to go after signing in: an address of this server, else its front page. */
export function ownAddress(to: string | null): string {
  const address = URL.parse(to ?? '/', location.origin);
  return address?.origin === location.origin ? address.pathname + address.search + address.hash : '/';
}
