import type { Problem } from '@comm-cell/contract/feed';

/** What the caller did wrong and how to mend it; becomes RFC 9457 problem+json (see problem.filter). */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly title: string,
    readonly mend: string,
    readonly errors?: NonNullable<Problem['errors']>,
    readonly extra: Readonly<Record<string, unknown>> = {},
    readonly retryAfterS?: number,
  ) {
    super(title);
    this.name = 'Refusal';
  }
}
