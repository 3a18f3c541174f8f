import { useInfiniteQuery } from '@tanstack/react-query';
import { api } from '../query/api.ts';

interface CursorPage<T> {
  data: T[];
  next_cursor: string | null;
}

/**
 * A list that is read page by page with filters of its own. `pollMs`: after how long these rows are read again by
 * themselves.
 */
export function usePages<T>(
  resource: string,
  path: string,
  query: Record<string, string | number | undefined>,
  pollMs: (rows: readonly T[]) => number | false = () => false,
) {
  const pages = useInfiniteQuery({
    queryKey: [resource, 'other', query],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => api.get<CursorPage<T>>(path, { ...query, cursor: pageParam }, signal),
    getNextPageParam: (page) => page.next_cursor,
    refetchInterval: ({ state }) => pollMs(state.data?.pages.flatMap((page) => page.data) ?? []),
  });
  return { ...pages, data: pages.data?.pages.flatMap((page) => page.data) };
}
