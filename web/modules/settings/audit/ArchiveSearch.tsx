import { useQuery } from '@tanstack/react-query';
import { Archive } from 'lucide-react';
import { useState } from 'react';
import type { z } from 'zod';
import type { ArchivePage, archivedPeriods } from '../../../../src/operations/lifecycle/contract.ts';
import { api } from '../../../platform/query/api.ts';
import { usePages } from '../../../platform/settings/usePages.ts';
import { t } from '../../../text/text.ts';
import { Banner } from '../../../ui/Banner.tsx';
import { Button } from '../../../ui/Button.tsx';
import { formatDate } from '../../../ui/format.ts';
import { EventList } from './EventList.tsx';

type Periods = z.infer<typeof archivedPeriods>;

/** Where the trail ends because the rest is archived or was deleted: says so, and searches the archive when asked. */
export function ArchiveSearch({ filter }: { filter: Record<string, string | undefined> }) {
  const [searching, setSearching] = useState(false);
  const periods = useQuery({
    queryKey: ['audit_event', 'archived-periods'],
    queryFn: ({ signal }) => api.get<Periods>('/audit-archive/periods', {}, signal),
  });
  const ofTrail = periods.data?.data.filter(({ source }) => source === 'audit_event') ?? [];
  const archived = ofTrail.filter(({ state }) => state === 'archived').at(-1);
  const deleted = ofTrail.filter(({ state }) => state === 'deleted').at(-1);
  const elsewhere = ofTrail.find(({ state }) => state === 'elsewhere');
  return (
    <div className="mt-4 flex flex-col gap-3">
      {archived && (
        <Banner
          meaning="info"
          action={
            !searching && (
              <Button size="small" icon={<Archive size={14} />} onClick={() => setSearching(true)}>
                {t('Search the archive')}
              </Button>
            )
          }
        >
          {t('What happened before {when} is in the archive. To search it takes longer, and finds no values.', {
            when: formatDate(archived.end_at.slice(0, 10)),
          })}
        </Banner>
      )}
      {deleted && (
        <Banner meaning="info">
          {t('What happened before {when} was deleted after its time.', {
            when: formatDate(deleted.end_at.slice(0, 10)),
          })}
        </Banner>
      )}
      {elsewhere && (
        <Banner meaning="info">
          {t('What happened before {when} is recorded in the workspace that this one was created from.', {
            when: formatDate(elsewhere.end_at.slice(0, 10)),
          })}
        </Banner>
      )}
      {searching && <ArchivedEvents filter={filter} />}
    </div>
  );
}

function ArchivedEvents({ filter }: { filter: Record<string, string | undefined> }) {
  const events = usePages<ArchivePage['data'][number]>('audit_archive', '/audit-archive', { ...filter, limit: 50 });
  return (
    <EventList
      label={t('Events in the archive')}
      events={events}
      none={t('No events in the archive match these filters.')}
      more={t('Search further back')}
    />
  );
}
