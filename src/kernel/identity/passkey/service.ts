import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import type { FastifyRequest } from 'fastify';
import { invalidField, problems } from '../../errors/problem.ts';
import type { Services } from '../../services.ts';
import { type Context, system_tenant_id } from '../../tenancy/context.ts';
import { passkey_challenge_minutes } from '../limits.ts';
import { noticePerson } from '../notice.ts';
import { asPerson, asSystem, publicOrigin, sessionUser, signInFailed } from '../person.ts';
import { describeDevice } from '../session/device.ts';
import { viewSession } from '../session/service.ts';
import { type Begun, noteFailure, openSession } from '../sign-in/service.ts';
import { countAddress } from '../throttle.ts';
import { keepChallenge, spendChallenge } from '../token/service.ts';
import type { Passkey } from './contract.ts';
import {
  countPasskeys,
  deletePasskey,
  findPasskey,
  insertPasskey,
  isKnownCredential,
  listCredentialIds,
  lockPasskey,
  notePasskeyUse,
} from './queries.ts';

/** Loaded with the first passkey: the library takes an eighth of the time and memory of a start. */
const library = () => import('@simplewebauthn/server');
const helpers = () => import('@simplewebauthn/server/helpers');

const passkeys_per_user_max = 20;
/** Ed25519, ECDSA and RSA: every authenticator knows one of them. */
const supportedAlgorithmIDs = [-8, -7, -257];
const timeout = passkey_challenge_minutes * 60_000;

/** A challenge for any passkey: the browser asks its user which. */
export async function beginSignIn(services: Services, request: FastifyRequest) {
  const { generateAuthenticationOptions } = await library();
  const options = await generateAuthenticationOptions({
    rpID: publicOrigin(services).hostname,
    userVerification: 'required',
    timeout,
  });
  // The user is not known yet, so the challenge belongs to no workspace.
  await asSystem(services.db, request, system_tenant_id, (ctx) => keepChallenge(ctx, options.challenge));
  return { options };
}

/** The device and its owner's fingerprint, face or PIN are two factors, so no second one is asked for. */
export const signInWithPasskey = (
  services: Services,
  request: FastifyRequest,
  response: AuthenticationResponseJSON,
): Promise<Begun> =>
  provePasskey(services, request, response, (ctx) => openSession(ctx, services, request, 'passkey', true));

/** Does `work` as the account of a passkey. */
export async function provePasskey<Result extends object | string>(
  services: Services,
  request: FastifyRequest,
  response: AuthenticationResponseJSON,
  work: (ctx: Context) => Promise<Result>,
): Promise<Result> {
  const { db } = services;
  await countAddress(services.cache, request.ip);
  // Used up before anything is checked, however the sign-in ends.
  const challenge = await challengeOf(response);
  const known = await asSystem(db, request, system_tenant_id, (ctx) => spendChallenge(ctx, challenge));
  const found = await findPasskey(db, Buffer.from(response.id, 'base64url'));
  const done =
    known &&
    found &&
    (await asPerson(db, request, found, async (ctx) =>
      (await usePasskey(ctx, services, found.id, response)) ? work(ctx) : undefined,
    ));
  if (done) return done;
  await asSystem(db, request, found?.tenant_id ?? system_tenant_id, (ctx) =>
    noteFailure(ctx, found?.user_id ?? null, 'passkey'),
  );
  throw signInFailed();
}

/** Whether the response matches the passkey. */
async function usePasskey(
  ctx: Context,
  services: Services,
  id: string,
  response: AuthenticationResponseJSON,
): Promise<boolean> {
  const stored = await lockPasskey(ctx, id);
  if (!stored) return false;
  const { public_key, sign_count } = stored;
  const { verifyAuthenticationResponse } = await library();
  const checked = await verifyAuthenticationResponse({
    response,
    expectedChallenge: await challengeOf(response),
    ...expectations(services),
    credential: { id: response.id, publicKey: new Uint8Array(public_key), counter: Number(sign_count) },
  }).catch(() => undefined);
  const { userHandle } = response.response;
  const isOfUser = !userHandle || userHandle === userHandleOf(ctx.actor.user_id!).toString('base64url');
  if (!checked?.verified || !isOfUser) return false;
  const { newCounter, credentialBackedUp } = checked.authenticationInfo;
  await notePasskeyUse(ctx, id, newCounter, credentialBackedUp);
  return true;
}

/** The challenge that the browser claims to have signed; the library verifies the signature. */
async function challengeOf({ response }: AuthenticationResponseJSON): Promise<string> {
  const { decodeClientDataJSON } = await helpers();
  let challenge: unknown;
  try {
    ({ challenge } = decodeClientDataJSON(response.clientDataJSON));
  } catch {
    throw signInFailed();
  }
  if (typeof challenge !== 'string') throw signInFailed();
  return challenge;
}

export async function beginRegistration(ctx: Context, services: Services) {
  const { user_id } = sessionUser(ctx.actor);
  const excludeCredentials = await listCredentialIds(ctx, user_id);
  refuseTooMany(excludeCredentials.length);
  const { user, tenant } = await viewSession(ctx, services);
  const { generateRegistrationOptions } = await library();
  const options = await generateRegistrationOptions({
    rpName: `Holdfast: ${tenant.title}`,
    rpID: publicOrigin(services).hostname,
    userID: new Uint8Array(userHandleOf(user_id)),
    userName: user?.email ?? user?.name ?? '',
    userDisplayName: user?.name ?? '',
    excludeCredentials,
    supportedAlgorithmIDs,
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    timeout,
  });
  await keepChallenge(ctx, options.challenge);
  return { options };
}

export async function registerPasskey(
  ctx: Context,
  services: Services,
  request: FastifyRequest,
  { name, response }: { name?: string | undefined; response: RegistrationResponseJSON },
): Promise<Passkey> {
  const { user_id } = sessionUser(ctx.actor);
  const { verifyRegistrationResponse } = await library();
  const { verified, registrationInfo } = await verifyRegistrationResponse({
    response,
    ...expectations(services),
    supportedAlgorithmIDs,
    expectedChallenge: (challenge) => spendChallenge(ctx, challenge),
  }).catch((): never => {
    throw notRegistered();
  });
  if (!verified) throw notRegistered();
  const { credential, credentialBackedUp } = registrationInfo;
  const credential_id = Buffer.from(credential.id, 'base64url');
  // Across workspaces, because a credential of two accounts would be ambiguous.
  if (await isKnownCredential(ctx, credential_id)) throw notRegistered();
  refuseTooMany(await countPasskeys(ctx, user_id));
  await noticePerson(ctx, user_id, 'passkey_added');
  return insertPasskey(ctx, user_id, {
    name: name ?? deviceName(request),
    credential_id,
    public_key: Buffer.from(credential.publicKey),
    sign_count: credential.counter,
    transports: response.response.transports ?? [],
    backed_up: credentialBackedUp,
  });
}

function refuseTooMany(count: number): void {
  if (count >= passkeys_per_user_max)
    throw problems.conflict(`You have ${passkeys_per_user_max} passkeys. Remove one that you no longer use.`);
}

const notRegistered = () =>
  invalidField('response', 'passkey_refused', 'This passkey could not be verified. Start again from the beginning');

export async function removePasskey(ctx: Context, id: string): Promise<void> {
  const { user_id } = sessionUser(ctx.actor);
  if (!(await deletePasskey(ctx, user_id, id))) throw problems.notFound('passkey');
  await noticePerson(ctx, user_id, 'passkey_removed');
}

function expectations(services: Services) {
  const { origin, hostname } = publicOrigin(services);
  return { expectedOrigin: origin, expectedRPID: hostname, requireUserVerification: true };
}

const userHandleOf = (user_id: string) => Buffer.from(user_id.replaceAll('-', ''), 'hex');

function deviceName(request: FastifyRequest): string {
  const { browser, os } = describeDevice(request.headers['user-agent'] ?? null);
  return [browser, os].filter(Boolean).join(', ') || 'Passkey';
}
