import { z } from 'zod';
import { idParams } from '../../../kernel/contract/resource.ts';
import { crudRoutes } from '../../../kernel/http/crud.ts';
import { type Route, route } from '../../../kernel/http/route.ts';
import { listRows } from '../../../kernel/resource/list.ts';
import { arrangement, dashboardTile, tiles_max } from './contract.ts';
import { arrangeTiles, checkTileChange, prepareTiles } from './service.ts';

export const routes: Route[] = [
  ...crudRoutes(dashboardTile, {
    cacheTags: ['dashboard', 'dashboard_tile'],
    beforeCreate: prepareTiles,
    beforeUpdate: checkTileChange,
  }),
  route({
    method: 'POST',
    path: '/api/v1/dashboards/{id}/arrangement',
    tag: 'Dashboards',
    summary: 'Put all tiles of a dashboard into an order',
    access: { resource: 'dashboard', action: 'update' },
    params: idParams,
    body: arrangement,
    response: z.object({ data: z.array(dashboardTile.row) }),
    status: 200,
    handler: async (ctx, { params, body }) => {
      await arrangeTiles(ctx, params.id, body.tile_ids);
      const filter = JSON.stringify({ field: 'dashboard_id', op: 'eq', value: params.id });
      const { data } = await listRows(ctx, dashboardTile, {
        filter,
        limit: tiles_max,
        count: 'false',
        trashed: 'false',
      });
      return { body: { data } };
    },
  }),
];
