import { type ReactNode, useEffect, useState } from 'react';
import { QueryError } from '../../../platform/query/QueryError.tsx';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { useNarrow } from '../../../ui/media.ts';
import { SkeletonRows } from '../../../ui/Skeleton.tsx';
import { cleared } from './filters.ts';
import { type Live, LiveControls, TailState } from './LiveTail.tsx';
import { LogFilters } from './LogFilters.tsx';
import { LogHistogram } from './LogHistogram.tsx';
import { LogLinePanel } from './LogLinePanel.tsx';
import { LogList } from './LogList.tsx';
import {
  filterOf,
  fixedPeriod,
  type LogSearch,
  type Period,
  periodOf,
  rangeOf,
  ranges,
  traceUrlOf,
  useCounts,
  useLines,
  useLogSearch,
  useWorkspaces,
} from './logs.ts';
import { OlderLines } from './OlderLines.tsx';
import { useTail } from './useTail.ts';

const tail_counts_ms = 10_000;

interface LogViewerProps {
  section: string;
  /** All lines of the installation, or those of the caller's workspace. */
  everything: boolean;
  description: string;
  notice?: ReactNode;
}

/** The log: a filter, counts over time, lines newest first, one of them open beside the others. */
export function LogViewer({ section, everything, description, notice }: LogViewerProps) {
  const { search, go } = useLogSearch(section);
  const narrow = useNarrow();
  const [now, setNow] = useState(Date.now);
  const [live, setLive] = useState<Live>('off');
  const on = live !== 'off';
  const filter = filterOf(search, everything);
  const period = periodOf(search, now);
  const { data: workspaces, trace_url } = useWorkspaces(everything);
  const counts = useCounts(everything, filter, period, narrow ? 30 : 60);
  const pages = useLines(everything, filter, period, !on);
  const tail = useTail(everything, filter, on, live === 'running');
  useEffect(() => {
    if (live !== 'running') return;
    const timer = window.setInterval(() => setNow(Date.now()), tail_counts_ms);
    return () => window.clearInterval(timer);
  }, [live]);

  /** Another search is another page of the browser's history; its time ends at this moment. */
  const change = (next: Partial<LogSearch>, replace = false) => {
    setNow(Date.now());
    go(withoutEmpty({ ...search, line: undefined, ...next }), replace);
  };
  const narrowTo = ({ from, to }: Period) => {
    setLive('off');
    change({ from, to, range: undefined });
  };
  const open = (line: string | undefined) => go(withoutEmpty({ ...search, line }), search.line !== undefined);
  const begin = () => {
    setLive('running');
    if (fixedPeriod(search)) change({ from: undefined, to: undefined, range: '15m' });
  };
  const end = () => {
    setLive('off');
    setNow(Date.now());
  };

  const lines = on ? tail.lines : pages.data;
  const opened = search.line === undefined ? undefined : lines?.find(({ id }) => id === search.line);
  const uncounted = counts.error && !counts.data;
  const unread = lines === undefined && pages.error;
  const filtered = Object.keys(filter).length > 0;
  return (
    <div className="flex min-h-0 min-w-0 flex-1">
      <section aria-label={t('Logs')} className="@container min-w-0 flex-1 overflow-y-auto">
        <div className="px-4 py-6 md:px-6">
          <header className="mb-4 flex items-start justify-between gap-3 max-sm:flex-wrap">
            <div className="min-w-0 max-w-prose">
              <h2 className="text-16">{t('Logs')}</h2>
              <p className="mt-0.5 text-13 text-muted">{description}</p>
            </div>
            <div className="flex shrink-0 items-center gap-1.5">
              <LiveControls
                live={live}
                onBegin={begin}
                onPause={() => setLive('paused')}
                onResume={() => setLive('running')}
                onEnd={end}
                onSearch={() => setNow(Date.now())}
              />
            </div>
          </header>
          {notice && <div className="mb-4">{notice}</div>}
          <LogFilters
            // What is being typed belongs to one search.
            key={JSON.stringify([search.text, search.route, search.request_id, search.trace_id])}
            everything={everything}
            search={search}
            workspaces={workspaces}
            onChange={change}
          />
          {uncounted ? (
            // Where the lines cannot be had either, they say so.
            !unread && <QueryError title={t('The lines could not be counted')} query={counts} />
          ) : (
            <div className="mb-5">
              <LogHistogram
                counts={counts.data}
                period={period}
                onNarrow={narrowTo}
                onWiden={fixedPeriod(search) && (() => change(wider(period)))}
              />
            </div>
          )}
          {on && <TailState tail={tail} paused={live === 'paused'} />}
          {lines === undefined && pages.isPending && <SkeletonRows label={t('Loading')} count={12} />}
          {unread && <QueryError title={t('The log could not be searched')} query={pages} />}
          {lines && lines.length > 0 && (
            <LogList
              lines={lines}
              current={opened?.id}
              workspaces={workspaces}
              busy={!on && pages.isPlaceholderData}
              onOpen={({ id }) => open(id)}
            />
          )}
          {!on && lines?.length === 0 && pages.searched_to === null && (
            <EmptyState
              title={t('No lines')}
              action={
                <>
                  {filtered && <Button onClick={() => change(cleared)}>{t('Remove all filters')}</Button>}
                  {!fixedPeriod(search) && rangeOf(search).id !== '30d' && (
                    <Button onClick={() => change({ range: ranges.at(-1)!.id })}>{t('Search the last 30 days')}</Button>
                  )}
                </>
              }
            >
              {filtered
                ? t('Nothing was logged in this time that matches the filters.')
                : t('Nothing was logged in this time.')}
            </EmptyState>
          )}
          {on && tail.lines.length === 0 && (
            <p className="py-10 text-center text-13 text-muted">
              {t('Nothing yet. New lines appear here within seconds.')}
            </p>
          )}
          {!on && lines && (
            <OlderLines
              pages={pages}
              count={lines.length}
              onGoOn={() => narrowTo({ from: period.from, to: afterLine(lines.at(-1)!.at) })}
            />
          )}
        </div>
      </section>
      {opened && (
        <LogLinePanel
          line={opened}
          everything={everything}
          workspace={workspaces?.find(({ id }) => id === opened.tenant_id)}
          traceUrl={opened.trace_id && trace_url ? traceUrlOf(trace_url, opened.trace_id) : undefined}
          onSearch={(next) => {
            setLive('off');
            change(next);
          }}
          onClose={() => open(undefined)}
        />
      )}
    </div>
  );
}

const withoutEmpty = (search: LogSearch): LogSearch =>
  Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined && value !== ''));

const afterLine = (at: string): string => new Date(Date.parse(at) + 1).toISOString();

function wider({ from, to }: Period): Partial<LogSearch> {
  const [first, last] = [Date.parse(from), Date.parse(to)];
  const more = last - first;
  const end = Math.min(last + more, Date.now() + 60_000);
  return {
    from: new Date(first - more).toISOString(),
    to: new Date(Math.max(end, last)).toISOString(),
    range: undefined,
  };
}
