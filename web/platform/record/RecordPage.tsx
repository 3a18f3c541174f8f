import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { ChevronLeft, ChevronRight } from 'lucide-react';
import { t } from '../../text/text.ts';
import { firstId } from '../offline/arrivals.ts';
import { NoRightsPage } from '../page/NoRightsPage.tsx';
import { useMay } from '../session/session.tsx';
import type { RecordDefinition } from './definition.ts';
import { RecordView } from './RecordView.tsx';
import { wordsOf } from './recordTypes.ts';

/** A record on a page of its own. */
export function RecordPage({ definition }: { definition: RecordDefinition }) {
  const { id } = useParams({ strict: false }) as { id: string };
  const navigate = useNavigate();
  const may = useMay();
  if (!may(definition.resource, 'read'))
    return (
      <NoRightsPage
        title={t('Your role does not let you see {types}', { types: wordsOf(definition.resource).types })}
      />
    );
  return (
    <div className="@container flex min-h-0 min-w-0 flex-1 flex-col bg-surface">
      <RecordView
        key={firstId(id)}
        definition={definition}
        id={id}
        crumb={
          <Link
            to={definition.path}
            activeOptions={{ exact: true }}
            className="flex shrink-0 items-center gap-1 text-13 text-muted hover:text-ink max-sm:min-h-10"
          >
            {/* On a phone the name has a line of its own, and this is the way back. */}
            <ChevronLeft size={16} aria-hidden="true" className="sm:hidden rtl:-scale-x-100" />
            {definition.plural}
            <ChevronRight size={14} aria-hidden="true" className="text-faint max-sm:hidden rtl:-scale-x-100" />
          </Link>
        }
        // What is gone is not what Back leads to.
        onDeleted={() => void navigate({ to: definition.path, replace: true })}
        onOpen={(other) => void navigate({ to: `${definition.path}/$id`, params: { id: other }, replace: true })}
      />
    </div>
  );
}
