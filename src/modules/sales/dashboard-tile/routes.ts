import { z } from 'zod';
import { idParams } from '../../../kernel/contract/resource.ts';
import { crudRoutes } from '../../../kernel/http/crud.ts';
import { type Route, route } from '../../../kernel/http/route.ts';
import { listRows } from '../../../kernel/resource/list.ts';
import { ownDashboard } from '../own-dashboard/contract.ts';
import { arrangement, dashboardTile, dashboardWithTiles, tiles_max } from './contract.ts';
import { arrangeTiles, checkTileChange, createWithTiles, type NewDashboard, prepareNewTiles } from './service.ts';

export const routes: Route[] = [
  ...crudRoutes(dashboardTile, {
    cacheTags: ['dashboard', 'dashboard_tile'],
    beforeCreate: prepareNewTiles,
    beforeUpdate: checkTileChange,
  }),
  route({
    method: 'POST',
    path: '/api/v1/dashboards/with-tiles',
    tag: 'Dashboards',
    summary: 'Create a dashboard with its tiles',
    access: { resource: 'dashboard', action: 'create' },
    body: dashboardWithTiles,
    response: ownDashboard.row,
    handler: async (ctx, { body }) => {
      const row = await createWithTiles(ctx, body as NewDashboard);
      return { body: row, version: row.version as number, headers: { location: `/api/v1/dashboards/${row.id}` } };
    },
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
