import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { idParams } from '../../contract/resource.ts';
import { problems } from '../../errors/problem.ts';
import { asCaller } from '../../http/as-caller.ts';
import { crudRoutes } from '../../http/crud.ts';
import { type Route, route } from '../../http/route.ts';
import type { Services } from '../../services.ts';
import { confirmMaker, confirmPresence } from '../confirmation.ts';
import { sessionUser } from '../person.ts';
import { sendCookie } from '../session/service.ts';
import { refuseUnlessAdministrator } from '../user/authority.ts';
import { createProviderClients } from './client.ts';
import {
  beginQuery,
  identityBegun,
  identityLink,
  identityList,
  identityParams,
  identityRequest,
  newProvider,
  providerUpdate,
  signInProvider,
} from './contract.ts';
import { listIdentities, unlinkUser } from './queries.ts';
import { createProvider, refuseOperatorProvider, updateProvider } from './service.ts';
import {
  beginProblem,
  beginProviderSignIn,
  callback_path,
  completeIdentityLink,
  finishProviderSignIn,
  ProviderSignInFailed,
} from './sign-in.ts';

const base = '/api/v1/sign-in-providers';
const identities = '/api/v1/identities';
const tag = 'Sign in providers';
/** Reading, listing and deleting are as everywhere; what writes takes the secret too. */
const ordinary = crudRoutes(signInProvider, {
  beforeDelete: async (ctx, id) => {
    refuseUnlessAdministrator(ctx);
    await refuseOperatorProvider(ctx, id);
  },
}).filter(({ method }) => method === 'GET' || method === 'DELETE');

export function providerRoutes(services: Services): Route[] {
  const clients = createProviderClients(services);

  /** These answer a browser on its way, not a program: what fails is said by the sign-in page. */
  async function redirecting(request: FastifyRequest, reply: FastifyReply, work: () => Promise<string>) {
    try {
      return reply.redirect(await work(), 303);
    } catch (error) {
      if (!(error instanceof ProviderSignInFailed)) throw error;
      request.log.warn({ err: error.cause, problem: error.problem }, 'signing in with a provider failed');
      return reply.redirect(`/sign-in?problem=${error.problem}`, 303);
    }
  }

  return [
    ...ordinary,
    route({
      method: 'POST',
      path: base,
      tag,
      summary: 'Create a sign-in provider',
      access: { resource: 'sign_in_provider', action: 'create' },
      transaction: false,
      body: newProvider,
      response: signInProvider.row,
      handler: async (bare, { body, request }) => {
        const row = await asCaller(bare, request, async (ctx) => {
          await confirmMaker(ctx, services.cache);
          return createProvider(ctx, services, body);
        });
        return { body: row, version: row.version as number, headers: { location: `${base}/${row.id}` } };
      },
    }),
    route({
      method: 'PATCH',
      path: `${base}/{id}`,
      tag,
      summary: 'Change a sign-in provider',
      access: { resource: 'sign_in_provider', action: 'update' },
      transaction: false,
      params: idParams,
      heedsIfMatch: true,
      body: providerUpdate,
      response: signInProvider.row,
      handler: async (bare, { params, body, ifMatch, request }) => {
        const row = await asCaller(bare, request, async (ctx) => {
          await confirmMaker(ctx, services.cache);
          return updateProvider(ctx, services, params.id, body, ifMatch);
        });
        return { body: row, version: row.version as number };
      },
    }),
    route({
      method: 'GET',
      path: identities,
      tag,
      summary: 'The providers of the workspace, and whether one’s account there signs one in',
      access: 'signed_in',
      response: identityList,
      handler: async (ctx) => ({ body: { data: await listIdentities(ctx, sessionUser(ctx.actor).user_id) } }),
    }),
    route({
      method: 'POST',
      path: identities,
      tag,
      summary: 'Begin to connect one’s account at a provider; answers where to send the browser',
      access: 'signed_in',
      transaction: false,
      body: identityRequest,
      response: identityBegun,
      status: 200,
      handler: async (bare, { body, request, reply }) => {
        const { user_id } = sessionUser(bare.actor);
        const known = await asCaller(bare, request, async (ctx) => {
          await confirmPresence(ctx, services.cache, undefined);
          return listIdentities(ctx, user_id);
        });
        if (!known.some(({ provider_id }) => provider_id === body.provider_id)) throw problems.notFound('provider');
        const target = { provider_id: body.provider_id, next: body.next ?? '/settings/security', connects: user_id };
        const url = await beginProviderSignIn(services, clients, request, reply, target).catch((error: unknown) => {
          throw error instanceof ProviderSignInFailed ? beginProblem(error) : error;
        });
        return { body: { url: url.href } };
      },
    }),
    route({
      method: 'DELETE',
      path: `${identities}/{provider_id}`,
      tag,
      summary: 'Disconnect one’s account at a provider',
      access: 'signed_in',
      params: identityParams,
      handler: async (ctx, { params }) => {
        const { user_id } = sessionUser(ctx.actor);
        await confirmPresence(ctx, services.cache, undefined);
        if (!(await unlinkUser(ctx, params.provider_id, user_id))) throw problems.notFound('connection');
        return {};
      },
    }),
    route({
      method: 'POST',
      path: '/api/v1/sign-in/identity-link',
      tag: 'Sign in',
      summary: 'Connect an account at a provider with the token of the link that was mailed to the owner',
      access: 'public',
      transaction: false,
      body: identityLink,
      status: 204,
      rateLimit: { name: 'identity-link', limit: 60, windowSeconds: 600 },
      handler: async (_, { body, request }) => {
        await completeIdentityLink(services, request, body.token);
        return {};
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/sign-in/oidc/{provider_id}',
      tag: 'Sign in',
      summary: 'Go to a provider to sign in; a redirect',
      access: 'public',
      transaction: false,
      params: z.object({ provider_id: z.uuid() }),
      query: beginQuery,
      status: 303,
      handler: (_, { params, query, request, reply }) =>
        redirecting(request, reply, async () => {
          const target = { provider_id: params.provider_id, next: query.next ?? '/' };
          return (await beginProviderSignIn(services, clients, request, reply, target)).href;
        }),
    }),
    route({
      method: 'GET',
      path: callback_path,
      tag: 'Sign in',
      summary: 'Where a provider sends the browser back to; a redirect',
      access: 'public',
      transaction: false,
      status: 303,
      handler: (_, { request, reply }) =>
        redirecting(request, reply, async () => {
          const { token, to } = await finishProviderSignIn(services, clients, request, reply);
          if (token) sendCookie(reply, token);
          return to;
        }),
    }),
  ];
}
