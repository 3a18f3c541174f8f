import { z } from 'zod';
import { type Route, route } from '../http/route.ts';
import type { Services } from '../services.ts';
import { featureList } from './contract.ts';
import { featureNames } from './registry.ts';
import { changeFeatures, listFeatures } from './service.ts';

const path = '/api/v1/features';
const tag = 'Workspace';

const featureChange = z.lazy(() => z.partialRecord(z.enum(featureNames()), z.boolean()).meta({ id: 'FeatureChange' }));

export function featureRoutes({ features }: Services): Route[] {
  return [
    route({
      method: 'GET',
      path,
      tag,
      summary: 'List what can be switched off, and whether it is',
      access: { resource: 'tenant', action: 'read' },
      response: featureList,
      handler: async (ctx) => ({ body: { data: await listFeatures(ctx, features) } }),
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
        await changeFeatures(ctx, body, features);
        return { body: { data: await listFeatures(ctx, features) } };
      },
    }),
  ];
}
