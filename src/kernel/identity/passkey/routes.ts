import { idParams } from '../../contract/resource.ts';
import { type Route, route } from '../../http/route.ts';
import type { Services } from '../../services.ts';
import { confirmPresence } from '../confirmation.ts';
import { sessionUser } from '../person.ts';
import { confirmation } from '../second-factor/contract.ts';
import { signInAnswer } from '../sign-in/contract.ts';
import { answerSignIn } from '../sign-in/service.ts';
import {
  creationOptions,
  passkey,
  passkeyList,
  passkeyRegistration,
  passkeySignIn,
  registrationRequest,
  requestOptions,
} from './contract.ts';
import { listPasskeys } from './queries.ts';
import { beginRegistration, beginSignIn, registerPasskey, removePasskey, signInWithPasskey } from './service.ts';

const tag = 'Passkeys';
const base = '/api/v1/passkeys';

export function passkeyRoutes(services: Services): Route[] {
  const { cache } = services;
  return [
    route({
      method: 'POST',
      path: '/api/v1/sign-in/passkey/options',
      tag: 'Sign in',
      summary: 'A challenge for signing in with a passkey',
      access: 'public',
      transaction: false,
      response: requestOptions,
      status: 200,
      rateLimit: { name: 'passkey-options', limit: 60, windowSeconds: 600 },
      handler: async (_, { request }) => ({ body: await beginSignIn(services, request) }),
    }),
    route({
      method: 'POST',
      path: '/api/v1/sign-in/passkey',
      tag: 'Sign in',
      summary: 'Sign in with a passkey',
      access: 'public',
      transaction: false,
      body: passkeySignIn,
      response: signInAnswer,
      status: 200,
      handler: async (_, { body, request, reply }) =>
        answerSignIn(reply, await signInWithPasskey(services, request, body.response)),
    }),
    route({
      method: 'GET',
      path: base,
      tag,
      summary: 'List the own passkeys',
      access: 'signed_in',
      response: passkeyList,
      handler: async (ctx) => ({ body: { data: await listPasskeys(ctx, sessionUser(ctx.actor).user_id) } }),
    }),
    route({
      method: 'POST',
      path: `${base}/options`,
      tag,
      summary: 'Begin: what the browser needs to make a passkey',
      access: 'signed_in',
      body: registrationRequest,
      response: creationOptions,
      status: 200,
      handler: async (ctx, { body }) => {
        await confirmPresence(ctx, cache, body.password);
        return { body: await beginRegistration(ctx, services) };
      },
    }),
    route({
      method: 'POST',
      path: base,
      tag,
      summary: 'Keep a passkey that the browser made',
      access: 'signed_in',
      body: passkeyRegistration,
      response: passkey,
      handler: async (ctx, { body, request }) => ({ body: await registerPasskey(ctx, services, request, body) }),
    }),
    route({
      method: 'POST',
      path: `${base}/{id}/removal`,
      tag,
      summary: 'Remove a passkey',
      access: 'signed_in',
      params: idParams,
      body: confirmation,
      status: 204,
      handler: async (ctx, { params, body }) => {
        await confirmPresence(ctx, cache, body.password);
        await removePasskey(ctx, params.id);
        return {};
      },
    }),
  ];
}
