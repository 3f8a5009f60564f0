/** Accounts and people: what the sign-in, the own account and the administrator's list of people ask and are answered. */
import { z } from 'zod';
import { COMMANDS, role } from './desk.js';

/** Longer than any address in use; the server takes them in small letters. */
export const email = z.string().trim().toLowerCase().max(254).pipe(z.email('write an e-mail address, e.g. name@organisation.example'));
/** How good it must be is the server's to say; here only that it can be handled. */
const newPassword = z.string().min(1, 'choose a password').max(200, 'at most 200 characters');
const secret = z.string().min(20).max(100);
const code = z.string().trim().min(6, 'six digits, or a recovery code').max(40);
const personName = z
  .string()
  .trim()
  .min(1, 'write the name')
  .max(60)
  .regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u, 'write it on one line, without control characters');

/* Invitations: the secret stands in the fragment of the link, which no server and no log sees. */

export const invitationBody = z.strictObject({ secret }).meta({ id: 'Invitation' });
export type InvitationBody = z.infer<typeof invitationBody>;
export const invitation = z.object({ name: z.string(), email: z.string(), organisation: z.string().nullable() }).meta({ id: 'InvitationSeen' });
export type InvitationView = z.infer<typeof invitation>;
export const acceptBody = z.strictObject({ secret, password: newPassword }).meta({ id: 'AcceptInvitation' });
export type AcceptBody = z.infer<typeof acceptBody>;
/** Who set a password on an account with a second factor still signs in with it. */
export const accepted = z.object({ signIn: z.boolean() }).meta({ id: 'InvitationAccepted' });
export type Accepted = z.infer<typeof accepted>;

/* The organisation's sign-in */

/** `to`: where to go afterwards, an address of this server. `again`: the person proves anew who they are. */
export const errandBody = z
  .strictObject({
    to: z.string().max(500).default('/'),
    again: z.boolean().default(false),
    invitation: secret.exactOptional(),
    link: z.literal(true).exactOptional(),
  })
  .meta({ id: 'OrganisationSignIn' });
export type ErrandBody = z.infer<typeof errandBody>;
export const errand = z.object({ address: z.url() }).meta({ id: 'OrganisationSignInAt' });
export type Errand = z.infer<typeof errand>;

/** How one can sign in here. `organisation`: the name of its own sign-in, when there is one. */
export const ways = z.object({ organisation: z.string().nullable(), demo: z.boolean() }).meta({ id: 'SignInWays' });
export type Ways = z.infer<typeof ways>;

/* The own account */

export const seat = z.object({
  no: z.string(),
  via: z.enum(['password', 'organisation', 'token', 'demo']),
  agent: z.string().nullable(),
  openedAt: z.int(),
  seenAt: z.int(),
  expiresAt: z.int(),
  /** The one that asks. */
  own: z.boolean(),
});
export const accountView = z
  .object({
    name: z.string(),
    /** Null for those who have no account: people of a demo, holders of a desk token. */
    email: z.string().nullable(),
    password: z.boolean(),
    secondFactor: z.boolean(),
    recoveryLeft: z.int(),
    organisation: z.boolean(),
    /** What the role demands and is not there yet. */
    owes: z.literal('second-factor').nullable(),
    sessions: z.array(seat),
  })
  .meta({ id: 'Account' });
export type AccountView = z.infer<typeof accountView>;

export const passwordBody = z.strictObject({ present: z.string().max(200), password: newPassword }).meta({ id: 'ChangePassword' });
export type PasswordBody = z.infer<typeof passwordBody>;
export const codeBody = z.strictObject({ code }).meta({ id: 'SecondFactorCode' });
export type CodeBody = z.infer<typeof codeBody>;
export const secondFactorOffer = z.object({ secret: z.string(), address: z.string() }).meta({ id: 'SecondFactorOffer' });
export type SecondFactorOffer = z.infer<typeof secondFactorOffer>;
export const recoveryCodes = z.object({ recovery: z.array(z.string()) }).meta({ id: 'RecoveryCodes' });
export type RecoveryCodes = z.infer<typeof recoveryCodes>;

/* People of a board */

const part = { role, providers: z.array(z.string().min(1).max(60)).min(1, 'choose at least one organisation').max(200).nullable() };
export const personBody = z.strictObject({ name: personName, email, ...part }).meta({ id: 'AddPerson' });
export type PersonBody = z.infer<typeof personBody>;
export const partBody = z.strictObject(part).meta({ id: 'ChangePerson' });
export type PartBody = z.infer<typeof partBody>;
/** `secondFactor`: the old one is taken off, for somebody who has lost phone and codes. */
export const linkBody = z.strictObject({ secondFactor: z.boolean().default(false) }).meta({ id: 'NewLink' });
export type LinkBody = z.infer<typeof linkBody>;

/** `link`: to be handed to the person, shown this once; null when they can sign in already. */
export const personMade = z.object({ id: z.string(), link: z.string().nullable() }).meta({ id: 'PersonMade' });
export type PersonMade = z.infer<typeof personMade>;

export const personOfBoard = z.object({
  id: z.string(),
  name: z.string(),
  role,
  providers: z.array(z.string()).nullable(),
  /** Null for people of a demo and holders of a desk token. */
  email: z.string().nullable(),
  /** They have set a password or linked their organisation's sign-in. */
  entered: z.boolean(),
  secondFactor: z.boolean(),
  signedIn: z.int().meta({ description: 'Open sessions' }),
});
export const peopleOfBoard = z.object({ people: z.array(personOfBoard), may: z.record(role, z.array(z.enum(COMMANDS))) }).meta({ id: 'PeopleOfBoard' });
export type PeopleOfBoard = z.infer<typeof peopleOfBoard>;
