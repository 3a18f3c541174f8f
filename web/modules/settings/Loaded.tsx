import type { ReactNode } from 'react';
import { messageOf, requestIdOf } from '../../app/problem.ts';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { SkeletonRows } from '../../ui/Skeleton.tsx';

interface LoadedProps<T> {
  query: { data: T | undefined; error: unknown; isPending: boolean; refetch: () => unknown };
  /** In sentences: "the roles". */
  what: string;
  children: (data: T) => ReactNode;
}

/** What was read, or the shape of it while it is read, or why it could not be. */
export function Loaded<T>({ query, what, children }: LoadedProps<T>) {
  if (query.data !== undefined) return children(query.data);
  if (query.isPending) return <SkeletonRows label={`Loading ${what}`} count={4} />;
  return (
    <ErrorState
      title={`Could not read ${what}`}
      detail={messageOf(query.error)}
      reference={requestIdOf(query.error)}
      onRetry={() => void query.refetch()}
    />
  );
}
