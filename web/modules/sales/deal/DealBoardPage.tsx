import { useNavigate, useSearch } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import { Suspense, useMemo } from 'react';
import { PageBar } from '../../../app/PageBar.tsx';
import { messageOf, requestIdOf } from '../../../app/problem.ts';
import { useMay, useSession } from '../../../app/session.tsx';
import { useKey } from '../../../app/shortcuts.ts';
import { usePageTitle } from '../../../app/usePageTitle.ts';
import { viewClass } from '../../../app/viewLink.ts';
import { both, prune } from '../../../record/filter/filter.ts';
import { LayoutSwitch } from '../../../record/forms/LayoutSwitch.tsx';
import { columnFields, listForms } from '../../../record/forms/listForm.ts';
import { ListNothing } from '../../../record/ListNothing.tsx';
import { LazyByPicker, LazyFilterBar, LazyRecordForm } from '../../../record/lazyParts.ts';
import type { ListSearch } from '../../../record/listSearch.ts';
import { OpenRecord } from '../../../record/OpenRecord.tsx';
import { useFields } from '../../../record/useFields.ts';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { ErrorState } from '../../../ui/ErrorState.tsx';
import { Select } from '../../../ui/Select.tsx';
import { SkeletonRows } from '../../../ui/Skeleton.tsx';
import { DealBoard } from './DealBoard.tsx';
import { deal } from './definition.ts';
import { useNewDeal, usePipelines } from './pipelines.ts';

/** The open deals of one pipeline, a column for each stage. */
export default function DealBoardPage() {
  usePageTitle(t('Deals'));
  const search = useSearch({ strict: false }) as ListSearch;
  const navigate = useNavigate();
  const session = useSession();
  const may = useMay();
  const pipelines = usePipelines();
  const pipeline = pipelines.data?.find(({ id }) => id === search.pipeline) ?? pipelines.data?.[0];
  const mine = search.view === 'mine' ? ({ field: 'owner_id', op: 'eq', value: session.user.id } as const) : null;
  const filter = useMemo(() => both(mine, prune(search.filter ?? null)), [mine, search.filter]);
  const go = (change: Partial<ListSearch>, replace = false) =>
    void navigate({ to: '/deals', search: (kept: ListSearch) => ({ ...kept, ...change }), replace });
  const mayCreate = may('deal', 'create');
  useKey('c', mayCreate ? () => go({ create: true }) : null);
  const start = useNewDeal(pipeline);
  const columns = columnFields(useFields(deal));
  const stage = columns.find(({ of }) => of === 'stage');
  const failed = pipelines.error;

  return (
    <>
      <PageBar
        title={<h1>{t('Deals')}</h1>}
        views={[undefined, 'mine'].map((view) => (
          <button
            key={view ?? 'all'}
            type="button"
            aria-pressed={(search.view === 'mine' ? 'mine' : undefined) === view}
            onClick={() => go({ view })}
            className={viewClass}
          >
            {view ? t('Mine') : t('Everyone’s')}
          </button>
        ))}
        actions={
          <>
            <LayoutSwitch path="/deals" as="board" offered={listForms} />
            {mayCreate && (
              <Button emphasis="primary" icon={<Plus size={14} />} onClick={() => go({ create: true })}>
                <span className="max-sm:sr-only">{t('New deal')}</span>
              </Button>
            )}
          </>
        }
      />
      <div className="flex min-h-0 flex-1">
        <div className="flex min-h-0 min-w-0 flex-1 flex-col bg-surface">
          <div className="flex min-h-11 shrink-0 flex-wrap items-center gap-2 border-b border-line px-2 py-1.5 md:px-3">
            {pipeline && (pipelines.data?.length ?? 0) > 1 && (
              <Select
                label={t('Pipeline')}
                className="w-auto! min-w-40 shrink-0"
                options={(pipelines.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
                value={pipeline.id}
                onChange={(id) => go({ pipeline: id })}
              />
            )}
            <Suspense>
              {stage && <LazyByPicker choices={columns} by={stage} onChange={(by) => go({ by }, true)} />}
              <LazyFilterBar
                definition={deal}
                filter={search.filter ?? null}
                onChange={(next) => go({ filter: next ?? undefined }, true)}
              />
            </Suspense>
          </div>
          {failed ? (
            <ErrorState
              title={t('The board could not be read')}
              detail={messageOf(failed)}
              reference={requestIdOf(failed)}
              onRetry={() => void pipelines.refetch()}
            />
          ) : pipeline ? (
            <DealBoard pipelineId={pipeline.id} filter={filter} onOpen={(opened) => go({ open: opened.id })} />
          ) : pipelines.isPending ? (
            <SkeletonRows label={t('Loading the board')} />
          ) : (
            <ListNothing
              definition={deal}
              filtered={false}
              view={undefined}
              onClear={() => go({ filter: undefined })}
              onCreate={() => go({ create: true })}
            />
          )}
        </div>
        <OpenRecord
          definition={deal}
          id={search.open}
          onOpen={(id) => go({ open: id }, true)}
          onClose={() => go({ open: undefined })}
        />
      </div>
      <Suspense>
        {search.create && mayCreate && (
          <LazyRecordForm
            definition={deal}
            start={{
              owner_id: { id: session.user.id, name: session.user.name },
              ...start,
            }}
            onClose={() => go({ create: undefined }, true)}
            onSaved={(record) => go({ create: undefined, open: record.id }, true)}
          />
        )}
      </Suspense>
    </>
  );
}
