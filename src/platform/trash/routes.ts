import type { Resource } from '../../kernel/contract/resource.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import { trashItems, trashOutcome, trashPage, trashQuery } from './contract.ts';
import { listTrash, purgeItems, restoreItems } from './service.ts';

const base = '/api/v1/trash';
const tag = 'Trash';

/** The trash of these nouns. */
export const trashRoutes = (resources: readonly Resource[]): Route[] => [
  route({
    method: 'GET', path: base, tag, summary: 'What is in the trash, newest first: by whom, and until when it is kept', access: 'signed_in', query: trashQuery, response: trashPage,
    handler: async (ctx, { query }) => ({ body: await listTrash(ctx, resources, query) }),
  }),
  route({
    method: 'POST', path: `${base}/restorations`, tag, summary: 'Take records back from the trash, with all that hangs on them', access: 'signed_in', body: trashItems, response: trashOutcome, status: 200,
    handler: async (ctx, { body }) => ({ body: await restoreItems(ctx, resources, body.items) }),
  }),
  route({
    method: 'POST', path: `${base}/deletions`, tag, summary: 'Delete records in the trash for good', access: 'signed_in', body: trashItems, response: trashOutcome, status: 200,
    handler: async (ctx, { body }) => ({ body: await purgeItems(ctx, resources, body.items) }),
  }),
]; // biome-ignore format: one line of facts, then the handler
