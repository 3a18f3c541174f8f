import { type Route, route } from '../../kernel/http/route.ts';
import { personalSealing, personalSealingPut } from './contract.ts';
import { readSealing, switchSealing } from './service.ts';

const shared = { path: '/api/v1/tenant/personal-sealing', tag: 'Workspace', response: personalSealing } as const;

/** Whether the workspace seals personal texts: its administrators say. */
export const personalSealingRoutes: Route[] = [
  route({
    ...shared,
    method: 'GET',
    summary: 'Which personal texts of the workspace are sealed, and how far that is',
    access: { resource: 'tenant', action: 'read' },
    handler: async (ctx) => ({ body: await readSealing(ctx) }),
  }),
  route({
    ...shared,
    method: 'PUT',
    summary: 'Begin to seal the personal texts of the workspace, or to open them',
    access: { resource: 'tenant', action: 'update' },
    body: personalSealingPut,
    handler: async (ctx, { body }) => {
      await switchSealing(ctx, body);
      return { body: await readSealing(ctx) };
    },
  }),
];
