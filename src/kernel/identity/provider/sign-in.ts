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
import type { Services } from '../../services.ts';
import type { Context } from '../../tenancy/context.ts';
import { activateUser } from '../invitation/queries.ts';
import { asPerson, asSystem, publicOrigin } from '../person.ts';
import { startSession } from '../session/service.ts';
import { noteFailure } from '../sign-in/service.ts';
import { countAddress } from '../throttle.ts';
import type { createProviderClients } from './client.ts';
import { type Flow, keepFlow, takeFlow } from './flow.ts';
import {
  findLinkedUser,
  findProviderTenant,
  findUserByEmail,
  linkUser,
  type Provider,
  readProvider,
} from './queries.ts';

export const callback_path = '/api/v1/sign-in/oidc/callback';

/** Why it did not work, for the page: `/sign-in?problem=…`. */
export type ProviderProblem =
  | 'provider_unknown'
  | 'provider_unreachable'
  | 'provider_refused'
  | 'sign_in_expired'
  | 'email_not_verified'
  | 'domain_not_allowed'
  | 'no_account';

export class ProviderSignInFailed extends Error {
  readonly problem: ProviderProblem;

  constructor(problem: ProviderProblem, options?: ErrorOptions) {
    super(problem, options);
    this.problem = problem;
  }
}

type Clients = ReturnType<typeof createProviderClients>;

/** Where to send the browser. State, nonce and PKCE tie the way back to this browser and this attempt. */
export async function beginProviderSignIn(
  services: Services,
  clients: Clients,
  request: FastifyRequest,
  reply: FastifyReply,
  { provider_id, next }: { provider_id: string; next: string },
): Promise<URL> {
  await countAddress(services.cache, request.ip);
  const { tenant_id, client } = await clientOf(services, clients, request, provider_id);
  const flow: Flow = {
    tenant_id,
    provider_id,
    next,
    state: randomState(),
    nonce: randomNonce(),
    verifier: randomPKCECodeVerifier(),
    started_at: Date.now(),
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

/** Signs in whom the provider vouches for; answers the session's token and where to go. */
export async function finishProviderSignIn(
  services: Services,
  clients: Clients,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<{ token: string; next: string }> {
  const flow = takeFlow(request, reply, services.keyRing);
  if (!flow) throw new ProviderSignInFailed('sign_in_expired');
  const { tenant_id, client, provider } = await clientOf(services, clients, request, flow.provider_id);
  const user_id = await vouchedFor(services, client, request, flow)
    .then((person) => asSystem(services.db, request, tenant_id, (ctx) => findUser(ctx, provider, person)))
    .catch(async (error: unknown) => {
      await asSystem(services.db, request, tenant_id, (ctx) => noteFailure(ctx, null, 'provider'));
      throw error;
    });
  const token = await asPerson(services.db, request, { tenant_id, user_id }, (ctx) =>
    startSession(ctx, request, 'provider'),
  );
  return { token, next: flow.next };
}

async function clientOf(services: Services, clients: Clients, request: FastifyRequest, provider_id: string) {
  const tenant_id = await findProviderTenant(services.db, provider_id);
  const provider =
    tenant_id && (await asSystem(services.db, request, tenant_id, (ctx) => readProvider(ctx, provider_id)));
  if (!tenant_id || !provider) throw new ProviderSignInFailed('provider_unknown');
  const client = await clients(provider).catch((cause: unknown) => {
    throw new ProviderSignInFailed('provider_unreachable', { cause });
  });
  return { tenant_id, provider, client };
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

/** The linked user, or else the one with the address that the provider has verified, who is linked from now on. */
async function findUser(ctx: Context, provider: Provider, { sub, email, email_verified }: Claims): Promise<string> {
  if (!email || !email_verified) throw new ProviderSignInFailed('email_not_verified');
  const domain = email.split('@')[1]!.toLowerCase();
  if (provider.allowed_domains.length > 0 && !provider.allowed_domains.includes(domain))
    throw new ProviderSignInFailed('domain_not_allowed');
  const linked = await findLinkedUser(ctx, provider.id, sub);
  const account = linked ?? (await findUserByEmail(ctx, email));
  if (!account || account.status === 'disabled') throw new ProviderSignInFailed('no_account');
  if (!linked) await linkUser(ctx, provider.id, sub, account.user_id);
  if (account.status === 'invited') await activateUser(ctx, account.user_id);
  return account.user_id;
}
