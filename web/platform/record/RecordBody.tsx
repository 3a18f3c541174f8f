import { CatchBoundary, type ErrorComponentProps, useLocation } from '@tanstack/react-router';
import { type ReactNode, Suspense, useCallback, useEffect, useState } from 'react';
import { lazyPart } from '../../text/lazy.ts';
import { t } from '../../text/text.ts';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { SkeletonRows } from '../../ui/Skeleton.tsx';
import { Tabs } from '../../ui/Tabs.tsx';
import { useElementWidth } from '../../ui/useElementWidth.ts';
import { isMissingPart } from '../page/RouteError.tsx';
import { queryClient } from '../query/queryClient.ts';
import { reportPageError } from '../session/pageErrors.ts';
import { useMay } from '../session/session.tsx';
import type { RecordDefinition } from './definition.ts';
import { FieldList } from './FieldList.tsx';
import type { AnyRecord } from './field.ts';
import { TimelinePane } from './timeline/TimelinePane.tsx';
import { useFields } from './useFields.ts';

const LazyRecordRelated = lazyPart(() => import('./RecordRelated.tsx'));

const two_columns_px = 760;
const three_columns_px = 1120;

/**
 * Fields, timeline (where something can be attached) and connections: side by side where there is room, in tabs where
 * there is not.
 */
export function RecordBody({ definition, record }: { definition: RecordDefinition; record: AnyRecord }) {
  // An address that points to an entry of the timeline opens there, also when the record is open already.
  const hash = useLocation({ select: (location) => location.hash });
  const [tab, setTab] = useState(hash ? 'timeline' : 'details');
  useEffect(() => {
    if (hash) setTab('timeline');
  }, [hash]);
  const [box, width] = useElementWidth<HTMLDivElement>();
  const { resource, contract, Related } = definition;
  const known = useFields(definition);
  const part = (children: ReactNode) => <Part of={record}>{children}</Part>;
  const fields = part(<FieldList resource={resource} record={record} fields={known} />);
  const may = useMay();
  const added = definition.tabs
    .filter((own) => !own.resource || may(own.resource, 'read'))
    .map(({ id, label, Part: Content }) => ({
      id,
      label,
      content: part(
        <Suspense fallback={<SkeletonRows label={t('Loading {part}', { part: label })} />}>
          <Content record={record} />
        </Suspense>,
      ),
    }));
  const timeline = contract.attachable && part(<TimelinePane resource={resource} record={record} fields={known} />);
  const first = timeline ? [{ id: 'timeline', label: t('Timeline'), content: timeline }] : [];
  const tabs = [...first, ...added];
  const middle =
    added.length === 0 ? (
      timeline
    ) : (
      <Tabs
        label={t('Parts of the record')}
        value={tabs.some(({ id }) => id === tab) ? tab : tabs[0]!.id}
        onChange={setTab}
        tabs={tabs}
      />
    );
  const related = part(
    <Suspense fallback={<SkeletonRows label={t('Loading what it is connected to')} />}>
      {Related ? <Related record={record} /> : <LazyRecordRelated definition={definition} record={record} />}
    </Suspense>,
  );

  return (
    <div ref={box} className="flex min-h-0 flex-1 print:block">
      {width === null ? null : width >= two_columns_px && !middle ? (
        <>
          <div className="min-w-0 flex-1 overflow-y-auto px-3 py-4">{fields}</div>
          <div className="w-80 shrink-0 overflow-y-auto print:w-auto border-s border-line px-4 py-4">{related}</div>
        </>
      ) : width >= three_columns_px ? (
        <>
          <div className="w-80 shrink-0 overflow-y-auto print:w-auto border-e border-line px-3 py-4">{fields}</div>
          <div className="min-w-0 flex-1 overflow-y-auto">{middle}</div>
          <div className="w-80 shrink-0 overflow-y-auto print:w-auto border-s border-line px-4 py-4">{related}</div>
        </>
      ) : width >= two_columns_px ? (
        <>
          <div className="w-80 shrink-0 overflow-y-auto print:w-auto border-e border-line px-3 py-4">
            {fields}
            <div className="mt-6 px-2">{related}</div>
          </div>
          <div className="min-w-0 flex-1 overflow-y-auto">{middle}</div>
        </>
      ) : (
        <Tabs
          label={t('Parts of the record')}
          value={tab}
          onChange={setTab}
          tabs={[
            { id: 'details', label: t('Details'), content: <div className="px-2 py-4 md:px-3">{fields}</div> },
            ...first,
            // Before what products add, which does not fit a phone: here are the members of a household.
            { id: 'related', label: t('Related'), content: <div className="px-4 py-4 md:px-5">{related}</div> },
            ...added,
          ]}
        />
      )}
    </div>
  );
}

/** One that breaks while it is drawn leaves the others, until the record changes. */
function Part({ of: { id, version }, children }: { of: AnyRecord; children: ReactNode }) {
  // The same one each time: another component would be told of the error anew.
  const Broken = useCallback((props: ErrorComponentProps) => <BrokenPart {...props} of={id} />, [id]);
  return (
    <CatchBoundary getResetKey={() => `${id} ${version}`} errorComponent={Broken}>
      {children}
    </CatchBoundary>
  );
}

function BrokenPart({ error, reset, of }: ErrorComponentProps & { of: string }) {
  // What could not be fetched is for the page to say.
  if (isMissingPart(error)) throw error;
  // React has caught it, so that the window does not hear of it.
  useEffect(() => reportPageError(error), [error]);
  return (
    <ErrorState
      title={t('Something went wrong in this part of the page')}
      detail={t('Nothing you saved is lost. Load it again; if it stays, tell your administrator.')}
      onRetry={() => {
        // What it could not draw nobody looks at by now. What else was read of other records may be all there is of
        // them without a network.
        queryClient.removeQueries({ type: 'inactive', predicate: ({ queryHash }) => queryHash.includes(of) });
        reset();
      }}
    />
  );
}
