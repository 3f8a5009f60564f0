import ipaddr from 'ipaddr.js';
import { z } from 'zod';

const MINUTE_MS = 60_000;

/** "10.1.0.0/16, 127.0.0.1/32" */
const networks = z
  .string()
  .default('')
  .transform((list) =>
    list
      .split(',')
      .map((one) => one.trim())
      .filter(Boolean),
  )
  .refine((list) => list.every((one) => ipaddr.isValidCIDR(one)), 'each must be a network such as 10.1.0.0/16')
  .transform((list) => list.map((one) => ipaddr.parseCIDR(one)));

const milliseconds = (usual: number): z.ZodDefault<z.ZodCoercedNumber> => z.coerce.number().int().min(10).default(usual);

/** Settings of the environment that are about telling people. A channel whose settings are missing says so when it is used. */
export const notifyEnvironment = {
  /** Mail server, e.g. smtp://user:password@mail.example.nhs.uk:587 */
  SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  MAIL_FROM: z.string().min(3).default('Comm Cell <comm-cell@localhost>'),
  /** Key of GOV.UK Notify, and the template with the one field ((message)). */
  NOTIFY_API_KEY: z.string().min(74, 'copy the whole key: its name and two UUIDs').optional(),
  NOTIFY_TEMPLATE: z.uuid().optional(),
  NOTIFY_ADDRESS: z.url({ protocol: /^https?$/ }).default('https://api.notifications.service.gov.uk'),
  /** Web push: a pair of keys (npx web-push generate-vapid-keys), and whom the push service may ask. */
  VAPID_PUBLIC_KEY: z.string().min(80).optional(),
  VAPID_PRIVATE_KEY: z.string().min(40).optional(),
  VAPID_SUBJECT: z
    .string()
    .regex(/^(mailto:|https:\/\/)/, 'must begin with mailto: or https://')
    .optional(),
  /** Networks that are not public and may be called all the same; plain http is taken only there. */
  OUTBOUND_ALLOW: networks,
  /** Called about every minute by an alert that has gone the whole way; whoever listens raises the alarm when it stays away. */
  DEADMAN_URL: z.url({ protocol: /^https?$/ }).optional(),
  DEADMAN_EVERY_MS: milliseconds(MINUTE_MS),
  /** A message nobody has got for so long is shown as undelivered: within a minute, counting the watchman's round. */
  NOTIFY_STUCK_MS: milliseconds(45_000),
  NOTIFY_ROUND_MS: milliseconds(5_000),
  NOTIFY_ATTEMPT_MS: milliseconds(10_000),
  /** A row stays with the process that took it for so long beyond the attempt: enough for a slow database to hear how it went. */
  NOTIFY_LEASE_MORE_MS: milliseconds(15_000),
  NOTIFY_PAUSE_MS: milliseconds(1_000),
  NOTIFY_LONGEST_PAUSE_MS: milliseconds(15 * MINUTE_MS),
  NOTIFY_GIVE_UP_MS: milliseconds(24 * 60 * MINUTE_MS),
  /** How long a reply link is good for. */
  REPLY_LINK_MS: milliseconds(12 * 60 * MINUTE_MS),
};

const settings = z.object(notifyEnvironment);
export type NotifySettings = z.infer<typeof settings>;

/** Injection token of the settings. */
export const NOTIFY_SETTINGS = Symbol('notify settings');

export function readNotifySettings(env: Readonly<Record<string, unknown>>): NotifySettings {
  const parsed = settings.safeParse(env);
  if (parsed.success) return parsed.data;
  // The values themselves are secrets: only their names are told.
  throw new Error(`The settings are not right: ${parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')}.`);
}
