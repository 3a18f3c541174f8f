import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { CopyCheck, Merge } from 'lucide-react';
import { Suspense, useEffect, useRef, useState } from 'react';
import type { Suspect } from '../../../src/platform/duplicate/contract.ts';
import { t, translateServerText } from '../../text/text.ts';
import { Badge } from '../../ui/Badge.tsx';
import { Button } from '../../ui/Button.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { SkeletonRows } from '../../ui/Skeleton.tsx';
import { toast } from '../../ui/toast.ts';
import { LazyMergeDialog } from '../merge/lazyMerge.ts';
import { api, type Page } from '../query/api.ts';
import { attempt } from '../query/attempt.ts';
import { QueryError } from '../query/QueryError.tsx';
import { queryClient } from '../query/queryClient.ts';
import type { RecordDefinition } from '../record/definition.ts';
import { wordsOf } from '../record/recordTypes.ts';
import { useMay } from '../session/session.tsx';

/** While somebody looks on, what the search finds is shown as it comes. */
const poll_ms = 5_000;

export function SuspectList({ definition }: { definition: RecordDefinition }) {
  const { resource, path } = definition;
  const words = wordsOf(resource);
  const may = useMay();
  const [merging, setMerging] = useState<string[] | null>(null);
  const key = ['duplicate', 'list', resource];
  const suspects = useInfiniteQuery({
    queryKey: key,
    initialPageParam: '',
    refetchInterval: poll_ms,
    queryFn: ({ pageParam, signal }) => api.get<Page<Suspect>>('/duplicates', { resource, cursor: pageParam }, signal),
    getNextPageParam: (page) => page.next_cursor,
  });
  const rows = suspects.data?.pages.flatMap(({ data }) => data) ?? [];
  const readAgain = () => queryClient.invalidateQueries({ queryKey: key });
  async function dismiss({ id }: Suspect) {
    const dismissal = `/duplicates/${id}/dismissal`;
    await api.post(dismissal);
    const restore = () => api.delete(dismissal).then(readAgain);
    toast(t('Not a duplicate'), { action: { label: t('Undo'), run: () => void attempt(restore) } });
    await readAgain();
  }
  const list = useRef<HTMLUListElement>(null);
  const at = useRef(-1);
  // A pair that was merged or is none takes the focus along; the one behind it gets it, or the page when it was the
  // last.
  const shown = rows.map(({ id }) => id).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: when other pairs are shown, or the dialog has closed
  useEffect(() => {
    const frame = requestAnimationFrame(() => {
      if (at.current < 0 || document.activeElement !== document.body) return;
      const pair = list.current?.children[Math.min(at.current, rows.length - 1)];
      (pair?.querySelector<HTMLElement>('a') ?? document.getElementById('main'))?.focus();
    });
    return () => cancelAnimationFrame(frame);
  }, [shown, merging]);
  if (suspects.isPending) return <SkeletonRows label={t('Loading the duplicates')} />;
  if (suspects.error && !suspects.data)
    return <QueryError title={t('The duplicates could not be read')} query={suspects} />;
  if (rows.length === 0)
    return (
      <EmptyState icon={<CopyCheck size={18} />} title={t('No {types} that look alike', { types: words.types })}>
        {t(
          'New and changed records are compared at once, and all of them once a day. To merge two others that are the same, select both in their list.',
        )}
      </EmptyState>
    );
  return (
    <>
      <ul
        ref={list}
        aria-label={t('{Types} that look alike', { Types: words.Types })}
        className="divide-y divide-line border-y border-line"
      >
        {rows.map((suspect, place) => (
          <li
            key={suspect.id}
            onFocus={() => {
              at.current = place;
            }}
            className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3"
          >
            <div className="grid min-w-0 flex-1 basis-80 gap-x-4 gap-y-1 sm:grid-cols-2">
              {suspect.records.map(({ id, name, detail }) => (
                <div key={id} className="min-w-0">
                  <Link
                    to={`${path}/$id`}
                    params={{ id }}
                    className="block truncate text-14 font-medium hover:underline"
                  >
                    <bdi>{name}</bdi>
                  </Link>
                  {detail && <bdi className="block truncate text-12 text-muted">{detail}</bdi>}
                </div>
              ))}
              <div className="flex flex-wrap gap-1 sm:col-span-2">
                {suspect.reasons.map(({ code, text }) => (
                  <Badge key={code}>{translateServerText(text)}</Badge>
                ))}
              </div>
            </div>
            {may(resource, 'update') && (
              <div className="flex gap-2">
                {definition.contract.merges && may(resource, 'delete') && (
                  <Button
                    size="small"
                    icon={<Merge size={14} />}
                    onClick={() => setMerging(suspect.records.map(({ id }) => id))}
                  >
                    {t('Merge')}
                  </Button>
                )}
                <Button size="small" emphasis="quiet" onClick={() => void attempt(() => dismiss(suspect))}>
                  {t('Not a duplicate')}
                </Button>
              </div>
            )}
          </li>
        ))}
      </ul>
      {suspects.hasNextPage && (
        <div className="flex justify-center pt-4">
          <Button busy={suspects.isFetchingNextPage} onClick={() => void suspects.fetchNextPage()}>
            {t('Show more')}
          </Button>
        </div>
      )}
      <Suspense>
        {merging && (
          <LazyMergeDialog
            definition={definition}
            ids={merging}
            onClose={() => setMerging(null)}
            onMerged={() => setMerging(null)}
          />
        )}
      </Suspense>
    </>
  );
}
