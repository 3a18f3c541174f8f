import { invalidField, problems } from '../../../kernel/errors/problem.ts';
import { readCustomFields } from '../../../kernel/resource/custom.ts';
import {
  checkReferences,
  createRow,
  createRows,
  type ErrorPath,
  lockRow,
  rootPath,
  type Values,
} from '../../../kernel/resource/store.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { deal } from '../deal/contract.ts';
import { chartsOf, type Grouping, groupingsOf, type TileFigure } from '../figures/contract.ts';
import { ownDashboard } from '../own-dashboard/contract.ts';
import { ownedByCaller } from '../own-dashboard/index.ts';
import { dashboardTile, tiles_max } from './contract.ts';
import { lastPlaces, lockDashboards, placeTiles, tileIds } from './queries.ts';

/** New tiles go to the end. */
export async function prepareNewTiles(ctx: Context, inputs: Values[], errorPath: ErrorPath): Promise<Values[]> {
  for (const [index, input] of inputs.entries()) await checkSubject(ctx, input, errorPath(index));
  return prepareTiles(ctx, inputs, errorPath);
}

/** A dashboard is copied with tiles of which the one or other may name something that is gone. */
async function prepareTiles(ctx: Context, inputs: Values[], errorPath: ErrorPath): Promise<Values[]> {
  const dashboards = [...new Set(inputs.map((input) => input.dashboard_id))];
  await lockDashboards(ctx, dashboards);
  const ends = await lastPlaces(ctx, dashboards);
  const known = new Map(ends.map((end) => [end.dashboard_id, end]));
  return inputs.map((input, index) => {
    checkForm(input, errorPath(index));
    const id = input.dashboard_id as string;
    const { tiles, last } = known.get(id) ?? { tiles: 0, last: 0 };
    if (tiles >= tiles_max)
      throw invalidField(
        `${errorPath(index)}dashboard_id`,
        'full',
        `A dashboard has at most ${tiles_max} tiles. Remove one, or make another dashboard.`,
      );
    known.set(id, { dashboard_id: id, tiles: tiles + 1, last: last + 1 });
    return { ...input, position: last + 1 };
  });
}

export type NewDashboard = Values & { tiles: Values[] };

/** Makes a dashboard with its tiles, all or nothing. */
export async function createWithTiles(ctx: Context, { tiles, ...board }: NewDashboard): Promise<Values> {
  const made = await createRow(ctx, ownDashboard, ownedByCaller(ctx, [board], rootPath)[0]!);
  if (tiles.length === 0) return made;
  const tilePath: ErrorPath = (index) => `tiles.${index}.`;
  const inputs = await prepareTiles(ctx, tiles.map((tile) => ({ ...tile, dashboard_id: made.id })), tilePath); // biome-ignore format: one call
  await createRows(ctx, dashboardTile, inputs, {}, tilePath);
  return made;
}

export async function checkTileChange(ctx: Context, id: string, input: Values): Promise<Values> {
  if (!['figure', 'grouping', 'custom_key', 'chart', 'filter'].some((field) => field in input)) return input;
  const before = await lockRow(ctx, dashboardTile, id);
  const regrouped = 'grouping' in input && input.grouping !== 'custom';
  const change: Values = { ...(regrouped && { custom_key: null }), ...input };
  checkForm({ ...before, ...change }, '');
  await checkSubject(ctx, change, '', before);
  return change;
}

const tables = { pipeline_id: 'pipeline', owner_id: 'user_account', team_id: 'team', product_id: 'product' } as const;
const subjects = Object.keys(tables) as (keyof typeof tables)[];

/** What the filter of a tile names has to be there. What the one before named may be gone since, and stays. */
async function checkSubject(ctx: Context, input: Values, path: string, before: Values = {}): Promise<void> {
  const [wanted, known] = [input, before].map(({ filter }) => (filter ?? {}) as Partial<Record<string, string>>);
  const named = subjects.flatMap((field) => {
    const id = wanted![field]?.toLowerCase();
    return id && id !== known![field]?.toLowerCase()
      ? { field: `${path}filter.${field}`, table: tables[field], id }
      : [];
  });
  await checkReferences(ctx, named);
  const key = input.custom_key as string | null | undefined;
  if (key == null || key === before.custom_key) return;
  if ((await readCustomFields(ctx, deal)).get(key)?.type !== 'select')
    throw invalidField(`${path}custom_key`, 'no_such_field', 'Name a custom field of deals of the type select');
}

function checkForm(tile: Values, path: string): void {
  const allowed = groupingsOf[tile.figure as TileFigure];
  if (!allowed.includes(tile.grouping as Grouping))
    throw invalidField(`${path}grouping`, 'not_of_figure', `This figure can be shown by ${allowed.join(', ')}`);
  if ((tile.grouping === 'custom') !== (tile.custom_key != null))
    throw invalidField(
      `${path}custom_key`,
      tile.grouping === 'custom' ? 'required' : 'not_of_grouping',
      'A tile names a custom field when it is grouped by one',
    );
  const forms: readonly unknown[] = chartsOf[tile.grouping as Grouping];
  if (!forms.includes(tile.chart))
    throw invalidField(`${path}chart`, 'not_of_grouping', `Grouped like this it can be shown as ${forms.join(', ')}`);
}

/** Puts the tiles of a dashboard into an order, all of them. */
export async function arrangeTiles(ctx: Context, dashboardId: string, ids: string[]): Promise<void> {
  await lockRow(ctx, ownDashboard, dashboardId);
  const there = new Set((await tileIds(ctx, dashboardId)).map(({ id }) => id));
  if (ids.length !== there.size || ids.some((id) => !there.has(id))) {
    throw problems.conflict('Its tiles have changed. Read them again, then arrange them.');
  }
  await placeTiles(ctx, ids);
}
