import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';
import type { Sort } from '../../ui/table/column.ts';
import { writeSort } from '../../ui/table/sort.ts';
import type { ListView, RecordDefinition } from './definition.ts';
import { both, holdsOn, prune } from './filter/filter.ts';
import { groupFields, layoutOf } from './layouts/listLayout.ts';
import { wantedLayout } from './layouts/wantedLayout.ts';
import type { ListSearch } from './listSearch.ts';
import { useFields, useSort } from './useFields.ts';

export type Arrangement = ReturnType<typeof useArrangement>;

/** How a list stands, by its address and its view: layout, groups, sort and filter. `go` changes the address. */
export function useArrangement(definition: RecordDefinition, views: readonly ListView[]) {
  const { resource, path } = definition;
  const search = useSearch({ strict: false }) as ListSearch;
  const navigate = useNavigate();
  const fields = useFields(definition);
  const view = views.find(({ id }) => id === search.view) ?? views[0];
  const saved = view?.saved;
  const { layout, by, choices, isLost, offered } = layoutOf(
    wantedLayout(search, saved, definition),
    fields,
    definition.ownBoard?.by,
    definition.ownLayouts,
  );
  const groupable = groupFields(fields);
  const group = groupable.find(({ key }) => key === (search.group ?? saved?.arrangement.group));
  const span = search.span ?? saved?.arrangement.span ?? 'month';
  // A view that changed starts over with the columns it now has.
  const layoutKey = view?.saved ? `${view.id}.${view.saved.version}` : resource;

  const go = useCallback(
    (change: Partial<ListSearch>, replace = false) =>
      void navigate({ to: path, search: (kept: ListSearch) => ({ ...kept, ...change }), replace }),
    [navigate, path],
  );
  const sort = useSort(definition, search.sort ?? view?.sort ?? definition.defaultSort);
  const onSort = useCallback((next: Sort[]) => go({ sort: writeSort(next) ?? undefined }, true), [go]);
  // The filter of a view that somebody made stands in the bar, to be seen and changed; that of one of ours goes without
  // saying.
  const conditions = search.filter ?? saved?.filter ?? null;
  const asked = both(saved ? null : (view?.filter ?? null), prune(conditions));
  const { period } = definition.contract;
  const filter = both(asked, period && search.asOf ? holdsOn(period, search.asOf) : null);
  return {
    search,
    go,
    fields,
    view,
    layout,
    by,
    choices,
    isLost,
    offered,
    groupable,
    group,
    span,
    layoutKey,
    sort,
    onSort,
    conditions,
    asked,
    filter,
    period,
  };
}
