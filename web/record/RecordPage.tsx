import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { ChevronRight } from 'lucide-react';
import type { RecordDefinition } from './definition.ts';
import { RecordView } from './RecordView.tsx';

/** A record on a page of its own. */
export function RecordPage({ definition }: { definition: RecordDefinition }) {
  const { id } = useParams({ strict: false }) as { id: string };
  const navigate = useNavigate();
  return (
    <div className="@container flex min-h-0 min-w-0 flex-1 flex-col bg-surface">
      <RecordView
        key={id}
        definition={definition}
        id={id}
        crumb={
          <Link
            to={definition.path}
            activeOptions={{ exact: true }}
            className="flex shrink-0 items-center gap-1 text-13 text-muted hover:text-ink"
          >
            {definition.title}
            <ChevronRight size={14} aria-hidden="true" className="text-faint rtl:-scale-x-100" />
          </Link>
        }
        onDeleted={() => void navigate({ to: definition.path })}
      />
    </div>
  );
}
