import type { Resource } from '../../kernel/contract/resource.ts';
import { withoutOff } from '../../kernel/features/switches.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { trashItems, trashOutcome, trashPage, trashQuery } from './contract.ts';
import { listTrash, purgeItems, restoreItems } from './service.ts';

const base = '/api/v1/trash';
const tag = 'Trash';

/** What belongs to a product that is off stays in the trash, and cannot be taken from it meanwhile. */
const shown = ({ actor }: Context, resources: readonly Resource[]) => withoutOff(actor, resources, ({ name }) => name);

/** The trash of these nouns. */
export const trashRoutes = (resources: readonly Resource[]): Route[] => [
  route({
    method: 'GET',
    path: base,
    tag,
    summary: 'What is in the trash, newest first: by whom, and until when it is kept',
    access: 'signed_in',
    query: trashQuery,
    response: trashPage,
    handler: async (ctx, { query }) => ({ body: await listTrash(ctx, shown(ctx, resources), query) }),
  }),
  route({
    method: 'POST',
    path: `${base}/restorations`,
    tag,
    summary: 'Restore records from the trash, with everything attached to them',
    access: 'signed_in',
    body: trashItems,
    response: trashOutcome,
    status: 200,
    handler: async (ctx, { body }) => ({ body: await restoreItems(ctx, shown(ctx, resources), body.items) }),
  }),
  route({
    method: 'POST',
    path: `${base}/deletions`,
    tag,
    summary: 'Delete records in the trash for good',
    access: 'signed_in',
    body: trashItems,
    response: trashOutcome,
    status: 200,
    handler: async (ctx, { body }) => ({ body: await purgeItems(ctx, shown(ctx, resources), body.items) }),
  }),
];
