import { type Route, route } from '../../../kernel/http/route.ts';
import { adviserHome } from './contract.ts';
import { readHome } from './service.ts';

export const adviserHomeRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/api/v1/adviser-home',
    tag: 'Households',
    summary:
      'What waits for an adviser: reviews and identity checks due, birthdays, breaks, new documents, households by tier',
    access: { resource: 'household', action: 'read' },
    response: adviserHome,
    handler: async (ctx) => ({ body: await readHome(ctx) }),
  }),
];
