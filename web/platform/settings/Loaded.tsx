import type { ReactNode } from 'react';
import { t } from '../../text/text.ts';
import { SkeletonRows } from '../../ui/Skeleton.tsx';
import { QueryError } from '../query/QueryError.tsx';

interface LoadedProps<T> {
  query: { data: T | undefined; error: unknown; isPending: boolean; refetch: () => unknown };
  /** Where no heading stands above it. */
  failed?: string;
  children: (data: T) => ReactNode;
}

/** What was read, or the shape of it while it is read, or why it could not be. */
export function Loaded<T>({ query, failed = t('This could not be read'), children }: LoadedProps<T>) {
  if (query.data !== undefined) return children(query.data);
  if (query.isPending) return <SkeletonRows label={t('Loading')} count={4} />;
  return <QueryError title={failed} query={query} />;
}
