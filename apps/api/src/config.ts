import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** The build leaves its id beside the code; sources that run without a build have none. */
function builtAs(): string {
  try {
    return readFileSync(new URL('./build-id', import.meta.url), 'utf8').trim();
  } catch {
    return 'unbuilt';
  }
}

/** "key, key": each 32 bytes in base64. The first seals, the others only open what was sealed with them. */
export const secretKeys = z
  .string()
  .transform((list) =>
    list
      .split(',')
      .map((one) => one.trim())
      .filter(Boolean),
  )
  .refine((list) => list.every((one) => /^[A-Za-z0-9+/]{43}=$/.test(one)), 'each key is 32 bytes in base64: make one with "openssl rand -base64 32"')
  .transform((list) => list.map((one) => Buffer.from(one, 'base64')));

/** Environment of the api process. Every fault is named at once; nothing starts on a doubtful setting. */
const environment = z
  .object({
    DATABASE_URL: z
      .string({ error: 'set it to the address of a Postgres database, e.g. postgres://user:password@host:5432/name ("npm start" brings one along)' })
      .regex(/^postgres(ql)?:\/\//, 'must begin with postgres:// or postgresql://'),
    PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
    HOST: z.string().min(1).default('127.0.0.1'),
    DATA_DIR: z.string().min(1).default('.data'),
    /** Seals the secrets of second factors. Without it a file in DATA_DIR does; processes on several machines need the same. */
    SECRET_KEY: secretKeys.refine((keys) => keys.length > 0, 'name at least one key, or leave it out').optional(),
    /** Demo boards, demo keys and, on loopback only, pages without a display token. */
    DEMO: z.enum(['on', 'off']).default('off'),
    /** Which build this is: a wall of another build reloads itself at a quiet moment. */
    COMM_CELL_BUILD: z.string().min(1).default(builtAs),
    /** Tokens that let a display watch; at least 20 characters each, separated by commas. */
    DISPLAY_TOKENS: z
      .string()
      .default('')
      .transform((list) =>
        list
          .split(',')
          .map((token) => token.trim())
          .filter(Boolean),
      )
      .refine((tokens) => tokens.every((token) => token.length >= 20), 'each display token needs at least 20 characters'),
    /** Addresses of pages that may open a socket besides this server's own, separated by commas. */
    ALLOWED_ORIGINS: z
      .string()
      .default('')
      .transform((list) =>
        list
          .split(',')
          .map((origin) => origin.trim())
          .filter(Boolean),
      ),
    /** Where people and simulators reach this server, when that is not HOST and PORT (behind a proxy). */
    PUBLIC_ADDRESS: z.url().optional(),
    /** Requests a minute for one feed key (0 = no limit). */
    KEY_RATE: z.coerce.number().int().min(0).default(1200),
    /** The proxy in front tells the real address of the caller. */
    TRUST_PROXY: z.enum(['on', 'off']).default('off'),
    /** Once a day readings older than two winters are retired; their hours and every event stay. */
    RETENTION: z.enum(['on', 'off']).default('off'),
    /** The organisation's own sign-in (OpenID Connect); without an issuer there is none. */
    OIDC_ISSUER: z.url().optional(),
    OIDC_CLIENT_ID: z.string().min(1).optional(),
    OIDC_CLIENT_SECRET: z.string().min(1).optional(),
    /** File with the private key (PKCS 8, PEM) that proves this client in place of a secret: private_key_jwt. */
    OIDC_CLIENT_KEY: z.string().min(1).optional(),
    /** How the issuer names that key, and what it signs with. */
    OIDC_CLIENT_KEY_ID: z.string().min(1).optional(),
    OIDC_CLIENT_KEY_ALG: z.enum(['RS256', 'RS512', 'PS256', 'ES256', 'ES384']).default('RS512'),
    /** Claims the answer must hold, e.g. `tid=1234; groups=a b` (one of a or b): whoever lacks one is not let in. */
    OIDC_REQUIRE: z
      .string()
      .default('')
      .transform((text) =>
        text
          .split(';')
          .map((one) => one.trim())
          .filter(Boolean)
          .map(
            (one) =>
              [
                one.split('=')[0]!.trim(),
                one
                  .slice(one.indexOf('=') + 1)
                  .split(/\s+/)
                  .filter(Boolean),
              ] as const,
          ),
      )
      .refine((list) => list.every(([claim, values]) => claim !== '' && values.length > 0), 'write claims as name=value; several values apart by spaces'),
    /** What the button says: "Sign in with …". */
    OIDC_NAME: z.string().min(1).max(60).default('your organisation'),
    OIDC_SCOPES: z.string().min(1).default('openid'),
    /** Assurance levels of which one is asked for and must be met (claim acr), separated by spaces. */
    OIDC_ACR: z.string().min(1).optional(),
  })
  .superRefine((settings, context) => {
    if (settings.OIDC_ISSUER === undefined) return;
    for (const name of ['OIDC_CLIENT_ID', 'PUBLIC_ADDRESS'] as const)
      if (settings[name] === undefined) context.addIssue({ code: 'custom', path: [name], message: 'must be set when OIDC_ISSUER is' });
    if ((settings.OIDC_CLIENT_SECRET === undefined) === (settings.OIDC_CLIENT_KEY === undefined))
      context.addIssue({ code: 'custom', path: ['OIDC_CLIENT_SECRET'], message: 'set this or OIDC_CLIENT_KEY when OIDC_ISSUER is, and not both' });
    const { protocol, hostname } = new URL(settings.OIDC_ISSUER);
    if (protocol !== 'https:' && !isLoopback(hostname)) context.addIssue({ code: 'custom', path: ['OIDC_ISSUER'], message: 'must begin with https://' });
  });

/** Injection token of the settings. */
export const CONFIG = Symbol('config');
export type Config = z.infer<typeof environment>;

export function readConfig(env: NodeJS.ProcessEnv): Config {
  const parsed = environment.safeParse(env);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`The settings are not right: ${faults.join('; ')}.`);
}

/** Loopback is the only place where a demo shows its pages to anybody. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
