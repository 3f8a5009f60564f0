/**
 * The past of a demo board as a file of lines (NDJSON): a head, what happened in its order, states to be kept beside it, a tail.
 * It is a journal before it has a place anywhere: sequence numbers, epoch and chain come with taking it in. The tail counts the
 * events and carries the SHA-256 of every line before it, newlines included, so that a file that was cut or changed is refused.
 */
import { z } from 'zod';

export const STORY_FORMAT = 1;
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

export const storyHead = z.strictObject({
  commCell: z.literal('story'),
  format: z.literal(STORY_FORMAT),
  board: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
  /** The reducer that folded its states. */
  reducer: z.int().min(1),
  /** Epoch ms. */
  writtenAt: z.int(),
});

/** `at`: recorded at, epoch ms, never before the line above. `body`: the event's JSON text. */
export const storyEvent = z.strictObject({ at: z.int(), source: z.string(), body: z.string() });

/**
 * What the board was after the event above. `snapshot`: under this id it was frozen and is cited by the events below; null: here
 * the story ends. `hash`: SHA-256 of the canonical state. `body`: its JSON text.
 */
export const storyState = z.strictObject({
  snapshot: z
    .string()
    .regex(/^[a-z0-9]{10}$/)
    .nullable(),
  at: z.int(),
  hash: sha256,
  body: z.string(),
});

export const storyTail = z.strictObject({ end: z.literal(true), events: z.int().min(0), sha256 });

export type StoryHead = z.infer<typeof storyHead>;
export type StoryEvent = z.infer<typeof storyEvent>;
export type StoryState = z.infer<typeof storyState>;
export type StoryTail = z.infer<typeof storyTail>;
