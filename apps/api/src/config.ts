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

/** Environment of the api process. Every fault is named at once; nothing starts on a doubtful setting. */
const environment = z
  .object({
    DATABASE_URL: z
      .string({ error: 'set it to the address of a Postgres database, e.g. postgres://user:password@host:5432/name ("npm start" brings one along)' })
      .regex(/^postgres(ql)?:\/\//, 'must begin with postgres:// or postgresql://'),
    PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
    HOST: z.string().min(1).default('127.0.0.1'),
    DATA_DIR: z.string().min(1).default('.data'),
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
    /** What the button says: "Sign in with …". */
    OIDC_NAME: z.string().min(1).max(60).default('your organisation'),
    OIDC_SCOPES: z.string().min(1).default('openid'),
    /** Assurance levels of which one is asked for and must be met (claim acr), separated by spaces. */
    OIDC_ACR: z.string().min(1).optional(),
  })
  .superRefine((settings, context) => {
    if (settings.OIDC_ISSUER === undefined) return;
    for (const name of ['OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET', 'PUBLIC_ADDRESS'] as const)
      if (settings[name] === undefined) context.addIssue({ code: 'custom', path: [name], message: 'must be set when OIDC_ISSUER is' });
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
