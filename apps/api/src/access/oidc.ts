/**
 * Signing in with the organisation's own account: OpenID Connect, code flow with PKCE, state and nonce. Any issuer that describes
 * itself will do; Entra ID and NHS CIS2 are settings (docs/operating.md). The answer opens an account that was linked to this very
 * subject before; it never makes one and never gives a right, whatever the claims say.
 */
import { createPrivateKey, randomBytes, webcrypto } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import * as client from 'openid-client';
import { DataSource } from 'typeorm';
import { CONFIG, type Config } from '../config.js';
import { digestOf } from './people.js';
import { Refusal } from './refusal.js';

/** How long somebody may take at their organisation's sign-in. */
const ERRAND_MS = 10 * 60_000;
export const BACK = '/v1/sign-in/back';
/** How Web Crypto calls what the settings call by their JOSE names. */
const SIGNING = {
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  RS512: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-512' },
  PS256: { name: 'RSA-PSS', hash: 'SHA-256' },
  ES256: { name: 'ECDSA', namedCurve: 'P-256' },
  ES384: { name: 'ECDSA', namedCurve: 'P-384' },
} as const;

/** Why somebody was sent to the organisation. `personId`: an account is to be linked; else one that is linked is to be opened. */
export interface Errand {
  destination: string;
  /** They were asked to prove anew who they are. */
  again: boolean;
  personId: string | null;
  invitationHash: Buffer | null;
}
export interface Returned extends Errand {
  issuer: string;
  subject: string;
  provedAt: Date | null;
}

interface ErrandRow {
  state: string;
  nonce: string;
  verifier: string;
  destination: string;
  again: boolean;
  person_id: string | null;
  invitation_hash: Buffer | null;
}

@Injectable()
export class Oidc {
  readonly #log = new Logger('Sign-in');
  #known: Promise<client.Configuration> | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: DataSource,
  ) {}

  /** What the organisation is called on the button; null when there is no such sign-in here. */
  get name(): string | null {
    return this.config.OIDC_ISSUER === undefined ? null : this.config.OIDC_NAME;
  }

  /** Answers where to go, and the secret of a cookie that ties the answer to this browser. */
  async begin(errand: Errand): Promise<{ address: string; secret: string; maxAgeS: number }> {
    const configuration = await this.#configuration();
    const secret = randomBytes(32).toString('base64url');
    const [state, nonce, verifier] = [client.randomState(), client.randomNonce(), client.randomPKCECodeVerifier()];
    await this.database.query('delete from oidc_errands where expires_at < now()');
    await this.database.query(
      `insert into oidc_errands (errand_hash, state, nonce, verifier, destination, again, person_id, invitation_hash, expires_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [digestOf(secret), state, nonce, verifier, errand.destination, errand.again, errand.personId, errand.invitationHash, new Date(Date.now() + ERRAND_MS)],
    );
    const address = client.buildAuthorizationUrl(configuration, {
      redirect_uri: this.#back,
      scope: this.config.OIDC_SCOPES,
      state,
      nonce,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      ...(errand.again ? { prompt: 'login' } : {}),
      ...(this.config.OIDC_ACR === undefined ? {} : { acr_values: this.config.OIDC_ACR }),
    });
    return { address: address.href, secret, maxAgeS: ERRAND_MS / 1_000 };
  }

  /** Takes the answer, once. Refuses whatever does not belong to an errand of this browser. */
  async complete(secret: string | undefined, query: string): Promise<Returned> {
    const configuration = await this.#configuration();
    const errand = secret === undefined ? undefined : await this.#take(secret);
    if (!errand) throw new Refusal(401, 'unknown-errand', 'This sign-in was not begun in this browser, or took too long.', 'Begin again on the page /sign-in.');
    const tokens = await client
      .authorizationCodeGrant(configuration, new URL(`${this.#back}?${query}`), {
        expectedState: errand.state,
        expectedNonce: errand.nonce,
        pkceCodeVerifier: errand.verifier,
        idTokenExpected: true,
      })
      .catch((error: unknown) => {
        // What exactly was wrong is for those who run the server: the answer may carry parts of the organisation's secrets.
        this.#log.warn(
          `The organisation's sign-in was not accepted: ${error instanceof Error ? `${error.name} ${(error as { code?: string }).code ?? ''}` : 'unknown'}`,
        );
        throw new Refusal(
          401,
          'not-accepted',
          'Your organisation did not let you in.',
          'Try again; if it stays, ask those who run this server to look at its log.',
        );
      });
    const claims = tokens.claims()!;
    const asked = this.config.OIDC_ACR?.split(' ');
    if (asked && !asked.includes(String(claims['acr'])))
      throw new Refusal(
        403,
        'not-sure-enough',
        'Your organisation did not check you strictly enough.',
        'Sign in with the stronger way, e.g. smartcard or authenticator.',
      );
    const lacking = this.config.OIDC_REQUIRE.find(([claim, values]) => ![claims[claim] ?? []].flat().some((one) => values.includes(String(one))));
    if (lacking) {
      this.#log.warn(`The organisation's answer has not the claim ${lacking[0]} that OIDC_REQUIRE asks for.`);
      throw new Refusal(
        403,
        'not-of-here',
        'Your organisation does not say that you belong here.',
        'Ask those who run its accounts for the group of this board.',
      );
    }
    const authTime = typeof claims.auth_time === 'number' ? new Date(claims.auth_time * 1_000) : null;
    const { destination, again, person_id: personId, invitation_hash: invitationHash } = errand;
    return { destination, again, personId, invitationHash, issuer: claims.iss, subject: claims.sub, provedAt: authTime ?? (again ? new Date() : null) };
  }

  /** Deleted as it is read: an errand is run once. */
  async #take(secret: string): Promise<ErrandRow | undefined> {
    const [rows] = await this.database.query<[ErrandRow[], number]>(
      'delete from oidc_errands where errand_hash = $1 and expires_at > now() returning state, nonce, verifier, destination, again, person_id, invitation_hash',
      [digestOf(secret)],
    );
    return rows[0];
  }

  get #back(): string {
    return `${this.config.PUBLIC_ADDRESS!.replace(/\/$/, '')}${BACK}`;
  }

  /** How this server proves who it is: by the secret it shares with the organisation, or by a key that never leaves it (RFC 7523). */
  async #proof(): Promise<{ secret?: string; auth?: client.ClientAuth }> {
    const { OIDC_CLIENT_SECRET: secret, OIDC_CLIENT_KEY: file, OIDC_CLIENT_KEY_ID: kid, OIDC_CLIENT_KEY_ALG: alg } = this.config;
    if (file === undefined) return secret === undefined ? {} : { secret };
    const der = createPrivateKey(await readFile(file)).export({ type: 'pkcs8', format: 'der' });
    const key = await webcrypto.subtle.importKey('pkcs8', der, SIGNING[alg], false, ['sign']);
    return { auth: client.PrivateKeyJwt({ key, ...(kid === undefined ? {} : { kid }) }) };
  }

  /** What the issuer says of itself is kept; asked again after a failure. */
  async #configuration(): Promise<client.Configuration> {
    const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: id } = this.config;
    if (issuer === undefined || id === undefined)
      throw new Refusal(404, 'no-organisation', 'There is no sign-in of an organisation here.', 'Sign in with e-mail address and password.');
    this.#known ??= this.#proof().then(({ secret, auth }) =>
      client.discovery(new URL(issuer), id, secret, auth, {
        timeout: 10,
        ...(issuer.startsWith('http://') ? { execute: [client.allowInsecureRequests] } : {}),
      }),
    );
    return this.#known.catch((error: unknown) => {
      this.#known = undefined;
      this.#log.warn(`The organisation's sign-in does not answer: ${error instanceof Error ? error.message : 'unknown reason'}`);
      throw new Refusal(
        503,
        'organisation-silent',
        'Your organisation’s sign-in does not answer.',
        'Try again in a moment, or sign in with e-mail address and password.',
        undefined,
        {},
        10,
      );
    });
  }
}
