import { useQuery } from '@tanstack/react-query';
import { api } from '../app/api.ts';
import { queryClient } from '../app/queryClient.ts';
import { recordQuery } from '../app/records.ts';
import { paths, type Resource } from '../app/resources.ts';
import type { AnyRecord } from './field.ts';
import { type TimelinePage, timelineKey } from './timeline/timeline.ts';

/** A record as it is opened: in one request with the first page of its timeline, unless that was read before. */
export function useOpenedRecord(resource: Resource, id: string) {
  const { queryKey, queryFn } = recordQuery<AnyRecord>(resource, id);
  const key = timelineKey(resource, id, null);
  return useQuery({
    queryKey,
    queryFn: async ({ signal }) => {
      if (queryClient.getQueryData(key)) return queryFn({ signal });
      const path = `${paths[resource]}/${id}/timeline`;
      const { record, ...page } = await api.get<TimelinePage & { record: AnyRecord }>(path, { record: true }, signal);
      queryClient.setQueryData(key, { pages: [page], pageParams: [''] });
      return record;
    },
  });
}
