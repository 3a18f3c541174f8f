import { ErrorState } from '../ui/ErrorState.tsx';
import { messageOf, requestIdOf } from './problem.ts';

/** Why something could not be read, and the way to read it again. */
export function QueryError({ title, query }: { title: string; query: { error: unknown; refetch: () => unknown } }) {
  return (
    <ErrorState
      title={title}
      detail={messageOf(query.error)}
      reference={requestIdOf(query.error)}
      onRetry={() => void query.refetch()}
    />
  );
}
