import { useQuery } from '@tanstack/react-query';
import { Bell, BellOff } from 'lucide-react';
import { t } from '../../text/text.ts';
import { formatList } from '../../ui/format.ts';
import { IconButton } from '../../ui/IconButton.tsx';
import { api } from '../query/api.ts';
import { attempt } from '../query/attempt.ts';
import { queryClient } from '../query/queryClient.ts';
import { pathOf, type Resource } from '../query/resources.ts';
import type { Named } from './field.ts';

interface Followers {
  data: Named[];
  following: boolean;
}

const names_max = 5;

/** Whether one hears of what happens on a record; its tooltip says who else does. */
export function FollowButton({ resource, id }: { resource: Resource; id: string }) {
  const key = ['follower', resource, id];
  const path = `${pathOf(resource)}/${id}`;
  const { data } = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => api.get<Followers>(`${path}/followers`, {}, signal),
  });
  if (!data) return null;
  const toggle = () =>
    attempt(async () => {
      const change = data.following ? api.delete<Followers> : api.put<Followers>;
      queryClient.setQueryData(key, await change(`${path}/following`));
    });
  const names = data.data.slice(0, names_max).map(({ name }) => name);
  const followers = names.length > 0 ? formatList(names) : t('nobody yet');
  return (
    <IconButton
      label={
        data.following
          ? t('Stop following. Followed by {followers}', { followers })
          : t('Follow. Followed by {followers}', { followers })
      }
      aria-pressed={data.following}
      onClick={() => void toggle()}
    >
      {data.following ? <Bell size={16} className="fill-current" /> : <BellOff size={16} />}
    </IconButton>
  );
}
