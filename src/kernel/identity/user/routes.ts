import { idParams } from '../../contract/resource.ts';
import { asCaller } from '../../http/as-caller.ts';
import { crudRoutes } from '../../http/crud.ts';
import { type Route, route } from '../../http/route.ts';
import { getRow } from '../../resource/store.ts';
import type { Services } from '../../services.ts';
import { confirmAccountChange } from '../confirmation.ts';
import { removeAllSecondFactors } from '../second-factor/service.ts';
import { endSessions } from '../session/service.ts';
import { refuseAbove, refuseOperator, refuseTakeover } from './authority.ts';
import { user, userRoles } from './contract.ts';
import { deactivateUser, reactivateUser, setRoles, userRules } from './service.ts';

const tag = 'Users';
const access = { resource: 'user', action: 'update' } as const;

export function userRoutes({ authenticator, cache }: Services): Route[] {
  return [
    ...crudRoutes(user, userRules(cache)),
    route({
      method: 'PUT',
      path: '/api/v1/users/{id}/roles',
      tag,
      summary: 'Give a user exactly these roles',
      access,
      params: idParams,
      heedsIfMatch: true,
      body: userRoles,
      response: user.row,
      handler: async (ctx, { params, body, ifMatch }) => {
        const row = await setRoles(ctx, params.id, body.role_ids, ifMatch);
        return { body: row, version: row.version as number };
      },
    }),
    route({
      method: 'POST',
      path: '/api/v1/users/{id}/deactivation',
      tag,
      summary: 'Sign a user out everywhere and keep them out',
      access,
      params: idParams,
      response: user.row,
      status: 200,
      transaction: false,
      handler: async (bare, { params, request }) => {
        const { row, ended } = await asCaller(bare, request, (ctx) => deactivateUser(ctx, params.id));
        await authenticator.forget(ended);
        return { body: row, version: row.version as number };
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/v1/users/{id}/deactivation',
      tag,
      summary: 'Let a disabled user in again',
      access,
      params: idParams,
      response: user.row,
      handler: async (ctx, { params }) => {
        const row = await reactivateUser(ctx, params.id);
        return { body: row, version: row.version as number };
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/v1/users/{id}/sessions',
      tag,
      summary: 'Sign a user out everywhere',
      access,
      params: idParams,
      transaction: false,
      handler: async (bare, { params, request }) => {
        const ended = await asCaller(bare, request, async (ctx) => {
          await getRow(ctx, user, params.id);
          await refuseAbove(ctx, params.id);
          await refuseOperator(ctx, params.id);
          return endSessions(ctx, params.id);
        });
        await authenticator.forget(ended);
        return {};
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/v1/users/{id}/second-factor',
      tag,
      summary: 'Remove the second factor of somebody who lost it: the app and all passkeys',
      access,
      params: idParams,
      handler: async (ctx, { params }) => {
        await getRow(ctx, user, params.id);
        await refuseTakeover(ctx, params.id);
        await confirmAccountChange(ctx, cache, params.id);
        await removeAllSecondFactors(ctx, params.id);
        return {};
      },
    }),
  ];
}
