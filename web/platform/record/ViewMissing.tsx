import { Link } from '@tanstack/react-router';
import { t } from '../../text/text.ts';
import { buttonClass } from '../../ui/Button.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { QueryError } from '../query/QueryError.tsx';
import type { RecordDefinition } from './definition.ts';
import { wordsOf } from './recordTypes.ts';

interface ViewMissingProps {
  definition: RecordDefinition;
  query: { isError: boolean; error: unknown; refetch: () => unknown };
}

/**
 * In place of the rows of a view that somebody has deleted, does not share, or made by fields that are not for
 * everybody.
 */
export default function ViewMissing({ definition: { resource, path, icon: Icon }, query }: ViewMissingProps) {
  if (query.isError) return <QueryError title={t('The view could not be read')} query={query} />;
  return (
    <EmptyState
      icon={<Icon size={18} />}
      title={t('This view is not available to you')}
      action={
        <Link to={path} className={buttonClass('secondary')}>
          {t('Show all {types}', { types: wordsOf(resource).types })}
        </Link>
      }
    >
      {t(
        'It may have been deleted or made private, or it uses something your role cannot see. Ask the person who sent you the link.',
      )}
    </EmptyState>
  );
}
