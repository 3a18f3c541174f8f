import { z } from 'zod';
import { integer, object, requiredReference, requiredSelect, text } from '../../../kernel/contract/fields.ts';
import { defineResource } from '../../../kernel/contract/resource.ts';
import { subject } from '../dashboard/contract.ts';
import {
  charts,
  groupings,
  periodUnits,
  ranges,
  tile_height_max,
  tile_width_max,
  tileFigures,
} from '../figures/contract.ts';
import { ownDashboard } from '../own-dashboard/contract.ts';

const tileFilter = z.strictObject(subject);

/** One figure on a dashboard, as it is drawn there. */
export const dashboardTile = defineResource({
  name: 'dashboard_tile',
  right: 'dashboard',
  plural: 'dashboard-tiles',
  table: 'dashboard_tile',
  title: 'tile',
  defaultSort: 'position',
  together: [['figure', 'grouping', 'custom_key', 'chart']],
  fields: {
    dashboard_id: requiredReference('dashboard', { title: 'Dashboard', createOnly: true }),
    title: text(100, { title: 'Title', sortable: false }),
    figure: requiredSelect(tileFigures, { title: 'Figure', required: true }),
    grouping: requiredSelect(groupings, { title: 'By', required: true }),
    custom_key: text(60, { title: 'Custom field', sortable: false }),
    chart: requiredSelect(charts, { title: 'Shown as', required: true }),
    range: requiredSelect(ranges, { title: 'Time range', required: true }),
    period: requiredSelect(periodUnits, { title: 'Periods', required: true }),
    filter: object(tileFilter, { title: 'Filters' }),
    width: integer({ min: 1, max: tile_width_max }, { title: 'Columns' }),
    height: integer({ min: 1, max: tile_height_max }, { title: 'Rows' }),
    position: integer({ min: 0 }, { title: 'Place', required: true, readOnly: true }),
  },
});

export const tiles_max = 40;

/** A dashboard with its tiles in their order, such as a copy of another one. */
export const dashboardWithTiles = ownDashboard.create
  .extend({ tiles: z.array(dashboardTile.create.omit({ dashboard_id: true })).max(tiles_max) })
  .meta({ id: 'DashboardWithTilesCreate' });

/** All tiles of a dashboard in their order. */
export const arrangement = z
  .strictObject({ tile_ids: z.array(z.uuid()).max(tiles_max) })
  .refine(({ tile_ids }) => new Set(tile_ids).size === tile_ids.length, {
    path: ['tile_ids'],
    error: 'Name each tile once',
  });
