import { useSearch } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import { Suspense, useCallback, useEffect, useMemo, useState } from 'react';
import { t, translateServerText } from '../../text/text.ts';
import { Button } from '../../ui/Button.tsx';
import { formatNumber, today } from '../../ui/format.ts';
import { DataTable } from '../../ui/table/DataTable.tsx';
import { writeSort } from '../../ui/table/sort.ts';
import { shownColumns } from '../../ui/table/useTableLayout.ts';
import { NoRightsPage } from '../page/NoRightsPage.tsx';
import { PageBar } from '../page/PageBar.tsx';
import { useKey } from '../page/useKey.ts';
import { usePageTitle } from '../page/usePageTitle.ts';
import { useLongList } from '../query/longList.ts';
import { QueryError } from '../query/QueryError.tsx';
import type { Resource } from '../query/resources.ts';
import { useMay, useSession } from '../session/session.tsx';
import { columnsFor, withCurrencies } from './columns.tsx';
import type { ListView, OwnBoard, RecordDefinition } from './definition.ts';
import { ExportMenu } from './ExportMenu.tsx';
import { type AnyRecord, type FieldDef, isPartial } from './field.ts';
import { impliedBy } from './filter/filter.ts';
import { ListNothing } from './ListNothing.tsx';
import { ListSums } from './ListSums.tsx';
import { ListTools } from './ListTools.tsx';
import { LayoutSwitch } from './layouts/LayoutSwitch.tsx';
import { ownBoardOf } from './layouts/wantedLayout.ts';
import { LazyRecordForm } from './lazyForm.ts';
import {
  LazyLostLayout,
  LazyRecordBoard,
  LazyRecordCalendar,
  LazyRecordGroups,
  LazySealedSearchButton,
  LazySelectionActions,
  LazyViewMissing,
  preloadParts,
} from './lazyList.ts';
import type { ListSearch } from './listSearch.ts';
import { NarrowRow } from './NarrowRow.tsx';
import { OpenRecord } from './OpenRecord.tsx';
import { nameInList } from './recordName.ts';
import { wordsOf } from './recordTypes.ts';
import { useSheet } from './sheet/useSheet.ts';
import { useArrangement } from './useArrangement.ts';
import { ViewTabs } from './ViewTabs.tsx';
import type { Values } from './values.ts';
import { useSavedViews } from './view/savedViews.ts';

export function RecordListPage({ definition }: { definition: RecordDefinition }) {
  const may = useMay();
  usePageTitle(definition.plural);
  const { types } = wordsOf(definition.resource);
  if (!may(definition.resource, 'read'))
    return <NoRightsPage title={t('Your role does not let you see {types}', { types })} />;
  return <ViewedList definition={definition} />;
}

/** All records are not the rows of a view that is not there, or not yet. */
function ViewedList({ definition }: { definition: RecordDefinition }) {
  const search = useSearch({ strict: false }) as ListSearch;
  const session = useSession();
  const saved = useSavedViews(definition.resource);
  const ownBoard = ownBoardOf(search, definition);
  const views = [...(ownBoard ?? definition).views(session), ...saved.views];
  const isThere = ownBoard || search.view === undefined || views.some(({ id }) => id === search.view);
  if (isThere) return <ListPage definition={definition} views={views} ownBoard={ownBoard} />;
  return (
    <>
      <PageBar title={<h1>{definition.plural}</h1>} views={<ViewTabs path={definition.path} views={views} />} />
      <Suspense>{!saved.query.isLoading && <LazyViewMissing definition={definition} query={saved.query} />}</Suspense>
    </>
  );
}

/** The sealed field that has an index of its parts, where records have one. */
function sealedFieldOf({ contract }: RecordDefinition): Pick<FieldDef, 'key' | 'label'> | undefined {
  const [key, meta] = [...contract.meta].find(([, { sealed }]) => sealed?.parts) ?? [];
  return key && meta ? { key, label: translateServerText(meta.title) } : undefined;
}

interface ListPageProps {
  definition: RecordDefinition;
  views: readonly ListView[];
  ownBoard: OwnBoard | undefined;
}

function ListPage({ definition, views, ownBoard }: ListPageProps) {
  const { resource, path } = definition;
  const may = useMay();
  const arrangement = useArrangement(definition, views);
  const { search, go, fields, view, layout, by, group, span, layoutKey, sort, onSort, asked, filter, period } =
    arrangement;
  const ownLayout = definition.ownLayouts.find(({ id }) => id === layout);
  const start = definition.useStart();
  /** What a new one starts with when it is made on a day or in a column. */
  const [placed, setPlaced] = useState<Values>({});
  const creating = search.create === true;
  useEffect(() => {
    // The next may be made from elsewhere.
    if (!creating) setPlaced({});
  }, [creating]);
  const list = useLongList<AnyRecord>(resource, {
    filter,
    sort: writeSort(sort),
    enabled: layout === 'table' && !group,
  });

  /** The ids of the records on a board, in a calendar or in groups. */
  const [order, setOrder] = useState<readonly string[]>([]);

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
    (record: AnyRecord) => !isPartial(record) && may(resource, 'update', (record.owner_id as string | null) ?? null),
    [may, resource],
  );
  const sheet = useSheet(definition, fields, mayEdit);
  const { write } = sheet;
  const columns = useMemo(() => columnsFor(definition, fields, mayEdit, write), [definition, fields, mayEdit, write]);
  const open = useCallback((record: { id: string }) => go({ open: record.id }), [go]);
  // What nobody may do anything with is not selected either.
  const mayChange = ['update', 'delete'].some((action) => may(resource, action));
  const selects = mayChange || definition.bulkActions.some(({ right }) => may(...right));
  const selectionActions = ({ ids, all }: { ids: string[]; all: boolean }, clear: (toRow?: string) => void) => (
    <Suspense>
      <LazySelectionActions definition={definition} selected={{ ids: all ? null : ids, filter }} onDone={clear} />
    </Suspense>
  );

  const sealedField = sealedFieldOf(definition);
  const nothing = (
    <ListNothing
      definition={definition}
      filtered={search.filter !== undefined || (period !== undefined && search.asOf !== undefined)}
      view={view?.filter && view.label}
      onClear={() => go({ filter: undefined, asOf: undefined, view: views.find((each) => !each.filter)?.id })}
      onCreate={() => create({})}
    />
  );

  return (
    <>
      <PageBar
        title={<h1>{definition.plural}</h1>}
        views={<ViewTabs path={path} views={views} current={view?.id} />}
        actions={
          <>
            {sealedField && (
              <Suspense>
                <LazySealedSearchButton definition={definition} field={sealedField} />
              </Suspense>
            )}
            {may('export', 'create') && (
              <ExportMenu
                definition={definition}
                filter={filter}
                sort={writeSort(sort)}
                columns={() => withCurrencies(fields, shownColumns(layoutKey, columns, view?.layout))}
              />
            )}
            <LayoutSwitch definition={definition} current={layout} offered={arrangement.offered} />
            {mayCreate && (
              <Button emphasis="primary" icon={<Plus size={14} />} onClick={() => create({})}>
                <span className="max-sm:sr-only">{definition.newLabel}</span>
              </Button>
            )}
          </>
        }
      />
      <div className="flex min-h-0 flex-1">
        <div className="flex min-h-0 min-w-0 flex-1 flex-col bg-surface">
          <ListTools definition={definition} ownBoard={ownBoard} columns={columns} arrangement={arrangement} />
          {ownLayout ? (
            <Suspense>
              <ownLayout.List
                definition={definition}
                filter={filter}
                sort={writeSort(sort)}
                onOpen={open}
                openId={search.open ?? null}
                onOrder={setOrder}
                onCreate={mayCreate ? create : undefined}
                empty={nothing}
              />
            </Suspense>
          ) : ownBoard ? (
            <Suspense>
              <ownBoard.Board
                filter={filter}
                onOpen={open}
                openId={search.open ?? null}
                onOrder={setOrder}
                onCreate={mayCreate ? create : undefined}
                empty={nothing}
              />
            </Suspense>
          ) : arrangement.isLost ? (
            <Suspense>
              <LazyLostLayout definition={definition} />
            </Suspense>
          ) : layout === 'calendar' && by ? (
            <Suspense>
              <LazyRecordCalendar
                definition={definition}
                by={by}
                filter={filter}
                day={search.day ?? today()}
                span={span}
                onShow={(day, span) => go({ day, span: span === 'week' ? span : undefined }, true)}
                onOpen={open}
                onOrder={setOrder}
                mayEdit={mayEdit}
                onCreate={mayCreate ? (day) => create({ [by.key]: day }) : undefined}
              />
            </Suspense>
          ) : layout === 'board' && by ? (
            <Suspense>
              <LazyRecordBoard
                definition={definition}
                by={by}
                filter={filter}
                sort={writeSort(sort)}
                mayEdit={mayEdit}
                onOpen={open}
                openId={search.open ?? null}
                onOrder={setOrder}
                onCreate={mayCreate ? create : undefined}
                empty={nothing}
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
                onOrder={setOrder}
                selectionActions={selects ? selectionActions : undefined}
                empty={nothing}
              />
            </Suspense>
          ) : list.isError && list.rows.length === 0 ? (
            <QueryError title={t('The {types} could not be read', { types: wordsOf(resource).types })} query={list} />
          ) : (
            <DataTable
              key={layoutKey}
              label={definition.plural}
              layoutKey={layoutKey}
              layout={view?.layout}
              columns={columns}
              rows={list.rows}
              rowLabel={(record) => nameInList(definition, record)}
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
              selectionActions={selects ? selectionActions : undefined}
              footer={
                <>
                  <Count list={list} resource={resource} />
                  {list.isInOtherOrder && (
                    <span role="status">
                      {t('Names are sealed, and these are too many to sort by name. The newest come first.')}
                    </span>
                  )}
                  <ListSums definition={definition} filter={filter} />
                </>
              }
              empty={nothing}
            />
          )}
        </div>
        <OpenRecord
          definition={definition}
          id={ownLayout?.showsRecord ? undefined : search.open}
          order={layout === 'table' && !group ? list.rows.map(({ id }) => id) : order}
          onOpen={(id) => go({ open: id }, true)}
          onClose={() => go({ open: undefined })}
        />
      </div>
      <Suspense>
        {search.create && mayCreate && (
          <LazyRecordForm
            definition={definition}
            start={start}
            placed={{ ...impliedBy(asked, fields), ...placed }}
            onClose={() => go({ create: undefined }, true)}
            onSaved={(record) => go({ create: undefined, open: record.id }, true)}
          />
        )}
      </Suspense>
    </>
  );
}

function Count({ list, resource }: { list: ReturnType<typeof useLongList>; resource: Resource }) {
  if (list.total === null) return null;
  const { type, types } = wordsOf(resource);
  const counted = `${formatNumber(list.total)}${list.totalIsExact ? '' : '+'}`;
  return (
    <span>
      {t('{count, plural, one {{counted} {type}} other {{counted} {types}}}', {
        count: list.total,
        counted,
        type,
        types,
      })}
    </span>
  );
}
