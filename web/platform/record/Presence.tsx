import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { t } from '../../text/text.ts';
import { Avatar } from '../../ui/Avatar.tsx';
import { formatList } from '../../ui/format.ts';
import { Tooltip } from '../../ui/Tooltip.tsx';
import { api } from '../query/api.ts';
import { pathOf, type Resource } from '../query/resources.ts';
import type { Named } from './field.ts';

const beat_ms = 15_000;
const shown_max = 3;

/** Who else looks at this record now. A page in the background says nothing, and is gone after a while. */
export function Presence({ resource, id }: { resource: Resource; id: string }) {
  const path = `${pathOf(resource)}/${id}/presence`;
  const { data } = useQuery({
    queryKey: ['presence', resource, id],
    queryFn: () => api.put<{ data: Named[] }>(path),
    refetchInterval: beat_ms,
    gcTime: 0,
    retry: false,
  });
  // Should it not arrive, one is gone a little later all the same.
  useEffect(() => () => void api.delete(path).catch(() => undefined), [path]);
  const people = data?.data ?? [];
  if (people.length === 0) return null;
  const label = t('Also here: {people}', { people: formatList(people.map(({ name }) => name)) });
  return (
    <Tooltip label={label}>
      <span role="img" aria-label={label} className="flex shrink-0 items-center -space-x-1.5 px-1 rtl:space-x-reverse">
        {people.slice(0, shown_max).map(({ id: person, name }) => (
          <span key={person} className="rounded-full ring-2 ring-surface">
            <Avatar name={name} size="small" />
          </span>
        ))}
        {people.length > shown_max && <span className="ps-2.5 text-12 text-muted">+{people.length - shown_max}</span>}
      </span>
    </Tooltip>
  );
}
