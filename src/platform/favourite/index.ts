import { idParams, type Resource } from '../../kernel/contract/resource.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import { favouriteOrder, favourites } from './contract.ts';
import { addFavourite, listFavourites, orderFavourites, removeFavourite } from './service.ts';

export { copyFavourites } from './queries.ts';

const tag = 'Favourites';

/** The records of these types that people keep at hand, each their own. */
export function favouriteRoutes(types: readonly Resource[]): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/v1/favourites',
      tag,
      summary: 'Records that one keeps at hand',
      access: 'signed_in',
      response: favourites,
      handler: async (ctx) => ({ body: await listFavourites(ctx, types) }),
    }),
    route({
      method: 'PUT',
      path: '/api/v1/favourite-order',
      tag,
      summary: 'Put one’s favourites into an order',
      access: 'signed_in',
      body: favouriteOrder,
      response: favourites,
      handler: async (ctx, { body }) => ({ body: await orderFavourites(ctx, types, body.ids) }),
    }),
    ...types.flatMap((resource) => {
      const path = `/api/v1/${resource.plural}/{id}/favourite`;
      const access = { resource: resource.right, action: 'read' } as const;
      return [
        route({
          method: 'PUT',
          path,
          tag,
          summary: `Make a ${resource.title} a favourite of one’s own`,
          access,
          params: idParams,
          response: favourites,
          handler: async (ctx, { params }) => ({ body: await addFavourite(ctx, types, resource, params.id) }),
        }),
        route({
          method: 'DELETE',
          path,
          tag,
          summary: `Take a ${resource.title} from one’s favourites`,
          access,
          params: idParams,
          response: favourites,
          handler: async (ctx, { params }) => ({ body: await removeFavourite(ctx, types, resource, params.id) }),
        }),
      ];
    }),
  ];
}
