import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { api, readAll } from '../../app/api.ts';
import { queryClient } from '../../app/queryClient.ts';
import { pathOf, type Resource } from '../../app/resources.ts';
import { useMay } from '../../app/session.tsx';
import type { TableLayout } from '../../ui/table/useTableLayout.ts';
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

const layoutOf = ({ columns }: SavedView): TableLayout => ({
  columnOrder: columns.order,
  columnSizing: columns.widths,
  columnVisibility: Object.fromEntries([
    ...columns.order.map((id) => [id, true]),
    ...columns.hidden.map((id) => [id, false]),
  ]),
  // Views from before there was pinning do not say.
  pinned: columns.pinned ?? [],
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

/** Creates a view, or changes one. */
export async function saveView(body: Partial<SavedView>, saved?: SavedView): Promise<SavedView> {
  const kept = saved
    ? await api.patch<SavedView>(`${pathOf('saved_view')}/${saved.id}`, body, saved.version)
    : await api.post<SavedView>(pathOf('saved_view'), body);
  await queryClient.invalidateQueries({ queryKey: ['saved_view'] });
  return kept;
}

export async function deleteView({ id, version }: SavedView): Promise<void> {
  await api.delete(`${pathOf('saved_view')}/${id}`, version);
  await queryClient.invalidateQueries({ queryKey: ['saved_view'] });
}
