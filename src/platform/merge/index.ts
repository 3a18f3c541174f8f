import { idParams } from '../../kernel/contract/resource.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import type { RecordType } from '../../kernel/record-type/record-type.ts';
import { attachedCounts, mergeBody } from './contract.ts';
import { getAttached, merge } from './service.ts';

const tag = 'Duplicates';

function routesOf(type: RecordType): Route[] {
  const { resource } = type;
  const base = `/api/v1/${resource.plural}/{id}`;
  return [
    route({
      method: 'POST',
      path: `${base}/merge`,
      tag,
      summary: `Merge other ${resource.plural} into this one; the reversal of the change takes it back`,
      access: { resource: resource.right, action: 'update' },
      params: idParams,
      heedsIfMatch: true,
      body: mergeBody(resource),
      response: resource.row,
      status: 200,
      handler: async (ctx, { params, body, ifMatch }) => {
        const row = await merge(ctx, type, params.id, body, ifMatch);
        return { body: row, version: row.version as number };
      },
    }),
    route({
      method: 'GET',
      path: `${base}/attached`,
      tag,
      summary: `How much hangs on a ${resource.title} and would move with it`,
      access: { resource: resource.right, action: 'read' },
      params: idParams,
      response: attachedCounts,
      handler: async (ctx, { params }) => ({ body: await getAttached(ctx, resource, params.id) }),
    }),
  ];
}

/** In the order of their names, in which they stand in the API documents. */
export const mergeRoutes = (types: readonly RecordType[]): Route[] =>
  types
    .filter(({ resource }) => resource.merges)
    .sort((a, b) => a.resource.name.localeCompare(b.resource.name))
    .flatMap(routesOf);
