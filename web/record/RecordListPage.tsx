import { useNavigate, useSearch } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import { Suspense, useCallback, useEffect, useMemo, useState } from 'react';
import { useLongList } from '../app/longList.ts';
import { NoRightsPage } from '../app/NoRightsPage.tsx';
import { PageBar } from '../app/PageBar.tsx';
import { QueryError } from '../app/QueryError.tsx';
import { useMay, useSession } from '../app/session.tsx';
import { useKey } from '../app/shortcuts.ts';
import { usePageTitle } from '../app/usePageTitle.ts';
import { t } from '../text/text.ts';
import { Button } from '../ui/Button.tsx';
import { formatNumber, today } from '../ui/format.ts';
import type { Sort } from '../ui/table/column.ts';
import { DataTable } from '../ui/table/DataTable.tsx';
import { readSort, writeSort } from '../ui/table/sort.ts';
import { shownColumns, startLayout } from '../ui/table/useTableLayout.ts';
import { columnsFor, withCurrencies } from './columns.tsx';
import type { ListView, RecordDefinition } from './definition.ts';
import { ExportMenu } from './ExportMenu.tsx';
import type { AnyRecord } from './field.ts';
import { both, prune } from './filter/filter.ts';
import { LayoutSwitch } from './forms/LayoutSwitch.tsx';
import { formOf, groupFields, type ListForm } from './forms/listForm.ts';
import { ListNothing } from './ListNothing.tsx';
import { ListSums } from './ListSums.tsx';
import {
  LazyByPicker,
  LazyFilterBar,
  LazyGroupPicker,
  LazyRecordBoard,
  LazyRecordCalendar,
  LazyRecordForm,
  LazyRecordGroups,
  LazySelectionActions,
  LazyViewMenu,
  preloadParts,
} from './lazyParts.ts';
import type { ListSearch } from './listSearch.ts';
import { NarrowRow } from './NarrowRow.tsx';
import { OpenRecord } from './OpenRecord.tsx';
import { useSheet } from './sheet/useSheet.ts';
import type { Values } from './useDraft.ts';
import { useFields } from './useFields.ts';
import { ViewTabs } from './ViewTabs.tsx';
import { useSavedViews } from './view/savedViews.ts';
import { ViewMissing } from './view/ViewMissing.tsx';

interface RecordListPageProps {
  definition: RecordDefinition;
  /** Its form where the address names none. */
  as?: ListForm | undefined;
  /** What a new one starts with, beside its owner. */
  start?: Values;
}

export function RecordListPage(props: RecordListPageProps) {
  const { definition } = props;
  const may = useMay();
  usePageTitle(definition.title);
  if (!may(definition.resource, 'read'))
    return (
      <NoRightsPage
        title={t(
          'Your role does not let you see {noun, select, contact {contacts} company {companies} other {deals}}',
          { noun: definition.resource },
        )}
      />
    );
  return <ViewedList {...props} />;
}

/** All records are not the rows of a view that is not there, or not yet. */
function ViewedList(props: RecordListPageProps) {
  const { definition } = props;
  const search = useSearch({ strict: false }) as ListSearch;
  const session = useSession();
  const saved = useSavedViews(definition.resource);
  const views = [...definition.views(session), ...saved.views];
  const isThere = search.view === undefined || views.some(({ id }) => id === search.view);
  if (isThere) return <ListPage {...props} views={views} />;
  return (
    <>
      <PageBar title={<h1>{definition.title}</h1>} views={<ViewTabs path={definition.path} views={views} />} />
      <ViewMissing definition={definition} query={saved.query} />
    </>
  );
}

function ListPage({ definition, as, start, views }: RecordListPageProps & { views: readonly ListView[] }) {
  const { resource, path } = definition;
  const search = useSearch({ strict: false }) as ListSearch;
  const navigate = useNavigate();
  const session = useSession();
  const may = useMay();
  const fields = useFields(definition);
  /** What a new one starts with when it is made on a day or in a column. */
  const [placed, setPlaced] = useState<Values>({});
  const view = views.find(({ id }) => id === search.view) ?? views[0];
  const kept = view?.saved;
  const form = formOf({ as: search.as ?? kept?.layout ?? as, by: search.by ?? kept?.arrangement.by }, fields);
  const groupable = groupFields(fields);
  const group = groupable.find(({ key }) => key === (search.group ?? kept?.arrangement.group));
  const span = search.span ?? kept?.arrangement.span ?? 'month';
  // A view that changed starts over with the columns it now has.
  const layoutKey = view?.saved ? `${view.id}.${view.saved.version}` : resource;

  const go = useCallback(
    (change: Partial<ListSearch>, replace = false) =>
      void navigate({ to: path, search: (kept: ListSearch) => ({ ...kept, ...change }), replace }),
    [navigate, path],
  );
  const sorted = search.sort ?? view?.sort ?? definition.defaultSort;
  const sort = useMemo(() => readSort(sorted), [sorted]);
  const onSort = useCallback((next: Sort[]) => go({ sort: writeSort(next) ?? undefined }, true), [go]);
  // The filter of a view that somebody made stands in the bar, to be seen and changed; that of one of ours goes without saying.
  const conditions = search.filter ?? view?.saved?.filter ?? null;
  const filter = both(view?.saved ? null : (view?.filter ?? null), prune(conditions));
  const list = useLongList<AnyRecord>(resource, {
    filter,
    sort: writeSort(sort),
    enabled: form.as === 'table' && !group,
  });

  const shown = !list.isPending;
  useEffect(() => {
    if (shown) preloadParts();
  }, [shown]);

  const mayCreate = may(resource, 'create');
  function create(values: Values) {
    setPlaced(values);
    go({ create: true });
  }
  useKey('c', mayCreate ? () => create({}) : null);
  const mayEdit = useCallback(
    (record: AnyRecord) => may(resource, 'update', (record.owner_id as string | null) ?? null),
    [may, resource],
  );
  const sheet = useSheet(definition, fields, mayEdit);
  const { write } = sheet;
  const columns = useMemo(() => columnsFor(definition, fields, mayEdit, write), [definition, fields, mayEdit, write]);
  const open = useCallback((record: { id: string }) => go({ open: record.id }), [go]);
  const selectionActions = ({ ids, all }: { ids: string[]; all: boolean }, clear: (toRow?: string) => void) => (
    <Suspense>
      <LazySelectionActions definition={definition} selected={{ ids: all ? null : ids, filter }} onDone={clear} />
    </Suspense>
  );

  return (
    <>
      <PageBar
        title={<h1>{definition.title}</h1>}
        views={<ViewTabs path={path} views={views} current={view?.id} />}
        actions={
          <>
            {may('export', 'create') && (
              <ExportMenu
                resource={resource}
                path={path}
                filter={filter}
                sort={writeSort(sort)}
                columns={() => withCurrencies(fields, shownColumns(layoutKey, startLayout(columns, view?.layout)))}
              />
            )}
            <LayoutSwitch path={path} as={form.as} offered={form.offered} />
            {mayCreate && (
              <Button emphasis="primary" icon={<Plus size={14} />} onClick={() => create({})}>
                <span className="max-sm:sr-only">
                  {t('{noun, select, contact {New contact} company {New company} other {New deal}}', {
                    noun: resource,
                  })}
                </span>
              </Button>
            )}
          </>
        }
      />
      <div className="flex min-h-0 flex-1">
        <div className="flex min-h-0 min-w-0 flex-1 flex-col bg-surface">
          <div className="flex min-h-11 shrink-0 flex-wrap items-start gap-2 border-b border-line px-2 py-1.5 md:px-3">
            <Suspense>
              {form.by && <LazyByPicker choices={form.choices} by={form.by} onChange={(by) => go({ by }, true)} />}
              {form.as === 'table' && (
                <LazyGroupPicker
                  choices={groupable}
                  group={group}
                  onChange={(key) => go({ group: key ?? (kept?.arrangement.group ? '' : undefined) }, true)}
                />
              )}
              <div className="min-w-24 flex-1">
                <LazyFilterBar
                  definition={definition}
                  filter={conditions}
                  onChange={(next) => go({ filter: next ?? (view?.saved ? { and: [] } : undefined) }, true)}
                />
              </div>
              <div className="ms-auto">
                {may('saved_view', 'create') && (
                  <LazyViewMenu
                    definition={definition}
                    view={view}
                    layoutKey={layoutKey}
                    filter={filter}
                    sort={writeSort(sort)}
                    layout={form.as}
                    arrangement={{
                      ...(form.by && { by: form.by.key }),
                      ...(group && { group: group.key }),
                      ...(form.as === 'calendar' && { span }),
                    }}
                    onOpen={(id) =>
                      go({
                        view: id,
                        filter: undefined,
                        sort: undefined,
                        as: undefined,
                        by: undefined,
                        group: undefined,
                        span: undefined,
                      })
                    }
                  />
                )}
              </div>
            </Suspense>
          </div>
          {form.as === 'calendar' && form.by ? (
            <Suspense>
              <LazyRecordCalendar
                definition={definition}
                by={form.by}
                filter={filter}
                day={search.day ?? today()}
                span={span}
                onShow={(day, span) => go({ day, span: span === 'week' ? span : undefined }, true)}
                onOpen={open}
                mayEdit={mayEdit}
                onCreate={mayCreate ? (day) => create({ [form.by?.key ?? '']: day }) : undefined}
              />
            </Suspense>
          ) : form.as === 'board' && form.by ? (
            <Suspense>
              <LazyRecordBoard
                definition={definition}
                by={form.by}
                filter={filter}
                sort={writeSort(sort)}
                mayEdit={mayEdit}
                onOpen={open}
              />
            </Suspense>
          ) : group ? (
            <Suspense>
              <LazyRecordGroups
                key={group.key}
                definition={definition}
                fields={fields.filter((field) => field.inTable && field.key !== group.key).slice(1, 6)}
                by={group}
                filter={filter}
                sort={writeSort(sort)}
                openId={search.open ?? null}
                onOpen={open}
                selectionActions={selectionActions}
              />
            </Suspense>
          ) : list.isError && list.rows.length === 0 ? (
            <QueryError
              title={t(
                '{noun, select, contact {The contacts could not be read} company {The companies could not be read} other {The deals could not be read}}',
                { noun: resource },
              )}
              query={list}
            />
          ) : (
            <DataTable
              key={layoutKey}
              label={definition.title}
              layoutKey={layoutKey}
              layout={view?.layout}
              columns={columns}
              rows={list.rows}
              rowLabel={(record) => String(record.name ?? t('Unnamed'))}
              part={list.part}
              loading={list.isReading}
              sort={sort}
              onSort={onSort}
              openId={search.open ?? null}
              onOpen={open}
              renderNarrow={(record) => <NarrowRow definition={definition} record={record} />}
              whole={
                list.total === null
                  ? undefined
                  : { total: list.total, exact: list.totalIsExact, key: JSON.stringify(filter) }
              }
              sheet={sheet}
              selectionActions={selectionActions}
              footer={
                <>
                  <Count list={list} noun={resource} />
                  <ListSums definition={definition} filter={filter} />
                </>
              }
              empty={
                <ListNothing
                  definition={definition}
                  filtered={search.filter !== undefined}
                  view={view?.filter && view.label}
                  onClear={() => go({ filter: undefined, view: views.find((each) => !each.filter)?.id })}
                  onCreate={() => create({})}
                />
              }
            />
          )}
        </div>
        <OpenRecord
          definition={definition}
          id={search.open}
          rows={list.rows}
          onOpen={(id) => go({ open: id }, true)}
          onClose={() => go({ open: undefined })}
        />
      </div>
      <Suspense>
        {search.create && mayCreate && (
          <LazyRecordForm
            definition={definition}
            start={{ owner_id: { id: session.user.id, name: session.user.name }, ...start, ...placed }}
            onClose={() => go({ create: undefined }, true)}
            onSaved={(record) => go({ create: undefined, open: record.id }, true)}
          />
        )}
      </Suspense>
    </>
  );
}

function Count({ list, noun }: { list: ReturnType<typeof useLongList>; noun: string }) {
  if (list.total === null) return null;
  const counted = `${formatNumber(list.total)}${list.totalIsExact ? '' : '+'}`;
  return (
    <span>
      {t(
        '{noun, select, contact {{count, plural, one {{counted} contact} other {{counted} contacts}}} company {{count, plural, one {{counted} company} other {{counted} companies}}} other {{count, plural, one {{counted} deal} other {{counted} deals}}}}',
        { noun, count: list.total, counted },
      )}
    </span>
  );
}
