import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Archive } from 'lucide-react';
import type { z } from 'zod';
import type { archivedChanges } from '../../../src/operations/lifecycle/contract.ts';
import { api } from '../../app/api.ts';
import { useMay } from '../../app/session.tsx';
import { t } from '../../text/text.ts';
import { buttonClass } from '../../ui/Button.tsx';
import { formatMonth } from '../../ui/format.ts';
import type { AnyRecord } from '../field.ts';

type Archived = z.infer<typeof archivedChanges>;

/** Where a timeline ends earlier than its record began: says since when, and leads those to the archive who may search it. */
export default function ArchivedChanges({ record }: { record: AnyRecord }) {
  const may = useMay();
  const since = String(record.created_at);
  const archived = useQuery({
    queryKey: ['archived-changes', since],
    queryFn: ({ signal }) => api.get<Archived>('/archived-changes', { since }, signal),
    staleTime: 3_600_000,
  });
  const { archived_before, deleted_before, elsewhere_before } = archived.data ?? {};
  if (!archived_before && !deleted_before && !elsewhere_before) return null;
  return (
    <div className="mt-4 flex flex-wrap items-center gap-2 text-13 text-muted">
      <span>
        {archived_before
          ? t('Changes before {month} are in the archive.', { month: formatMonth(archived_before.slice(0, 10)) })
          : deleted_before
            ? t('Changes before {month} were deleted after their time.', {
                month: formatMonth(deleted_before.slice(0, 10)),
              })
            : t('Changes before {month} are in the workspace that this one was made of.', {
                month: formatMonth(elsewhere_before!.slice(0, 10)),
              })}
      </span>
      {archived_before && may('audit', 'read') && (
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
