/** What a person does in the huddle: sent at once, and what the server said of it. */
import type { Answer, Problem } from '../client.js';
import { Visitor } from '../visitor.svelte.js';

export class AtHuddle extends Visitor {
  /** `null`: nothing to say; `undefined`: no answer. */
  problem = $state.raw<Problem | undefined | null>(null);

  /** The answer's body, or undefined when it was not done. */
  async send<Body>(request: Promise<Answer<Body>>): Promise<Body | undefined> {
    this.busy = true;
    const answer = await request;
    this.busy = false;
    this.problem = answer.ok ? null : answer.problem;
    return answer.ok ? answer.body : undefined;
  }
}
