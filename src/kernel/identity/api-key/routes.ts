import { idParams, listOf, listQuery } from '../../contract/resource.ts';
import { asCaller } from '../../http/as-caller.ts';
import { type Route, route } from '../../http/route.ts';
import { listRows } from '../../resource/list.ts';
import { getRow } from '../../resource/store.ts';
import type { Services } from '../../services.ts';
import { confirmMaker } from '../confirmation.ts';
import { apiKey, createdApiKey, newApiKey } from './contract.ts';
import { createApiKey, revokeApiKey } from './service.ts';

const base = '/api/v1/api-keys';
const tag = 'API keys';

/** Keys are created and revoked, never changed, so that the rights of a program do not change under it. */
export function apiKeyRoutes({ authenticator, cache }: Services): Route[] {
  return [
    route({
      method: 'GET',
      path: base,
      tag,
      summary: 'List API keys',
      access: { resource: 'api_key', action: 'read' },
      query: listQuery,
      response: listOf(apiKey.row),
      handler: async (ctx, { query }) => ({ body: await listRows(ctx, apiKey, query) }),
    }),
    route({
      method: 'GET',
      path: `${base}/{id}`,
      tag,
      summary: 'Read an API key',
      access: { resource: 'api_key', action: 'read' },
      params: idParams,
      response: apiKey.row,
      handler: async (ctx, { params }) => ({ body: await getRow(ctx, apiKey, params.id) }),
    }),
    route({
      method: 'POST',
      path: base,
      tag,
      summary: 'Make an API key; its text is shown this once',
      access: { resource: 'api_key', action: 'create' },
      features: ['api_keys'],
      transaction: false,
      body: newApiKey,
      response: createdApiKey,
      handler: async (bare, { body, request }) => {
        const { row, id, key } = await asCaller(bare, request, async (ctx) => {
          await confirmMaker(ctx, cache);
          const made = await createApiKey(ctx, body);
          return { ...made, row: await getRow(ctx, apiKey, made.id) };
        });
        return { body: { ...row, key }, headers: { location: `${base}/${id}` } };
      },
    }),
    route({
      method: 'DELETE',
      path: `${base}/{id}`,
      tag,
      summary: 'Revoke an API key',
      access: { resource: 'api_key', action: 'delete' },
      params: idParams,
      transaction: false,
      handler: async (bare, { params, request }) => {
        await authenticator.forget([await asCaller(bare, request, (ctx) => revokeApiKey(ctx, params.id))]);
        return {};
      },
    }),
  ];
}
