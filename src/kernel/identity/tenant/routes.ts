import { type Route, route } from '../../http/route.ts';
import { tenant, tenantUpdate } from './contract.ts';
import { readTenant } from './queries.ts';
import { updateTenant } from './service.ts';

const path = '/api/v1/tenant';
const tag = 'Workspace';

export const tenantRoutes: Route[] = [
  route({
    method: 'GET',
    path,
    tag,
    summary: 'Read the workspace',
    access: { resource: 'tenant', action: 'read' },
    response: tenant,
    handler: async (ctx) => {
      const body = await readTenant(ctx);
      return { body, version: body.version };
    },
  }),
  route({
    method: 'PATCH',
    path,
    tag,
    summary: 'Change the workspace',
    access: { resource: 'tenant', action: 'update' },
    heedsIfMatch: true,
    body: tenantUpdate,
    response: tenant,
    handler: async (ctx, { body, ifMatch }) => {
      const changed = await updateTenant(ctx, body, ifMatch);
      return { body: changed, version: changed.version };
    },
  }),
];
