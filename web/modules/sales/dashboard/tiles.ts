import { useQuery } from '@tanstack/react-query';
import type { RowOf } from '../../../../src/kernel/contract/resource.ts';
import type {
  ChartForm,
  Grouping,
  PeriodUnit,
  Range,
  TileFigure,
} from '../../../../src/modules/sales/figures/contract.ts';
import type { ownDashboard } from '../../../../src/modules/sales/own-dashboard/contract.ts';
import { api, changing, readAll } from '../../../platform/query/api.ts';
import { inTurn } from '../../../platform/query/lanes.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import { offerUndo } from '../../../platform/query/undo.ts';
import { useMay } from '../../../platform/session/session.tsx';
import { t } from '../../../text/text.ts';
import type { Subject } from './dashboard.ts';

export type Board = RowOf<typeof ownDashboard>;

/** What a tile shows and how. */
export interface TileForm {
  title: string | null;
  figure: TileFigure;
  grouping: Grouping;
  /** The key of a custom field of deals, for the grouping `custom`. */
  custom_key: string | null;
  chart: ChartForm;
  range: Range;
  period: PeriodUnit;
  filter: Subject;
  width: number;
  height: number;
}

/** Shows regions, of whatever source the reader chooses; one that names a region means that of the company. */
export const isByRegion = ({ grouping, filter }: Pick<TileForm, 'grouping' | 'filter'>): boolean =>
  grouping === 'region' && filter.region === undefined;

export interface Tile extends TileForm {
  id: string;
  version: number;
  dashboard_id: string;
}

const keys = { boards: ['dashboard', 'boards'], tiles: ['dashboard', 'tiles'] };

/** One's own dashboards and those others have shared, by name. */
export function useBoards() {
  const may = useMay();
  return useQuery({
    enabled: may('dashboard', 'read'),
    queryKey: keys.boards,
    queryFn: async ({ signal }) => (await readAll<Board>('/dashboards', { sort: 'name' }, signal)).data,
  });
}

export function useTiles(board: string | undefined) {
  return useQuery({
    enabled: board !== undefined,
    queryKey: [...keys.tiles, board],
    queryFn: async ({ signal }) => {
      const filter = JSON.stringify({ field: 'dashboard_id', op: 'eq', value: board });
      return (await readAll<Tile>('/dashboard-tiles', { filter, sort: 'position' }, signal)).data;
    },
  });
}

const reread = (key: string[]) => queryClient.invalidateQueries({ queryKey: key });

export async function makeBoard(body: Partial<Board>, tiles: readonly TileForm[]): Promise<Board> {
  const board = await api.post<Board>('/dashboards/with-tiles', { ...body, tiles: tiles.map(formOf) });
  await reread(keys.boards);
  return board;
}

export async function changeBoard(id: string, body: Partial<Board>, version: number | undefined): Promise<void> {
  const { data, change } = await changing.patch<Board>(`/dashboards/${id}`, body, version);
  await reread(keys.boards);
  offerUndo(t('“{name}” is saved', { name: data.name }), change);
}

export async function removeBoard(board: Board): Promise<void> {
  const { change } = await changing.delete(`/dashboards/${board.id}`);
  await reread(keys.boards);
  offerUndo(t('“{name}” is deleted', { name: board.name }), change);
}

/** What the server takes of a tile: of one that it sent, without what it adds. */
export const formOf = ({
  title,
  figure,
  grouping,
  custom_key,
  chart,
  range,
  period,
  filter,
  width,
  height,
}: TileForm): TileForm => ({
  title,
  figure,
  grouping,
  custom_key,
  chart,
  range,
  period,
  filter,
  width,
  height,
});

export async function addTile(dashboard_id: string, form: TileForm): Promise<Tile> {
  const { data, change } = await changing.post<Tile>('/dashboard-tiles', { ...formOf(form), dashboard_id });
  await reread(keys.tiles);
  offerUndo(t('Tile added'), change);
  return data;
}

export async function changeTile(tile: Tile, body: Partial<TileForm>): Promise<Tile> {
  const { data, change } = await changing.patch<Tile>(`/dashboard-tiles/${tile.id}`, body, tile.version);
  await reread(keys.tiles);
  offerUndo(t('Tile changed'), change);
  return data;
}

export async function removeTile(tile: Tile): Promise<void> {
  const { change } = await changing.delete(`/dashboard-tiles/${tile.id}`);
  await reread(keys.tiles);
  offerUndo(t('Tile removed'), change);
}

/** Shows the new order at once. */
export async function arrange(board: string, tiles: readonly Tile[]): Promise<void> {
  queryClient.setQueryData([...keys.tiles, board], tiles);
  try {
    const tile_ids = tiles.map(({ id }) => id);
    const { change } = await inTurn('tile order', () =>
      changing.post(`/dashboards/${board}/arrangement`, { tile_ids }),
    );
    offerUndo(t('Tile moved'), change);
  } finally {
    await reread(keys.tiles);
  }
}

/** The tiles with one of them moved to a place among the others. */
export function moved<Item>(items: readonly Item[], from: number, to: number): Item[] {
  const rest = items.filter((_, index) => index !== from);
  return [...rest.slice(0, to), items[from]!, ...rest.slice(to)];
}
