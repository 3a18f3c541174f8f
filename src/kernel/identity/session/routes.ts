import { idParams } from '../../contract/resource.ts';
import { asCaller } from '../../http/as-caller.ts';
import { type Route, route } from '../../http/route.ts';
import type { Services } from '../../services.ts';
import { confirmSession } from '../confirmation.ts';
import { sessionUser } from '../person.ts';
import { deviceList, sessionConfirmation, sessionView } from './contract.ts';
import { clearCookie, endSession, endSessions, listDevices, viewSession } from './service.ts';

const tag = 'Session';

export function sessionRoutes(services: Services): Route[] {
  const { authenticator } = services;
  return [
    route({
      method: 'GET',
      duringSetup: true,
      path: '/api/v1/session',
      tag,
      summary: 'Who one is and what one may',
      access: 'signed_in',
      cacheTags: ['favourite'],
      response: sessionView,
      handler: async (ctx) => ({ body: await viewSession(ctx, services) }),
    }),
    route({
      method: 'DELETE',
      duringSetup: true,
      path: '/api/v1/session',
      tag,
      summary: 'Sign out',
      access: 'signed_in',
      transaction: false,
      handler: async (bare, { request, reply }) => {
        const { user_id, session_id } = sessionUser(bare.actor);
        const ended = await asCaller(bare, request, (ctx) => endSession(ctx, user_id, session_id, 'sign_out'));
        await authenticator.forget(ended);
        clearCookie(reply);
        return {};
      },
    }),
    route({
      method: 'POST',
      duringSetup: true,
      path: '/api/v1/session/confirmation',
      tag,
      summary: 'Confirm by password or second factor that it is you, for what asks for it within the next ten minutes',
      access: 'signed_in',
      transaction: false,
      body: sessionConfirmation,
      status: 204,
      handler: async (bare, { body, request }) => {
        await asCaller(bare, request, (ctx) => confirmSession(ctx, services, body));
        return {};
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/sessions',
      tag,
      summary: 'Where one is signed in',
      access: 'signed_in',
      response: deviceList,
      handler: async (ctx) => ({ body: { data: await listDevices(ctx, sessionUser(ctx.actor).user_id) } }),
    }),
    route({
      method: 'DELETE',
      path: '/api/v1/sessions/{id}',
      tag,
      summary: 'Sign one of the own devices out',
      access: 'signed_in',
      params: idParams,
      transaction: false,
      handler: async (bare, { params, request }) => {
        const { user_id } = sessionUser(bare.actor);
        await authenticator.forget(
          await asCaller(bare, request, (ctx) => endSession(ctx, user_id, params.id, 'revoke')),
        );
        return {};
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/v1/sessions',
      tag,
      summary: 'Sign all other own devices out',
      access: 'signed_in',
      transaction: false,
      handler: async (bare, { request }) => {
        const { user_id, session_id } = sessionUser(bare.actor);
        await authenticator.forget(await asCaller(bare, request, (ctx) => endSessions(ctx, user_id, session_id)));
        return {};
      },
    }),
  ];
}
