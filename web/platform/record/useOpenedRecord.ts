import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { t } from '../../text/text.ts';
import { idNow } from '../offline/arrivals.ts';
import { newRecord, withWaiting } from '../offline/overlay.ts';
import { isNew, useWaiting } from '../offline/waiting.ts';
import { api } from '../query/api.ts';
import { pageError } from '../query/problem.ts';
import { queryClient } from '../query/queryClient.ts';
import { recordQuery } from '../query/records.ts';
import { pathOf, type Resource } from '../query/resources.ts';
import { definitionOf } from './definitions.ts';
import type { AnyRecord } from './field.ts';
import { type TimelinePage, timelineKey } from './timeline/timeline.ts';

const gone = () => pageError(404, 'not_found', t('It no longer exists, or you cannot see it.'));

/**
 * A record as it is opened, with what waits to be sent: in one request with the first page of its timeline, unless that
 * was read before.
 */
export function useOpenedRecord(resource: Resource, named: string) {
  const waiting = useWaiting();
  const made = waiting.find(({ kind, record_id }) => kind === 'create' && record_id === named);
  const id = made ? named : idNow(named);
  const { queryFn, ...options } = recordQuery<AnyRecord>(resource, id);
  const key = timelineKey(resource, id, null);
  const query = useQuery({
    ...options,
    enabled: !isNew(id),
    queryFn: async ({ signal }) => {
      if (!definitionOf(resource).contract.attachable || queryClient.getQueryData(key)) return queryFn({ signal });
      const path = `${pathOf(resource)}/${id}/timeline`;
      const { record, ...page } = await api.get<TimelinePage & { record: AnyRecord }>(path, { record: true }, signal);
      queryClient.setQueryData(key, { pages: [page], pageParams: [''] });
      return record;
    },
  });
  const data = useMemo(() => {
    const record = made ? newRecord<AnyRecord>(made) : query.data;
    return record && withWaiting(record, waiting);
  }, [waiting, query.data, made]);
  // Made here, and neither waiting nor arrived: somebody gave it up, or it was in another browser.
  if (isNew(id) && !made) return { ...query, data, isPending: false, error: gone() };
  return { ...query, data };
}
