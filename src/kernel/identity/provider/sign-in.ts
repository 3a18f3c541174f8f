import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type Configuration,
  calculatePKCECodeChallenge,
  fetchUserInfo,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client';
import { z } from 'zod';
import { Problem, problems } from '../../errors/problem.ts';
import { enqueue } from '../../jobs/queue.ts';
import type { Services } from '../../services.ts';
import type { Context } from '../../tenancy/context.ts';
import { activateUser } from '../invitation/queries.ts';
import { mail_attempts_max } from '../mail.ts';
import { noticePerson } from '../notice.ts';
import { isEmailConfirmed } from '../password/queries.ts';
import { asPerson, asSystem, publicOrigin } from '../person.ts';
import { beginSession, noteFailure, openSession } from '../sign-in/service.ts';
import { countAddress } from '../throttle.ts';
import { findTokenOf, linkSpent, spendToken } from '../token/service.ts';
import type { createProviderClients } from './client.ts';
import { type Flow, isExpired, keepFlow, takeFlow } from './flow.ts';
import {
  findIssuer,
  findLinkedUser,
  findProviderTenant,
  findUserByEmail,
  linkUser,
  type Provider,
  readProvider,
  refusesOperator,
} from './queries.ts';

export const identity_link_kind = 'identity_link';
const links_per_user_max = 3;
const links_window_seconds = 60 * 60;
const provider_retry_seconds = 60;
/** What such a link is for. The same subject at another issuer may be somebody else. */
export const identityLinkPayload = z.object({
  provider_id: z.uuid(),
  /** Absent in links that an earlier release made: the empty text is no provider's issuer, so they connect nothing. */
  issuer: z.string().default(''),
  subject: z.string(),
});
export type IdentityLink = z.output<typeof identityLinkPayload>;

const operators_sign_in =
  'Operators of the installation sign in with a passkey, or with password and second factor: those who administer this workspace decide whom its providers let in.';

export const callback_path = '/api/v1/sign-in/oidc/callback';

/** Why it did not work, for the page: `/sign-in?problem=…`. */
export type ProviderProblem =
  | 'provider_unknown'
  | 'provider_unreachable'
  | 'provider_refused'
  | 'sign_in_expired'
  | 'email_not_verified'
  | 'domain_not_allowed'
  | 'no_account'
  | 'not_connected'
  | 'confirmation_sent'
  | 'connected_elsewhere'
  | 'operator_sign_in';

export class ProviderSignInFailed extends Error {
  readonly problem: ProviderProblem;

  constructor(problem: ProviderProblem, options?: ErrorOptions) {
    super(problem, options);
    this.problem = problem;
  }
}

/** The same for programs, which are answered a problem document rather than sent to the sign-in page. */
export function beginProblem({ problem, cause }: ProviderSignInFailed): Problem {
  if (problem === 'provider_unknown') return problems.notFound('provider');
  return new Problem(
    503,
    problem,
    'The sign-in provider cannot be reached',
    'It does not answer at its issuer address, or not as a provider of OpenID Connect. Try again later, or ask an administrator to check its address under sign-in providers.',
    { headers: { 'retry-after': String(provider_retry_seconds) }, cause },
  );
}

type Clients = ReturnType<typeof createProviderClients>;

/** Where to send the browser. State, nonce and PKCE tie the way back to this browser and this attempt. */
export async function beginProviderSignIn(
  services: Services,
  clients: Clients,
  request: FastifyRequest,
  reply: FastifyReply,
  { provider_id, next, connects }: { provider_id: string; next: string; connects?: string },
): Promise<URL> {
  await countAddress(services.cache, request.ip);
  const { tenant_id, client, now } = await clientOf(services, clients, request, provider_id);
  const { authorization_endpoint } = client.serverMetadata();
  if (!authorization_endpoint || !URL.canParse(authorization_endpoint))
    throw new ProviderSignInFailed('provider_unreachable', {
      cause: new Error('The discovery document of the provider names no authorization_endpoint'),
    });
  const flow: Flow = {
    tenant_id,
    provider_id,
    next,
    state: randomState(),
    nonce: randomNonce(),
    verifier: randomPKCECodeVerifier(),
    started_at: now,
    ...(connects && { connects }),
  };
  keepFlow(reply, services.keyRing, flow);
  return buildAuthorizationUrl(client, {
    redirect_uri: new URL(callback_path, publicOrigin(services)).href,
    scope: 'openid email profile',
    state: flow.state,
    nonce: flow.nonce,
    code_challenge: await calculatePKCECodeChallenge(flow.verifier),
    code_challenge_method: 'S256',
  });
}

/** What is left to do when the provider sends a browser back: a session to begin, or only a page to go to. */
interface Finished {
  token?: string;
  to: string;
}

/** Signs in whom the provider vouches for, or connects the account there to whoever began that signed in. */
export async function finishProviderSignIn(
  services: Services,
  clients: Clients,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Finished> {
  const flow = takeFlow(request, reply, services.keyRing);
  if (!flow) throw new ProviderSignInFailed('sign_in_expired');
  const { tenant_id, client, provider, now } = await clientOf(services, clients, request, flow.provider_id);
  if (isExpired(flow, now)) throw new ProviderSignInFailed('sign_in_expired');
  const account = await vouchedFor(services, client, request, flow)
    .then(async (person) => {
      if (flow.connects) return await connect(services, request, flow, provider, person);
      const found = await asSystem(services.db, request, tenant_id, (ctx) => findUser(ctx, services, provider, person));
      if ('problem' in found) throw new ProviderSignInFailed(found.problem);
      return found;
    })
    .catch(async (error: unknown) => {
      await asSystem(services.db, request, tenant_id, (ctx) => noteFailure(ctx, null, 'provider'));
      throw error;
    });
  if (!account) return { to: flow.next };
  const { user_id } = account;
  const { token, answer } = await asPerson(services.db, request, { tenant_id, user_id }, async (ctx) => {
    const begun = provider.enforces_second_factor
      ? await openSession(ctx, services, request, 'provider', true)
      : await beginSession(ctx, services, request, 'provider');
    await refuseOperatorIn(ctx, provider.id, user_id);
    return begun;
  });
  if (answer.outcome === 'signed_in') return { to: flow.next, ...(token && { token }) };
  // Behind '#', which browsers send to no server.
  return { to: `/sign-in?next=${encodeURIComponent(flow.next)}#challenge=${answer.challenge}` };
}

/** Connects the account at the provider to the signed-in user who asked for it. */
async function connect(
  { db, authenticator }: Services,
  request: FastifyRequest,
  flow: Flow,
  provider: Provider,
  { sub }: Claims,
): Promise<undefined> {
  const actor = await authenticator.authenticateNow(request);
  if (actor?.kind !== 'user' || actor.tenant_id !== flow.tenant_id || actor.user_id !== flow.connects)
    throw new ProviderSignInFailed('sign_in_expired');
  const { tenant_id, user_id } = actor;
  await asPerson(db, request, { tenant_id, user_id }, async (ctx) => {
    if (!(await connectIdentity(ctx, provider.id, sub, user_id))) throw new ProviderSignInFailed('connected_elsewhere');
    await refuseOperatorIn(ctx, provider.id, user_id);
  });
}

/**
 * The administrators of a workspace choose its providers, so these decide nothing about an operator of the
 * installation. Asked after what signs in or connects has locked the account: somebody may be made an operator
 * meanwhile.
 */
async function refuseOperatorIn(ctx: Context, provider_id: string, user_id: string): Promise<void> {
  if (await refusesOperator(ctx, provider_id, user_id)) throw new ProviderSignInFailed('operator_sign_in');
}

/** From now on this account at the provider signs the user in; false when it is somebody else's. */
async function connectIdentity(ctx: Context, provider_id: string, subject: string, user_id: string): Promise<boolean> {
  if (await linkUser(ctx, provider_id, subject, user_id)) {
    await noticePerson(ctx, user_id, 'identity_connected');
    return true;
  }
  return (await findLinkedUser(ctx, provider_id, subject))?.user_id === user_id;
}

/** Connects by the link that was mailed to the user's confirmed address. Throws 410 for one that no longer works. */
export async function completeIdentityLink({ db }: Services, request: FastifyRequest, token: string): Promise<void> {
  const found = await findTokenOf(db, 'identity_link', token);
  if (!found?.user_id) throw linkSpent();
  const { id, tenant_id, user_id } = found;
  await asPerson(db, request, { tenant_id, user_id }, async (ctx) => {
    const { provider_id, issuer, subject } = identityLinkPayload.parse((await spendToken(ctx, id)).payload);
    if ((await findIssuer(ctx, provider_id)) !== issuer) throw linkSpent();
    if (!(await connectIdentity(ctx, provider_id, subject, user_id)))
      throw problems.conflict('This account at the provider signs in somebody else.', 'connected_elsewhere');
    if (await refusesOperator(ctx, provider_id, user_id))
      throw new Problem(403, 'operator_sign_in', 'You may not do this', operators_sign_in);
  });
}

async function clientOf(services: Services, clients: Clients, request: FastifyRequest, provider_id: string) {
  const found = await findProviderTenant(services.db, provider_id);
  const provider =
    found && (await asSystem(services.db, request, found.tenant_id, (ctx) => readProvider(ctx, provider_id)));
  if (!found || !provider) throw new ProviderSignInFailed('provider_unknown');
  const client = await clients(provider).catch((cause: unknown) => {
    throw new ProviderSignInFailed('provider_unreachable', { cause });
  });
  return { ...found, provider, client };
}

const claimsShape = z.object({
  sub: z.string().min(1).max(255),
  email: z.email().max(254).optional(),
  email_verified: z.union([z.boolean(), z.stringbool()]).optional(),
});
type Claims = z.infer<typeof claimsShape>;

async function vouchedFor(
  services: Services,
  client: Configuration,
  request: FastifyRequest,
  flow: Flow,
): Promise<Claims> {
  try {
    const tokens = await authorizationCodeGrant(client, new URL(request.url, publicOrigin(services)), {
      expectedState: flow.state,
      expectedNonce: flow.nonce,
      pkceCodeVerifier: flow.verifier,
      idTokenExpected: true,
    });
    const claims = claimsShape.parse(tokens.claims());
    // Some providers tell the address only here.
    if (claims.email !== undefined || !client.serverMetadata().userinfo_endpoint) return claims;
    return claimsShape.parse(await fetchUserInfo(client, tokens.access_token, claims.sub));
  } catch (cause) {
    throw new ProviderSignInFailed('provider_refused', { cause });
  }
}

/**
 * The user whom this account signs in. The first time, an invited user who has the address that the provider has
 * verified accepts by it; an account that has an owner is connected by its owner alone: signed in, or by a link to its
 * confirmed address.
 */
async function findUser(
  ctx: Context,
  services: Services,
  provider: Provider,
  { sub, email, email_verified }: Claims,
): Promise<{ user_id: string } | { problem: ProviderProblem }> {
  if (!email || !email_verified) return { problem: 'email_not_verified' };
  const domain = email.split('@')[1]!.toLowerCase();
  if (provider.allowed_domains.length > 0 && !provider.allowed_domains.includes(domain))
    return { problem: 'domain_not_allowed' };
  const linked = await findLinkedUser(ctx, provider.id, sub);
  const account = linked ?? (await findUserByEmail(ctx, email));
  if (!account || account.status === 'disabled' || account.expired) return { problem: 'no_account' };
  const { user_id } = account;
  if (await refusesOperator(ctx, provider.id, user_id)) return { problem: 'operator_sign_in' };
  if (!linked && account.status === 'active')
    return askOwner(ctx, services, user_id, { provider_id: provider.id, issuer: provider.issuer, subject: sub });
  if (!linked && !(await linkUser(ctx, provider.id, sub, user_id))) return { problem: 'connected_elsewhere' };
  if (account.status === 'invited') await activateUser(ctx, user_id);
  return { user_id };
}

/** Leaves a mail to the owner, where it reaches nobody else; else the owner has to sign in and connect. */
async function askOwner(
  ctx: Context,
  { cache, mailer }: Services,
  user_id: string,
  link: IdentityLink,
): Promise<{ problem: ProviderProblem }> {
  if (!mailer.configured || !(await isEmailConfirmed(ctx, user_id))) return { problem: 'not_connected' };
  const { allowed } = await cache.count(`identity-link:${user_id}`, links_window_seconds, links_per_user_max);
  if (allowed) await enqueue(ctx, identity_link_kind, { user_id, ...link }, { attemptsMax: mail_attempts_max });
  return { problem: 'confirmation_sent' };
}
