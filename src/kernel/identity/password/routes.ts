import { asCaller } from '../../http/as-caller.ts';
import { type Route, route } from '../../http/route.ts';
import type { Services } from '../../services.ts';
import { sendCookie } from '../session/service.ts';
import {
  emailConfirmation,
  passwordChange,
  resetCompletion,
  resetLookup,
  resetRequest,
  resetShown,
} from './contract.ts';
import { completeConfirmation } from './email-confirmation.ts';
import { changePassword, completeReset, requestReset, showReset } from './service.ts';

const tag = 'Password';

export function passwordRoutes(services: Services): Route[] {
  const { authenticator, cache } = services;
  return [
    route({
      method: 'PUT',
      path: '/api/v1/password',
      tag,
      summary: 'Change the own password; all other devices are signed out',
      access: 'signed_in',
      transaction: false,
      body: passwordChange,
      handler: async (bare, { body, request, reply }) => {
        const { token, forgotten } = await asCaller(bare, request, (ctx) => changePassword(ctx, cache, body));
        await authenticator.forget(forgotten);
        sendCookie(reply, token);
        return {};
      },
    }),
    route({
      method: 'POST',
      path: '/api/v1/email-confirmations',
      tag,
      summary: 'Confirm an e-mail address with the token of the link that was mailed to it',
      access: 'public',
      transaction: false,
      status: 204,
      body: emailConfirmation,
      rateLimit: { name: 'email-confirmation', limit: 60, windowSeconds: 3600 },
      handler: async (_, { body, request }) => {
        await completeConfirmation(services, request, body.token);
        return {};
      },
    }),
    route({
      method: 'POST',
      path: '/api/v1/password-resets',
      tag,
      summary: 'Ask for a link to set a new password; answers the same whether or not there is such an account',
      access: 'public',
      transaction: false,
      status: 202,
      body: resetRequest,
      rateLimit: { name: 'password-reset', limit: 20, windowSeconds: 3600 },
      handler: async (_, { body, request }) => {
        await requestReset(services, request, body.email);
        return {};
      },
    }),
    route({
      method: 'POST',
      path: '/api/v1/password-resets/lookup',
      tag,
      summary: 'Whose password the token of a link sets',
      access: 'public',
      transaction: false,
      body: resetLookup,
      response: resetShown,
      status: 200,
      rateLimit: { name: 'password-reset-lookup', limit: 60, windowSeconds: 600 },
      handler: async (_, { body, request }) => ({ body: await showReset(services, request, body.token) }),
    }),
    route({
      method: 'POST',
      path: '/api/v1/password-resets/completion',
      tag,
      summary: 'Set a new password with the token of the link; all devices are signed out',
      access: 'public',
      transaction: false,
      body: resetCompletion,
      rateLimit: { name: 'password-reset-completion', limit: 60, windowSeconds: 3600 },
      handler: async (_, { body, request }) => {
        await completeReset(services, request, body);
        return {};
      },
    }),
  ];
}
