import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { t } from '../../../text/text.ts';
import type { TableLayout } from '../../../ui/table/useTableLayout.ts';
import { changing, readAll } from '../../query/api.ts';
import { queryClient } from '../../query/queryClient.ts';
import { pathOf, type Resource } from '../../query/resources.ts';
import { offerUndo } from '../../query/undo.ts';
import { useMay } from '../../session/session.tsx';
import type { ListView, SavedView } from '../definition.ts';

/** One's own views and those others have shared, by name. */
export function useAllSavedViews() {
  const may = useMay();
  return useQuery({
    enabled: may('saved_view', 'read'),
    queryKey: ['saved_view', 'other', 'all'],
    queryFn: ({ signal }) => readAll<SavedView>(pathOf('saved_view'), { sort: 'name' }, signal),
  });
}

/** Those of one record type. */
export function useSavedViews(type: Resource) {
  const query = useAllSavedViews();
  const views = useMemo(
    () => (query.data?.data ?? []).filter(({ resource }) => resource === type).map(viewOf),
    [query.data, type],
  );
  return { views, query };
}

const viewOf = (saved: SavedView): ListView => ({
  id: saved.id,
  label: saved.name,
  filter: saved.filter ?? undefined,
  sort: saved.sort ?? undefined,
  layout: layoutOf(saved),
  saved,
});

/** Views from before there was a setting do not say it, nor do those that were stored with more of it than fits now. */
const layoutOf = ({ columns: { order = [], hidden = [], widths = {}, pinned = [] } }: SavedView): TableLayout => ({
  columnOrder: order,
  columnSizing: widths,
  columnVisibility: Object.fromEntries([...order.map((id) => [id, true]), ...hidden.map((id) => [id, false])]),
  pinned,
});

export const columnsOf = ({
  columnOrder,
  columnSizing,
  columnVisibility,
  pinned,
}: TableLayout): SavedView['columns'] => ({
  order: columnOrder,
  hidden: columnOrder.filter((id) => columnVisibility[id] === false),
  widths: Object.fromEntries(Object.entries(columnSizing).map(([id, width]) => [id, Math.round(width)])),
  pinned,
});

/** Changes a view; without one, makes one. */
export async function saveView(body: Partial<SavedView>, view?: SavedView): Promise<SavedView> {
  const path = pathOf('saved_view');
  const { data, change } = await (view
    ? changing.patch<SavedView>(`${path}/${view.id}`, body, view.version)
    : changing.post<SavedView>(path, body));
  await reread();
  offerUndo(t('“{name}” is saved', { name: data.name }), change);
  return data;
}

export async function deleteView({ id, name, version }: SavedView): Promise<void> {
  const { change } = await changing.delete(`${pathOf('saved_view')}/${id}`, version);
  await reread();
  offerUndo(t('“{name}” is deleted', { name }), change);
}

const reread = () => queryClient.invalidateQueries({ queryKey: ['saved_view'] });
