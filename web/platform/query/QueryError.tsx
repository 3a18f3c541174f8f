import { Link } from '@tanstack/react-router';
import { t } from '../../text/text.ts';
import { buttonClass } from '../../ui/Button.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { ApiError, messageOf, requestIdOf } from './problem.ts';

/** Why something could not be read, and the way to read it again. */
export function QueryError({ title, query }: { title: string; query: { error: unknown; refetch: () => unknown } }) {
  const { error } = query;
  const refused = errorsOfFilter(error);
  if (refused.length > 0) {
    const isUnknown = refused.some(({ code }) => code === 'unknown_field');
    const detail = isUnknown
      ? t('The filter uses a field that is retired or not visible to you. Remove that condition to see the list again.')
      : messageOf(error);
    return <ErrorState title={title} detail={detail} action={<ClearFilter />} />;
  }
  return (
    <ErrorState
      title={title}
      detail={messageOf(error)}
      reference={requestIdOf(error)}
      onRetry={() => void query.refetch()}
    />
  );
}

/** Asking again does not help where the filter is refused, such as one by a field that there is no more. */
const errorsOfFilter = (error: unknown) =>
  error instanceof ApiError ? error.problem.errors.filter(({ field }) => field === 'filter') : [];

/** An empty filter also stands in place of that of a saved view. */
const ClearFilter = () => (
  <Link to="." search={(kept: object) => ({ ...kept, filter: { and: [] } })} className={buttonClass('secondary')}>
    {t('Clear the filter')}
  </Link>
);
