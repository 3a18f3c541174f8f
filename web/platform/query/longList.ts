import { type InfiniteData, type QueryKey, useInfiniteQuery } from '@tanstack/react-query';
import { useCallback, useMemo, useRef, useState } from 'react';
import { rowsWithWaiting } from '../offline/overlay.ts';
import { useWaiting } from '../offline/waiting.ts';
import type { Page } from './api.ts';
import { attempt } from './attempt.ts';
import { sharingRows } from './lists.ts';
import { cursorBefore, cursorFor, isFirst, mergePages, type PageCursor, start } from './pageCursors.ts';
import { queryClient } from './queryClient.ts';
import { type ListOptions, readPage } from './records.ts';
import type { Resource } from './resources.ts';

const page_rows = 50;
/** More than are ever changed at once; what is farther out of sight is read again when it is wanted. */
const pages_kept_max = 20;
/** A page is read when the rows in sight are this near to it. */
const near_rows = 20;

interface Known {
  list: string;
  way: readonly PageCursor[];
  total: { total: number | null; total_is_exact: boolean };
}

const nothingOf = (list: string): Known => ({ list, way: [start], total: { total: null, total_is_exact: true } });

/** A list of any length: the rows around those in sight, and where they stand in it. */
export function useLongList<T extends { id: string }>(resource: Resource, options: ListOptions) {
  const { filter = null, sort = null, enabled = true } = options;
  const queryKey = [resource, 'list', { filter, sort, long: true }];
  const list = JSON.stringify(queryKey);
  const known = useRef(nothingOf(list));
  if (known.current.list !== list) known.current = nothingOf(list);

  const read = ({ cursor }: PageCursor, count: boolean, signal?: AbortSignal) =>
    readPage<T>(resource, { filter, sort, limit: page_rows, count }, cursor, signal);
  type Pages = InfiniteData<Page<T>, PageCursor>;
  const query = useInfiniteQuery<Page<T>, Error, Pages, QueryKey, PageCursor>({
    queryKey,
    enabled,
    maxPages: pages_kept_max,
    initialPageParam: start,
    queryFn: ({ pageParam, signal }) => {
      const atHand = queryClient.getQueryData<Pages>(queryKey)?.pageParams ?? [];
      return read(pageParam, isFirst(pageParam, atHand), signal);
    },
    getNextPageParam: (page, _, place) => after(page, place),
    getPreviousPageParam: (_, __, place) => cursorBefore(known.current.way, place),
    structuralSharing: sharingRows,
  });
  const { data } = query;

  const before = data?.pageParams[0]?.before ?? 0;
  const waiting = useWaiting();
  const rows = useMemo(() => {
    // What is new stands first.
    const shown = before === 0 ? waiting : waiting.filter(({ kind }) => kind !== 'create');
    return rowsWithWaiting(data?.pages.flatMap((page) => page.data) ?? [], shown, resource, filter);
  }, [data, before, waiting, resource, filter]);

  const [first, last] = [data?.pages[0], data?.pages.at(-1)];
  if (data && last) {
    const next = after(last, data.pageParams.at(-1) ?? start);
    const { way, total } = known.current;
    const counted = first && first.total !== null ? first : total;
    known.current = { list, way: mergePages(way, { places: data.pageParams, next }), total: counted };
  }
  const length = Math.max(before + rows.length, known.current.way.at(-1)?.before ?? 0);

  const [goingTo, setGoingTo] = useState<PageCursor | null>(null);
  /** Where reading failed it is not tried again and again. */
  const missed = useRef<PageCursor | null>(null);
  async function goTo(place: PageCursor) {
    missed.current = place;
    setGoingTo(place);
    await attempt(async () => {
      const page = await read(place, false);
      queryClient.setQueryData(queryKey, { pages: [page], pageParams: [place] });
      missed.current = null;
    });
    setGoingTo(null);
  }

  /**
   * Where rows came or went meanwhile, the page before does not end where the next one begins: then all at hand is read
   * again.
   */
  async function goBack() {
    const { data: now } = await query.fetchPreviousPage();
    if (now && now.pages[0]?.data.at(-1)?.id !== now.pageParams[1]?.behind) void query.refetch();
  }

  const end = before + rows.length;
  /** Reads what these rows, which are in sight, need. */
  function show(from: number, to: number) {
    if (query.isFetching || goingTo || !data) return;
    if (to < before || from > end) {
      const place = cursorFor(known.current.way, from);
      if (place !== missed.current) void goTo(place);
    } else if (from < before + near_rows && query.hasPreviousPage && !query.isFetchPreviousPageError) {
      void goBack();
    } else if (to >= end - near_rows && query.hasNextPage && !query.isFetchNextPageError) {
      void query.fetchNextPage();
    }
  }
  const latest = useRef(show);
  latest.current = show;

  return {
    ...query,
    rows,
    part: { before, length, show: useCallback((from: number, to: number) => latest.current(from, to), []) },
    isReading: query.isPending || query.isFetchingNextPage || query.isFetchingPreviousPage || goingTo !== null,
    total: known.current.total.total,
    totalIsExact: known.current.total.total_is_exact,
    isInOtherOrder: first?.sorted_by !== undefined,
  };
}

const after = ({ data, next_cursor }: Page<{ id: string }>, { before }: PageCursor): PageCursor | null =>
  next_cursor ? { cursor: next_cursor, before: before + data.length, behind: data.at(-1)?.id ?? null } : null;
