import { Suspense } from 'react';
import type { Column } from '../../ui/table/column.ts';
import { writeSort } from '../../ui/table/sort.ts';
import { useMay } from '../session/session.tsx';
import type { OwnBoard, RecordDefinition } from './definition.ts';
import type { AnyRecord } from './field.ts';
import { isCommonLayout } from './layouts/listLayout.ts';
import {
  LazyAsOfPicker,
  LazyByPicker,
  LazyFilterBar,
  LazyGroupPicker,
  LazySortPicker,
  LazyViewMenu,
} from './lazyList.ts';
import type { Arrangement } from './useArrangement.ts';

interface ListToolsProps {
  definition: RecordDefinition;
  ownBoard: OwnBoard | undefined;
  columns: readonly Column<AnyRecord>[];
  arrangement: Arrangement;
}

/** The bar above a list: what it is filtered, sorted and grouped by, and the menu of its view. */
export function ListTools({ definition, ownBoard, columns, arrangement }: ListToolsProps) {
  const may = useMay();
  const { search, go, view, layout, by, choices, groupable, group, span, layoutKey, sort, onSort } = arrangement;
  const { conditions, filter, period } = arrangement;
  return (
    <div className="flex min-h-11 shrink-0 flex-wrap items-start gap-2 border-b border-line px-2 py-1.5 md:px-3">
      <Suspense>
        {ownBoard && <ownBoard.Picker />}
        {(by || arrangement.isLost) && (
          <LazyByPicker choices={choices} by={by} onChange={(key) => go({ by: key }, true)} />
        )}
        {layout === 'table' && (
          <LazyGroupPicker
            choices={groupable}
            group={group}
            onChange={(key) => go({ group: key ?? (view?.saved?.arrangement.group ? '' : undefined) }, true)}
          />
        )}
        {layout !== 'calendar' && !ownBoard && (
          <LazySortPicker
            columns={columns}
            sort={sort}
            onSort={onSort}
            // The heads of a table sort it.
            className={layout === 'table' && !group ? 'md:hidden' : undefined}
          />
        )}
        {period && <LazyAsOfPicker day={search.asOf} onChange={(asOf) => go({ asOf }, true)} />}
        <div className="min-w-24 flex-1">
          <LazyFilterBar
            definition={definition}
            filter={conditions}
            onChange={(next) => go({ filter: next ?? (view?.saved ? { and: [] } : undefined) }, true)}
          />
        </div>
        <div className="ms-auto">
          {
            /* The server keeps views in the layouts that all lists have. */
            may('saved_view', 'create') && !ownBoard && isCommonLayout(layout) && (
              <LazyViewMenu
                definition={definition}
                view={view}
                layoutKey={layoutKey}
                filter={filter}
                sort={writeSort(sort)}
                layout={layout}
                arrangement={{
                  ...(by && { by: by.key }),
                  ...(group && { group: group.key }),
                  ...(layout === 'calendar' && { span }),
                }}
                onOpen={(id) =>
                  go({
                    view: id,
                    filter: undefined,
                    sort: undefined,
                    layout: undefined,
                    by: undefined,
                    group: undefined,
                    span: undefined,
                    asOf: undefined,
                  })
                }
              />
            )
          }
        </div>
      </Suspense>
    </div>
  );
}
