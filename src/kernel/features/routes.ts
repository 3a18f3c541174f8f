import { type Route, route } from '../http/route.ts';
import type { Services } from '../services.ts';
import { featureChange, featureList } from './contract.ts';
import { changeFeatures, listFeatures } from './service.ts';

const path = '/api/v1/tenant/features';
const tag = 'Workspace';

export function featureRoutes({ config }: Services): Route[] {
  const off = config.FEATURES_OFF;
  return [
    route({
      method: 'GET',
      path,
      tag,
      summary: 'List what can be switched off, and whether it is',
      access: { resource: 'tenant', action: 'read' },
      response: featureList,
      handler: async (ctx) => ({ body: { data: await listFeatures(ctx, off) } }),
    }),
    route({
      method: 'PATCH',
      path,
      tag,
      summary: 'Switch features on and off',
      access: { resource: 'tenant', action: 'update' },
      body: featureChange,
      response: featureList,
      handler: async (ctx, { body }) => {
        await changeFeatures(ctx, body, off);
        return { body: { data: await listFeatures(ctx, off) } };
      },
    }),
  ];
}
