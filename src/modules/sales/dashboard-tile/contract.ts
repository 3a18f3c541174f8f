import { z } from 'zod';
import { integer, object, requiredReference, requiredSelect, text } from '../../../kernel/contract/fields.ts';
import { defineResource } from '../../../kernel/contract/resource.ts';
import { periodUnits, ranges, subject } from '../dashboard/contract.ts';

export const tileFigures = [
  'open_value', 'open_count', 'weighted_value', 'won_value', 'won_count', 'lost_value', 'lost_count', 'win_rate', 'cycle_days',
  'conversion', 'activities', 'calls', 'meetings', 'emails', 'notes', 'tasks_done', 'contacts', 'companies',
] as const; // biome-ignore format: a list of words
export type TileFigure = (typeof tileFigures)[number];

export const groupings = ['none', 'owner', 'team', 'product', 'region', 'stage', 'period'] as const;
export type Grouping = (typeof groupings)[number];

export const charts = ['number', 'bar', 'line', 'funnel', 'table'] as const;
export type ChartForm = (typeof charts)[number];

const parties = ['none', 'owner', 'team', 'product', 'region'] as const;
const closings = [...parties, 'period'] as const;

/** By what each figure can be grouped. What is open falls into periods by its expected close. */
export const groupingsOf: Record<TileFigure, readonly Grouping[]> = {
  open_value: [...closings, 'stage'],
  open_count: [...closings, 'stage'],
  weighted_value: closings,
  won_value: closings,
  won_count: closings,
  lost_value: closings,
  lost_count: closings,
  win_rate: closings,
  cycle_days: parties,
  conversion: ['stage'],
  activities: closings,
  calls: closings,
  meetings: closings,
  emails: closings,
  notes: closings,
  tasks_done: closings,
  contacts: ['none'],
  companies: ['none'],
};

/** In which forms each grouping can be drawn. */
export const chartsOf: Record<Grouping, readonly ChartForm[]> = {
  none: ['number'],
  owner: ['bar', 'table'],
  team: ['bar', 'table'],
  product: ['bar', 'table'],
  region: ['bar', 'table'],
  stage: ['funnel', 'bar', 'table'],
  period: ['bar', 'line', 'table'],
};

export const tile_width_max = 4;
export const tile_height_max = 3;

const tileFilter = z.strictObject(subject);
export type TileFilter = z.output<typeof tileFilter>;

/** One figure on a dashboard, as it is drawn there. */
export const dashboardTile = defineResource({
  name: 'dashboard_tile',
  right: 'dashboard',
  plural: 'dashboard-tiles',
  table: 'dashboard_tile',
  title: 'tile',
  defaultSort: 'position',
  together: [['figure', 'grouping', 'chart']],
  fields: {
    dashboard_id: requiredReference('dashboard', { title: 'Dashboard', createOnly: true }),
    title: text(100, { title: 'Title', sortable: false }),
    figure: requiredSelect(tileFigures, { title: 'Figure', required: true }),
    grouping: requiredSelect(groupings, { title: 'By', required: true }),
    chart: requiredSelect(charts, { title: 'Shown as', required: true }),
    range: requiredSelect(ranges, { title: 'Days', required: true }),
    period: requiredSelect(periodUnits, { title: 'Periods', required: true }),
    filter: object(tileFilter, { title: 'Only' }),
    width: integer({ min: 1, max: tile_width_max }, { title: 'Columns' }),
    height: integer({ min: 1, max: tile_height_max }, { title: 'Rows' }),
    position: integer({ min: 0 }, { title: 'Place', required: true, readOnly: true }),
  },
});

export const tiles_max = 40;

/** All tiles of a dashboard in their order. */
export const arrangement = z
  .strictObject({ tile_ids: z.array(z.uuid()).max(tiles_max) })
  .refine(({ tile_ids }) => new Set(tile_ids).size === tile_ids.length, {
    path: ['tile_ids'],
    error: 'Name each tile once',
  });
