import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { idParams } from '../../contract/resource.ts';
import { crudRoutes } from '../../http/crud.ts';
import { type Route, route } from '../../http/route.ts';
import type { Services } from '../../services.ts';
import { asCaller } from '../person.ts';
import { sendCookie } from '../session/service.ts';
import { createProviderClients } from './client.ts';
import { beginQuery, newProvider, providerUpdate, signInProvider } from './contract.ts';
import { createProvider, updateProvider } from './service.ts';
import { beginProviderSignIn, callback_path, finishProviderSignIn, ProviderSignInFailed } from './sign-in.ts';

const base = '/api/v1/sign-in-providers';
const tag = 'Sign in providers';
/** Reading, listing and deleting are as everywhere; what writes takes the secret too. */
const ordinary = crudRoutes(signInProvider).filter(({ method }) => method === 'GET' || method === 'DELETE');

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
        const row = await asCaller(bare, request, (ctx) => createProvider(ctx, services, body));
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
      body: providerUpdate,
      response: signInProvider.row,
      handler: async (bare, { params, body, ifMatch, request }) => {
        const row = await asCaller(bare, request, (ctx) => updateProvider(ctx, services, params.id, body, ifMatch));
        return { body: row, version: row.version as number };
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
          const { token, next } = await finishProviderSignIn(services, clients, request, reply);
          sendCookie(reply, token);
          return next;
        }),
    }),
  ];
}
