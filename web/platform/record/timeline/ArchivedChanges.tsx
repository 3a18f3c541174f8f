import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Archive } from 'lucide-react';
import { t } from '../../../text/text.ts';
import { buttonClass } from '../../../ui/Button.tsx';
import { api } from '../../query/api.ts';
import { useMay } from '../../session/session.tsx';
import type { AnyRecord } from '../field.ts';
import { type Archived, archivedTexts } from './archivedText.ts';

/**
 * Where a timeline ends earlier than its record began: says where the rest is, and leads those to the archive who may
 * search it.
 */
export default function ArchivedChanges({ record }: { record: AnyRecord }) {
  const may = useMay();
  const since = String(record.created_at);
  const archived = useQuery({
    queryKey: ['archived-changes', since],
    queryFn: ({ signal }) => api.get<Archived>('/archived-changes', { since }, signal),
    staleTime: 3_600_000,
  });
  const texts = archived.data ? archivedTexts(archived.data) : [];
  if (texts.length === 0) return null;
  return (
    <div className="mt-4 flex flex-wrap items-center gap-2 text-13 text-muted">
      {texts.map((text) => (
        <span key={text}>{text}</span>
      ))}
      {archived.data?.archived_before && may('audit', 'read') && (
        <Link
          to="/settings/$section"
          params={{ section: 'audit' }}
          search={{ record_id: record.id } as never}
          className={buttonClass('secondary', 'small')}
        >
          <Archive size={14} aria-hidden="true" />
          {t('Search the archive')}
        </Link>
      )}
    </div>
  );
}
